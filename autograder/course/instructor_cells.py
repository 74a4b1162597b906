"""The cells of an instructor's notebook, and what a Jupyter tag says about them. Tags of submissions are never read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from autograder.cells import SKIP, Cell, Role
from autograder.errors import ExpectedError
from autograder.untrusted.notebooks import cell_from

WALL_ONLY: Final = "autograder:wall"
"""The tag of a test that may run at the wall alone."""
_PREFIX: Final = "autograder:"


def instructor_cell(node: Mapping[str, Any]) -> Cell:
    """Turn one cell of an instructor's notebook, as nbformat 4 has it, into a `Cell`.

    Raises:
        ExpectedError: it has an unknown tag of the autograder's, or one that has no effect on it. The problem is a
            clause about "it": the caller says which cell it is.
    """
    cell = cell_from(node)
    tags = node.get("metadata", {}).get("tags")
    ours = (
        {tag for tag in tags if isinstance(tag, str) and tag.startswith(_PREFIX)} if isinstance(tags, list) else set()
    )
    for tag in sorted(ours - {WALL_ONLY, SKIP}):
        # Whoever writes the tag relies on it: one that is misspelt must not be ignored.
        raise ExpectedError(
            f"it has the tag {tag!r}, which the autograder does not know", f"Write {WALL_ONLY!r} or {SKIP!r}."
        )
    if WALL_ONLY in ours and cell.role is not Role.TEST:
        raise ExpectedError(
            f"it has the tag {WALL_ONLY!r}, but it is no test", "Put the tag on the cell with the test, or remove it."
        )
    if SKIP in ours and (cell.role not in (Role.FREE, Role.LOCKED) or cell.kind != "code"):
        raise ExpectedError(
            f"it has the tag {SKIP!r}, but it is no code of the lesson",
            "Put the tag on cells with code that are neither answers nor tests, or remove it.",
        )
    return replace(cell, wall_only=WALL_ONLY in ours, skipped=SKIP in ours)


def with_tags(released: Iterable[Cell], source: Iterable[Cell]) -> tuple[Cell, ...]:
    """The released cells, with what the instructor's notebook says of them: its tags count, and no others."""
    skipped = {(cell.grade_id, cell.source) for cell in source if cell.skipped}
    return tuple(replace(cell, skipped=(cell.grade_id, cell.source) in skipped) for cell in released)
