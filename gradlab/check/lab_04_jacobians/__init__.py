"""The checks of lab 04_jacobians."""

from gradlab.check.lab_04_jacobians.jacobian import all_at_once, cost, entries, jacobian_rows, row
from gradlab.check.lab_04_jacobians.products import loss_gradient, pulled_back, pushed_forward

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
