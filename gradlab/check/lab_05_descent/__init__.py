"""The checks of lab 05_descent."""

from gradlab.check.lab_05_descent.fits import scaled_fit
from gradlab.check.lab_05_descent.limits import stable_rate
from gradlab.check.lab_05_descent.lines import line_gradient
from gradlab.check.lab_05_descent.loops import loop_by_hand, loop_in_numpy, loop_with_momentum
from gradlab.check.lab_05_descent.optimisers import loop_by_optimiser
from gradlab.check.lab_05_descent.penalties import penalised_loss

__all__ = [
    "line_gradient",
    "loop_by_hand",
    "loop_by_optimiser",
    "loop_in_numpy",
    "loop_with_momentum",
    "penalised_loss",
    "scaled_fit",
    "stable_rate",
]
