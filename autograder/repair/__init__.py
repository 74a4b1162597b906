"""Mending a submitted notebook: its cells realigned to the released ones, each repair noted."""

from autograder.repair.realign import realign

__all__ = ["realign"]
