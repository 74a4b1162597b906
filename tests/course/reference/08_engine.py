"""Where lab 08_engine shows the rows of the reference."""

from tests.course.reference_rows import Row

ROWS = (
    Row("E: theory", after="entries of the Jacobian:", numbers=(163_840_000,)),
    Row("E: theory", shows="the **pull-back**"),
    Row("A: accumulation", says="row    [4.0, 4.0, 4.0]"),
)
