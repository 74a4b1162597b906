"""Where lab 00_welcome shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("A: environment", shows="torch.cuda.get_device_name()"),
    Row("A: environment", shows="torch.cuda.is_available()"),
    Row("A: environment", shows="torch.__version__"),
    Row("A: environment", shows='make_dot(f(x), params={"x": x})'),
    Row("A: environment", after="PyTorch says", numbers=(3.0,)),
)
