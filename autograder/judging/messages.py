"""Records as plain data for `autograder.grading`, until it uses `autograder.wire` itself."""

from collections.abc import Sequence
from typing import Any

from autograder.cells import Cell, LabNotebook
from autograder.judging.case import case_from_plain as read_case
from autograder.judging.case import case_to_plain as write_case
from autograder.wall.profile import Profile
from autograder.wire import from_plain, to_plain

__all__ = ["read_case", "read_notebook", "read_profile", "write_case", "write_cells", "write_notebook", "write_profile"]


def write_cells(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Cells as dictionaries."""
    return [to_plain(cell) for cell in cells]


def write_notebook(notebook: LabNotebook) -> dict[str, Any]:
    """A lab's notebook as a dictionary."""
    plain: dict[str, Any] = to_plain(notebook)
    return plain


def read_notebook(message: dict[str, Any]) -> LabNotebook:
    """What `write_notebook` wrote."""
    return from_plain(LabNotebook, message)


def write_profile(profile: Profile) -> dict[str, list[str]]:
    """A profile as a dictionary."""
    return {name: sorted(recorded) for name, recorded in vars(profile).items()}


def read_profile(message: dict[str, list[str]]) -> Profile:
    """What `write_profile` wrote.

    Raises:
        KeyError: a field is missing, which must not count as an empty one.
    """
    return Profile(**{name: frozenset(message[name]) for name in vars(Profile())})
