"""The checks of lab 06_minimum."""

from gradlab.check.lab_06_minimum.curvature import largest_rate, settled
from gradlab.check.lab_06_minimum.descents import descent, end_point, unchanged
from gradlab.check.lab_06_minimum.gradients import gradient
from gradlab.check.lab_06_minimum.neighbours import nearest
from gradlab.check.lab_06_minimum.starts import descent_all
from gradlab.check.lab_06_minimum.surfaces import surface
from gradlab.check.lab_06_minimum.sweeps import sweep

__all__ = [
    "descent",
    "descent_all",
    "end_point",
    "gradient",
    "largest_rate",
    "nearest",
    "settled",
    "surface",
    "sweep",
    "unchanged",
]
