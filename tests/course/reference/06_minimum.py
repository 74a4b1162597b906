"""Where lab 06_minimum shows the rows of the reference; `test_06_minimum.py` compares its tables as a whole."""

from tests.course.reference_rows import Row

ROWS = (
    Row("A: plots", shows="figures.contour(f"),
    Row("A: plots", shows="figures.surface(f"),
    Row("A: plots", shows="figures.trajectories(f, path"),
    Row("A: task 1", after="end   f(", numbers=(4.4113, 6.2832, -1.7602)),
    Row("A: sweep", says="share of 10,000 starts that have arrived"),
    Row(
        "A: share that has arrived",
        after="steps   η = 0.01    η = 0.1    η = 0.5\n   50      0.0 %",
        numbers=(0.9, 100),
        tolerance=0.2,
    ),
    Row("A: share that has arrived", after="  100      0.0 %", numbers=(84.6, 100), tolerance=5e-3),
    Row("A: share that has arrived", after="  200      0.0 %", numbers=(100, 100)),
    Row("A: task 2", says="4: ("),
    Row("A: task 3", shows="descend_all(f, hikers[rate], rate, more)"),
    Row("A: by hand", says="the paths differ by less than 1e-12: True"),
    Row("A: end points", after="share of starts\n(4.4113, 6.2832)", numbers=(-1.760173, 24.7), tolerance=0.02),
    Row("A: end points", after="(7.9210, 2.7735)", numbers=(-1.064591, 18.6), tolerance=0.02),
    Row("A: end points", after="(1.6378, 3.5097)", numbers=(-1.064591, 16.8), tolerance=0.02),
    Row("A: end points", after="(5.1475, 0.0000)", numbers=(-0.369009, 7.7), tolerance=0.02),
    Row("A: not the nearest", after="Of those that end in one of the five,", numbers=(5.9,), tolerance=0.1),
    Row(
        "A: largest stable learning rate",
        after="largest stable learning rate in the deepest valley:",
        numbers=(1.7296,),
    ),
    Row("A: different starts", says="η = 0.01  reaches f ="),
    Row("A: backward(ones)", says="all at once equals one by one: True"),
    Row("A: logits and softmax", after="gradient      [", numbers=(-0.335, 0.245, 0.09)),
    Row("A: accumulation", after="after round 3:", numbers=(-2.9007,)),
)
