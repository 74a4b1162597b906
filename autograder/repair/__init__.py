"""Mending a submitted notebook: its cells realigned to the released ones, each repair noted, each forgery flagged."""

from autograder.repair.mend import mend
from autograder.repair.realign import realign

__all__ = ["mend", "realign"]
