"""Where lab 01_autograd shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("B: before backward", says="before backward:  None"),
    Row("B: one variable", after="after backward:  ", numbers=(1482,)),
    Row("B: one variable", after="after a second backward:", numbers=(2964,)),
    Row("B: two variables", after="∂z/∂x =", numbers=(-18,)),
    Row("B: two variables", after="∂z/∂y =", numbers=(1271,)),
    Row("B: two variables", after="partials:", numbers=(-18, 1271)),
    Row("B: squared error", says="x.grad   None"),
    Row("B: squared error", says="your formula and autograd agree: True"),
    Row("C: one step", says="y = 63.0 made by AddBackward0"),
    Row("C: one step", after="y.backward()               dy/dx =", numbers=(93,)),
    Row("C: APIs", after="torch.autograd.backward(y) dy/dx =", numbers=(93,)),
    Row("C: APIs", after="torch.autograd.grad(y, x)  dy/dx =", numbers=(93,)),
)
