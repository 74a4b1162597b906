"""The verdict on a test that can be run for nobody. Why it can't is told once for the lab: `NotebookResult.levels`."""

from typing import Final

from autograder.cells import Cell
from autograder.verdicts import CellStatus, CellVerdict, Level

EXCLUDED_MESSAGE: Final = "This test could not be run for anyone in the class. Your instructor has been told."
"""What a student reads. The reason is for the instructor alone: it may tell a hidden test."""


def excluded_verdict(cell: Cell) -> CellVerdict:
    """The verdict on a test that can be run for nobody."""
    return CellVerdict(cell.grade_id or "", None, cell.points, CellStatus.EXCLUDED, EXCLUDED_MESSAGE, level=Level.NONE)
