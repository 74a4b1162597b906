"""The checks of lab 04_jacobians."""

from gradlab.check.lab_04_jacobians.jacobian import all_at_once, cost, entries, jacobian_rows, row
from gradlab.check.lab_04_jacobians.products import loss_gradient, pulled_back, pushed_forward
from gradlab.check.lab_04_jacobians.rule import rule
from gradlab.check.lab_04_jacobians.second_derivatives import hessian_product, power_iteration

__all__ = [
    "all_at_once",
    "cost",
    "entries",
    "hessian_product",
    "jacobian_rows",
    "loss_gradient",
    "power_iteration",
    "pulled_back",
    "pushed_forward",
    "row",
    "rule",
]
