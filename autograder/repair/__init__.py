"""Repairs a submitted notebook: realigns its cells to the released ones, notes each repair, flags each forgery."""

from autograder.repair.notebook import repair_notebook
from autograder.repair.realign import realign

__all__ = ["realign", "repair_notebook"]
