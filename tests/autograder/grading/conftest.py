"""The small lab, for all tests of grading."""

from tests.small_lab import EXERCISES, LIMITS, POINTS, SmallLab, by_id, make_small_notebook, small_lab

__all__ = ["EXERCISES", "LIMITS", "POINTS", "SmallLab", "by_id", "make_small_notebook", "small_lab"]
