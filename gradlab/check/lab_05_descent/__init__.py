"""The checks of lab 05_descent."""

from gradlab.check.lab_05_descent.line import line_gradient, scaled_fit, stable_rate
from gradlab.check.lab_05_descent.penalised import penalised_loss
from gradlab.check.lab_05_descent.train import loop_by_hand, loop_in_numpy, loop_with_momentum
from gradlab.check.lab_05_descent.train_with import loop_by_optimiser

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
