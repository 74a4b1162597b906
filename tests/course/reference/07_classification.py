"""Where lab 07_classification shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("C: background", after="Heaviside", numbers=(0, 0, 1, 1)),
    Row("C: background", after="sigmoid  ", numbers=(0.1192, 0.475, 0.525, 0.9526)),
    Row("C: background", after="its slope", numbers=(0.105, 0.2494, 0.2494, 0.0452)),
    # n, the bound, the slopes through n sigmoids, n times tanh, n ReLUs.
    Row("C: background", after="ReLU\n", numbers=(1, 0.25, 0.235, 0.7864, 1, 2, 0.0625, 0.05341, 0.6398, 1)),
    Row("C: background", after="one-hot code of 2:", numbers=(0, 0, 1)),
    Row("C: background", after="back again with argmax:", numbers=(2, 0, 1, 1)),
    Row("C: background", after="softmax, plus 5:", numbers=(0.6652, 0.2447, 0.09)),
    Row("C: background", after="truth 1: binary cross-entropy", numbers=(0.1269,)),
    Row("C: background", after="truth 0: binary cross-entropy", numbers=(2.1269,)),
    Row("C: background", after="3 classes, all logits equal: cross-entropy", numbers=(1.0986,)),
    Row("C: background", says="weights agree: True"),
    Row("A: logits and softmax", after="probabilities", numbers=(0.665, 0.245, 0.090)),
    Row("A: logits and softmax", after="gradient     ", numbers=(-0.335, 0.245, 0.090)),
)
