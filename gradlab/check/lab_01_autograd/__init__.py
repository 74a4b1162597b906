"""The checks of lab 01_autograd: slopes by autograd, by measurement and by hand, and who is watched."""

from gradlab.check.lab_01_autograd.depths import sea_depth
from gradlab.check.lab_01_autograd.differences import central_difference
from gradlab.check.lab_01_autograd.errors_squared import squared_error_gradient
from gradlab.check.lab_01_autograd.inspections import inspection
from gradlab.check.lab_01_autograd.partials import partial_derivatives
from gradlab.check.lab_01_autograd.pulses import pulse_slope
from gradlab.check.lab_01_autograd.slopes import slope_at
from gradlab.check.lab_01_autograd.specimens import specimen_guesses

__all__ = [
    "central_difference",
    "inspection",
    "partial_derivatives",
    "pulse_slope",
    "sea_depth",
    "slope_at",
    "specimen_guesses",
    "squared_error_gradient",
]
