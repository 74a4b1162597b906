"""The checks of lab 04_jacobians."""

from gradlab.check.lab_04_jacobians.batches import all_at_once
from gradlab.check.lab_04_jacobians.costs import cost
from gradlab.check.lab_04_jacobians.entries import entries
from gradlab.check.lab_04_jacobians.losses import loss_gradient
from gradlab.check.lab_04_jacobians.products import pulled_back, pushed_forward
from gradlab.check.lab_04_jacobians.rows import jacobian_rows, row

__all__ = [
    "all_at_once",
    "cost",
    "entries",
    "jacobian_rows",
    "loss_gradient",
    "pulled_back",
    "pushed_forward",
    "row",
]
