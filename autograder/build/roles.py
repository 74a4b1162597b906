"""The shortened nbgrader metadata of a cell header, and what they stand for."""

import math
import re
from collections.abc import Mapping
from typing import Any

from autograder.build.place import Place
from autograder.cells import Role

SCHEMA_VERSION = 3
_FLAGS = ("grade", "solution", "locked", "task")
_KEYS = frozenset({"grade_id", "points", "schema_version", *_FLAGS})
# nbgrader's schema allows these characters; 64 is nbformat's limit for the cell id that is made of the grade id.
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def complete(given: object, kind: str, place: Place) -> dict[str, Any]:
    """Fill in what a cell header leaves out of nbgrader's metadata.

    A test needs ``grade`` and ``points``, an answer in code ``solution``; a markdown cell that says ``grade`` or
    ``solution`` is an answer that a person grades and so is both; a cell with a grade id alone is locked.

    Args:
        given: the value of ``nbgrader=`` in the header.
        kind: nbformat's cell type.
        place: where the cell stands, for errors.

    Returns:
        Complete metadata of nbgrader's schema 3.

    Raises:
        ExpectedError: the metadata contradict themselves or lack what they need.
    """
    if not isinstance(given, dict):
        raise place.refuse("its nbgrader metadata are not a JSON object", 'Write nbgrader={"grade_id": "name", …}.')
    _check_keys(given, kind, place)
    flags = {flag: given.get(flag, False) for flag in _FLAGS}
    if kind == "markdown" and (flags["grade"] or flags["solution"]):
        flags["grade"] = flags["solution"] = True
    _check_flags(flags, kind, place)
    flags["locked"] = flags["locked"] or not flags["solution"]
    metadata: dict[str, Any] = {"grade_id": given["grade_id"], "schema_version": SCHEMA_VERSION, **flags}
    if flags["grade"] or flags["task"]:
        metadata["points"] = _points(given.get("points"), place)
    elif "points" in given:
        raise place.refuse("it has points, but nothing in it is graded", 'Remove "points", or add "grade": true.')
    return metadata


def role_of(metadata: Mapping[str, Any] | None) -> Role:
    """Tell a cell's role from its complete nbgrader metadata; None means a free cell."""
    if metadata is None:
        return Role.FREE
    if metadata["task"]:
        return Role.TASK
    if metadata["solution"]:
        return Role.ANSWER if metadata["grade"] else Role.SOLUTION
    if metadata["grade"]:
        return Role.TEST
    return Role.LOCKED if metadata["locked"] else Role.FREE


def _check_keys(given: dict[str, Any], kind: str, place: Place) -> None:
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise place.refuse(f"nbgrader knows no {unknown[0]!r}", f"Use only {', '.join(sorted(_KEYS))}.")
    grade_id = given.get("grade_id")
    if not isinstance(grade_id, str) or not _GRADE_ID.fullmatch(grade_id):
        raise place.refuse(
            "its grade id is missing or malformed", "Give it 1 to 64 letters, digits, hyphens or underscores."
        )
    for flag in _FLAGS:
        if not isinstance(given.get(flag, False), bool):
            raise place.refuse(f'"{flag}" is neither true nor false', "Write true or false, without quotes.")
    if given.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise place.refuse(f"its metadata are not of nbgrader's schema {SCHEMA_VERSION}", 'Remove "schema_version".')
    if kind == "raw":
        raise place.refuse("a raw cell cannot be graded", "Make it a code or a markdown cell.")


def _check_flags(flags: dict[str, bool], kind: str, place: Place) -> None:
    if flags["task"] and (flags["grade"] or flags["solution"]):
        raise place.refuse("it is a task and something else at once", 'Keep "task" alone, or remove it.')
    if flags["task"] and kind != "markdown":
        raise place.refuse("a task that is not a markdown cell", "Start the cell with # %% [markdown].")
    if flags["solution"] and flags["locked"]:
        raise place.refuse("a locked cell that the student should fill in", 'Remove "locked" or "solution".')


def _points(points: object, place: Place) -> float:
    if points is None:
        raise place.refuse("it is graded but has no points", 'Add "points": to its header.')
    if isinstance(points, bool) or not isinstance(points, int | float) or not math.isfinite(points) or points < 0:
        raise place.refuse(f"{points!r} is not a number of points", 'Give "points" a number of at least 0.')
    return points
