"""The cells of a submission that an error of their own has stopped: the error that the student made is named.

A test that then lacks a name says nothing of use: the name is written in the notebook, and the cell never came to it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.cells import ANSWERS, Cell, Role
from autograder.judging.failure_messages import NOT_WRITTEN, capital, error_of, name_cell
from autograder.verdicts import CellStatus

_LINE = re.compile(r"Cell In\[\d{1,9}\], line (\d{1,9})")
_MISSING = re.compile(r"name '(\w{1,200})' is not defined")
_LONGEST_MESSAGE = 1_000
_LONGEST_KIND = 100
_ADVICE = {
    "EOFError": "Nobody can answer `input()` while it is graded: write the value into the cell.",
    "StdinNotImplementedError": "Nobody can answer `input()` while it is graded: write the value into the cell.",
    "FileNotFoundError": "A file of your own must be handed in beside the notebook, and be named without the folders "
    "of your machine.",
    "ModuleNotFoundError": "Neither a package nor a file of that name was found where it is graded: hand in a file of "
    "your own beside the notebook, and ask your instructor for a package.",
    "SyntaxError": "Python cannot read this cell, so nothing in it has run.",
    "IndentationError": "Python cannot read this cell, so nothing in it has run.",
    "TabError": "Python cannot read this cell, so nothing in it has run.",
}


def binding_of(name: str) -> re.Pattern[str]:
    """Matches where a text, which need not be Python, binds a name."""
    word = re.escape(name)
    keywords = r"\b(?:def|class|import|as|for|global)[ \t(]{1,9}"
    return re.compile(rf"{keywords}{word}\b|(?<![\w.]){word}\b[^=\n]{{0,200}}(?<![=!<>])=(?!=)")


@dataclass(frozen=True)
class FailedCell:
    """A cell that an error of its own has stopped.

    Attributes:
        source: its text.
        status: the status of a test that lacks what the cell would have defined.
        message: which cell, with which error, in which line.
    """

    source: str
    status: CellStatus
    message: str

    def would_bind(self, name: str) -> bool:
        """Whether the cell's text, which need not be Python, binds a name."""
        return binding_of(name).search(self.source) is not None


@dataclass(frozen=True)
class FailuresAbove:
    """The failed cells above a test.

    Attributes:
        cells: all of them, in the notebook's order.
        answer: the one that holds the answer of the test's own exercise, if it failed.
    """

    cells: tuple[FailedCell, ...] = ()
    answer: FailedCell | None = None

    def of_name(self, name: str) -> FailedCell | None:
        """The cell that would have defined a name; else the answer's own."""
        return self._binding(name) or self.answer

    def of_error(self, message: str) -> FailedCell | None:
        """The cell that would have defined the name that a NameError's message names."""
        missing = _MISSING.search(message)
        return None if missing is None else self._binding(missing[1])

    def _binding(self, name: str) -> FailedCell | None:
        return next((cell for cell in self.cells if cell.would_bind(name)), None)


class FailedCells:
    """Notes the failed cells of one submission."""

    def __init__(self) -> None:
        self._cells: dict[int, FailedCell] = {}

    def note(self, index: int, cell: Cell, failed: object) -> None:
        """Note what a cell has raised.

        Args:
            index: its place in the notebook.
            cell: the cell.
            failed: the error as the student's side describes it; it may be anything, and None if there is none.
        """
        if failed is None:
            return
        kind, raised, frames = error_of(failed)
        if kind == "NotImplementedError":
            self._cells[index] = FailedCell(cell.source, CellStatus.FAILED, NOT_WRITTEN)
            return
        line = _LINE.search(frames)
        text = raised.strip()[:_LONGEST_MESSAGE]
        error = ": ".join(filter(None, (kind[:_LONGEST_KIND] or "an error", text))) + (
            f" (line {line[1]})" if line else ""
        )
        message = f"{capital(name_cell(cell))} stopped: {error}"
        if kind in _ADVICE and (kind != "EOFError" or "reading a line" in raised):
            message += f"\n{_ADVICE[kind]}"
        cause = self.above([], index).of_error(raised) if kind == "NameError" else None
        if cause is not None:
            message += f"\n{cause.message}"
        self._cells[index] = FailedCell(cell.source, CellStatus.ERROR, message)

    def above(self, cells: Sequence[Cell], test: int) -> FailuresAbove:
        """The failed cells above a place in the notebook, whose exercise begins below the test before it."""
        first = next((i + 1 for i in range(min(test, len(cells)) - 1, -1, -1) if cells[i].role is Role.TEST), 0)
        above = {index: failed for index, failed in sorted(self._cells.items()) if index < test}
        own = [
            failed for index, failed in above.items() if first <= index < len(cells) and cells[index].role in ANSWERS
        ]
        return FailuresAbove(tuple(above.values()), own[0] if own else None)
