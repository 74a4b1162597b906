"""Checks that diagnose: each compares a student's answer at random points and says what it saw.

A check returns None and prints one line if the answer is right; else it raises `NotYet`, an AssertionError with a
`Diagnosis`. Inputs are drawn from torch's and NumPy's global generators.
"""

from gradlab.check.curvature import largest_rate, settled
from gradlab.check.descents import descent, end_point, unchanged
from gradlab.check.diagnosis import Diagnosis, NotYet
from gradlab.check.errors import diagnose
from gradlab.check.gradients import gradient
from gradlab.check.neighbours import nearest
from gradlab.check.starts import descent_all
from gradlab.check.surfaces import surface
from gradlab.check.sweeps import sweep

__all__ = [
    "Diagnosis",
    "NotYet",
    "descent",
    "descent_all",
    "diagnose",
    "end_point",
    "gradient",
    "largest_rate",
    "nearest",
    "settled",
    "surface",
    "sweep",
    "unchanged",
]
