"""Where lab 05_descent shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("B: one manual step", after="residual multiplied by", numbers=(-0.34,)),
    Row("B: one manual step", after="error multiplied by", numbers=(0.1156,)),
    Row("B: manual loop", after="step   loss\n  10", numbers=(22.2068, 20, 4.17255, 30, 0.784410, 40, 0.147868)),
    Row("B: manual loop", after="  50   0.02827", says="  60   0.0058079", numbers=(77,), tolerance=0.05),
    Row("B: manual loop", after="  70 ", numbers=(0.00158449, 80, 0.000789049, 90, 0.000637655, 100, 0.000607247)),
    Row(
        "B: torch.optim.SGD",
        after="step   loss\n   1",
        numbers=(100, 2, 3.92080, 3, 0.154300, 4, 0.00664221, 5, 0.000851244, 6, 0.000621881, 7, 0.000610552),
    ),
    Row("B: torch.optim.SGD", after="   8 ", numbers=(0.000607771, 10, 0.000602921, 50, 0.000513899, 100, 0.000420872)),
    Row("B: list of optimisers", after="all ", numbers=(15,), tolerance=0.4),
    Row("B: list of optimisers", says="among them: Adadelta, Adagrad, Adam, AdamW, LBFGS, RMSprop, Rprop, SGD"),
    Row("B: loss curves", shows='plt.semilogy(range(1, 101), by_optimiser, "--"'),
    Row("B: slip learning rates", says="rate 0.0001 for both: largest difference below 1e-9: True"),
    Row("B: slip bias", after="at (1, 3) `params[1:]` pulls with [", numbers=(0, 6)),
    Row("B: slip non-leaf", says="round 2: leaf False, grad None\nTypeError"),
    Row("B: conditioning", after="eigenvalues:", numbers=(802.0, 1.995)),
    Row("B: conditioning", after="condition number:", numbers=(402,), tolerance=2e-3),
    Row("B: conditioning", after="largest stable rate:", numbers=(0.00249,), tolerance=2e-3),
    Row("B: conditioning", after="where the minimum is:         w", numbers=(0.5,)),
    Row("D: one weight", after="after  0 steps: loss", numbers=(1,)),
    Row(
        "D: one weight", after="after  1 steps: loss", numbers=(0.9604, 11, 0.6412, 21, 0.4281, 31, 0.2858, 41, 0.1908)
    ),
    Row(
        "D: one weight", after="after 51 steps: loss", numbers=(0.1274, 61, 0.0850, 71, 0.0568, 81, 0.0379, 91, 0.0253)
    ),
    Row("D: NumPy by hand", after="by hand, round 1: w", numbers=(1.2, 30)),
    Row("D: NumPy by hand", after="by hand, round 3: w", numbers=(1.872, 0.76800019)),
    Row("D: NumPy by hand", after="by hand, round 5: w", numbers=(1.980, 0.01966083)),
    Row("D: NumPy by hand", after="first slope by hand:", numbers=(-120,)),
    Row("D: NumPy by hand", after="first slope by autograd:", numbers=(-30,)),
    Row("D: autograd", after="loss, NumPy\n   1", numbers=(0.300, 30)),
    Row("D: autograd", after="\n  11", numbers=(1.665, 1.16278565)),
    Row("D: autograd", after="\n  21", numbers=(1.934, 0.04506890)),
    Row("D: autograd", after="\n  31", numbers=(1.987, 0.00174685)),
    Row("D: autograd", after="\n  41", numbers=(1.997, 0.00006770)),
    Row("E: thermometer", after="derivative with respect to b, w:", numbers=(82.6, 4517.297)),
    Row("E: training", after="epoch   loss\n  500", numbers=(7.86012, 1000, 3.82854, 1500, 3.09219, 2000, 2.95770)),
    Row("E: training", after="\n 2500", numbers=(2.93313, 3000, 2.92865, 3500, 2.92783, 4000, 2.92768)),
    Row("E: training", after="\n 4500", numbers=(2.92765, 5000, 2.92765)),
    Row("E: training", after="parameters b, w:", numbers=(-17.3012, 5.3671)),
    Row("E: why scale", after="readings as they are, rate 0.01: loss", numbers=(1764, 5.8e6), tolerance=6e-3),
    Row("E: why scale", after="the loss is infinite by step", numbers=(11.5,), tolerance=0.05),
    Row("E: why scale", after="readings as they are: largest stable rate", numbers=(3.4e-4, 33599), tolerance=6e-3),
    Row("E: why scale", after="readings divided by ten: largest stable rate", numbers=(0.033, 357), tolerance=6e-3),
)
