"""Where lab 02_chain_rule shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("C: many steps", after="y =", numbers=(5, 8, 11, 11, 8, 5)),
    Row("C: many steps", after="z =", numbers=(50, 128, 242, 242, 128, 50)),
    Row("C: many steps", after="m =", numbers=(140, 10, 16, 22, 22, 16, 10)),
    Row("D: mean of squares", after="u = 27.0\nx.grad =", numbers=(6, 6, 6)),
    Row("C: background chain rule", says="MeanBackward0\nMulBackward0\nPowBackward0\nAddBackward0\nMulBackward0"),
    Row("C: background chain rule", says="the same as autograd: True"),
    Row("C: background chain rule", shows="**dynamic** graph"),
)
