"""Outcomes as plain data for `autograder.grading`, until it uses `autograder.wire` itself."""

from typing import Any

from autograder.verdicts import CellOutcome, CellVerdict
from autograder.wire import from_plain, to_plain


def write_outcome(outcome: CellOutcome) -> dict[str, Any]:
    """An outcome as a dictionary."""
    plain: dict[str, Any] = to_plain(outcome)
    return plain


def read_outcome(message: dict[str, Any]) -> CellOutcome:
    """What `write_outcome` wrote."""
    return from_plain(CellOutcome, message)


def read_verdict(message: dict[str, Any]) -> CellVerdict:
    """A verdict from its dictionary."""
    return from_plain(CellVerdict, message)
