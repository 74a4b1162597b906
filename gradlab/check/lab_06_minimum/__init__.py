"""The checks of lab 06_minimum."""

from gradlab.check.lab_06_minimum.basins import nearest
from gradlab.check.lab_06_minimum.curvature import largest_rate, settled
from gradlab.check.lab_06_minimum.descend import descent, descent_all, end_point, unchanged
from gradlab.check.lab_06_minimum.surface import gradient, surface
from gradlab.check.lab_06_minimum.sweep import sweep

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
