"""Where lab 03_accumulation shows the rows of the reference."""

from tests.course.reference_rows import Row

_ZEROED = "with zeroing\n  epoch 1: grad ["
_KEPT = "without zeroing\n  epoch 1: grad [3, 3, 3, 3]\n  epoch 2: grad ["

ROWS = (
    Row("A: accumulation", after="after round 1: [", numbers=(0.0122, -0.9669), tolerance=5e-3),
    Row("A: accumulation", after="after round 2: [", numbers=(0.0245, -1.9337), tolerance=5e-3),
    Row("A: accumulation", after="after round 3: [", numbers=(0.0367, -2.9006), tolerance=5e-3),
    Row("B: slip alias", after="dydx, just noted:", numbers=(1482,)),
    Row("B: slip alias", after="dydx, which nobody touched:", numbers=(2964,)),
    Row("E: scalar", after="loss 2, gradient [", numbers=(2, 2)),
    Row("E: scalar", says="Trying to backward through the graph a second time"),
    Row("D: accumulation", after=_ZEROED, numbers=(3, 3, 3, 3)),
    Row("D: accumulation", says="  epoch 3: grad [3, 3, 3, 3]\n  weights at the end: [0.1, 0.1, 0.1, 0.1]"),
    Row("D: accumulation", after=_KEPT, numbers=(6, 6, 6, 6)),
    Row("D: accumulation", says="  epoch 3: grad [9, 9, 9, 9]\n  weights at the end: [-0.8, -0.8, -0.8, -0.8]"),
    Row("D: tracking off", says="requires_grad_(False)   False          None          True     False"),
    Row("D: tracking off", says="no_grad()               False          None          True     True"),
    Row("D: tracking off", says="detach() before         False          None          True     True"),
    Row("C: tracking off", says="requires_grad_(False)   False          None"),
    Row("C: tracking off", says="no_grad()               False          None"),
    Row("C: tracking off", says="detach() after          False          None"),
)
