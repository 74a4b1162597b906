"""The small lab, for all tests of grading, as far as nbgrader is there: see the conftest above."""

from importlib.util import find_spec

if find_spec("nbgrader") is not None:
    from tests.small_lab import EXERCISES, LIMITS, POINTS, SmallLab, by_id, make_small_notebook, small_lab

    __all__ = ["EXERCISES", "LIMITS", "POINTS", "SmallLab", "by_id", "make_small_notebook", "small_lab"]
