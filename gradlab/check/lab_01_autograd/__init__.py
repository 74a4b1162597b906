"""The checks of lab 01_autograd: slopes by autograd, by measurement and by hand, and which tensors are watched."""

from gradlab.check.lab_01_autograd.by_autograd import partial_derivatives, sea_depth, slope_at
from gradlab.check.lab_01_autograd.by_hand import pulse_slope, squared_error_gradient
from gradlab.check.lab_01_autograd.finite_differences import central_difference, inspection
from gradlab.check.lab_01_autograd.guesses import specimen_guesses
from gradlab.check.lab_01_autograd.runs import run_slope
from gradlab.check.lab_01_autograd.where_wrong import autograd_inspected

__all__ = [
    "autograd_inspected",
    "central_difference",
    "inspection",
    "partial_derivatives",
    "pulse_slope",
    "run_slope",
    "sea_depth",
    "slope_at",
    "specimen_guesses",
    "squared_error_gradient",
]
