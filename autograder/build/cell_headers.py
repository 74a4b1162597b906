"""A cell's header in a lab's text: where the cell is, and its short nbgrader metadata made complete."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.errors import ExpectedError

SCHEMA_VERSION = 3
_FLAGS = ("grade", "solution", "locked", "task")
_KEYS = frozenset({"grade_id", "points", "schema_version", *_FLAGS})
# nbgrader's schema allows these characters; 64 is nbformat's limit for a cell id, which is made of the grade id.
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class CellLocation:
    """Where a cell is in a lab's text.

    Attributes:
        file: the file as the user would name it, relative to the course: ``course/LAB.py``.
        line: the line of the cell's header, from 1.
        first_line: the first line of the cell's source.
        cell: the cell's name in messages: its grade id, or its number if it has none.
    """

    file: str
    line: int
    first_line: int
    cell: str

    def refuse(self, problem: str, cure: str, offset: int | None = None) -> ExpectedError:
        """Make the error that refuses this cell.

        Args:
            problem: what is wrong, continuing "course/LAB.py, line 12, cell 'descend': ".
            cure: what the author can do about it.
            offset: the line within the cell's source, from 0; None for the cell's header.

        Returns:
            The error, for the caller to raise.
        """
        line = self.line if offset is None else self.first_line + offset
        return ExpectedError(f"{self.file}, line {line}, {self.cell}: {problem}", cure)


def complete_metadata(given: object, kind: str, location: CellLocation) -> dict[str, Any]:
    """Add what a cell header leaves out of nbgrader's metadata.

    A test needs ``grade`` and ``points``, an answer in code ``solution``; a markdown cell with ``grade`` or
    ``solution`` is an answer that a person grades, so it gets both; a cell with only a grade id is locked.

    Args:
        given: the value of ``nbgrader=`` in the header.
        kind: nbformat's cell type.
        location: where the cell is, for errors.

    Returns:
        Complete metadata of nbgrader's schema 3.

    Raises:
        ExpectedError: the metadata are contradictory or incomplete.
    """
    if not isinstance(given, dict):
        raise location.refuse("its nbgrader metadata are not a JSON object", 'Write nbgrader={"grade_id": "name", …}.')
    _check_keys(given, kind, location)
    flags = {flag: given.get(flag, False) for flag in _FLAGS}
    if kind == "markdown" and (flags["grade"] or flags["solution"]):
        flags["grade"] = flags["solution"] = True
    _check_flags(flags, kind, location)
    flags["locked"] = flags["locked"] or not flags["solution"]
    metadata: dict[str, Any] = {"grade_id": given["grade_id"], "schema_version": SCHEMA_VERSION, **flags}
    if flags["grade"] or flags["task"]:
        metadata["points"] = _points(given.get("points"), location)
    elif "points" in given:
        raise location.refuse("it has points, but nothing in it is graded", 'Remove "points", or add "grade": true.')
    return metadata


def _check_keys(given: Mapping[str, Any], kind: str, location: CellLocation) -> None:
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise location.refuse(f"nbgrader knows no {unknown[0]!r}", f"Use only {', '.join(sorted(_KEYS))}.")
    grade_id = given.get("grade_id")
    if not isinstance(grade_id, str) or not _GRADE_ID.fullmatch(grade_id):
        raise location.refuse(
            "its grade id is missing or malformed", "Give it 1 to 64 letters, digits, hyphens or underscores."
        )
    for flag in _FLAGS:
        if not isinstance(given.get(flag, False), bool):
            raise location.refuse(f'"{flag}" is neither true nor false', "Write true or false, without quotes.")
    if given.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise location.refuse(f"its metadata are not of nbgrader's schema {SCHEMA_VERSION}", 'Remove "schema_version".')
    if kind == "raw":
        raise location.refuse("a raw cell cannot be graded", "Make it a code or a markdown cell.")


def _check_flags(flags: Mapping[str, bool], kind: str, location: CellLocation) -> None:
    if flags["task"] and (flags["grade"] or flags["solution"]):
        raise location.refuse("it is a task and something else at once", 'Keep "task" alone, or remove it.')
    if flags["task"] and kind != "markdown":
        raise location.refuse("a task that is not a markdown cell", "Start the cell with # %% [markdown].")
    if flags["solution"] and flags["locked"]:
        raise location.refuse("a locked cell that the student should fill in", 'Remove "locked" or "solution".')


def _points(points: object, location: CellLocation) -> float:
    if points is None:
        raise location.refuse("it is graded but has no points", 'Add "points": to its header.')
    if isinstance(points, bool) or not isinstance(points, int | float) or not math.isfinite(points) or points < 0:
        raise location.refuse(f"{points!r} is not a number of points", 'Give "points" a number of at least 0.')
    return points
