"""The nbgrader metadata of a submitted cell: claims, which are compared with the release and never trusted."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROLE_FIELDS = ("grade", "solution", "locked", "task")
"""nbgrader's fields that determine a cell's role."""

LONGEST_GRADE_ID = 256


@dataclass(frozen=True)
class Claims:
    """The claims of one cell.

    Attributes:
        grade_id: nbgrader's id; None where there is none.
        roles: those of `ROLE_FIELDS` that are there, with their values.
        points: the points; None where there are none.
        checksum: nbgrader's checksum; None where there is none.
        malformed: the names of the fields whose values no tool writes.
    """

    grade_id: str | None = None
    roles: Mapping[str, bool] = field(default_factory=dict)
    points: float | None = None
    checksum: str | None = None
    malformed: tuple[str, ...] = ()

    @property
    def graded(self) -> bool:
        """Whether the cell claims to be worth points."""
        return self.roles.get("grade", False) or self.roles.get("task", False)


def claims_of(node: Mapping[str, Any]) -> Claims:
    """Read the claims of one nbformat 4 cell, of which nothing needs to be of the right type."""
    metadata = node.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    if not isinstance(nbgrader, Mapping):
        return Claims()
    malformed = [name for name in ROLE_FIELDS if not isinstance(nbgrader.get(name), bool | None)]
    points = _number(nbgrader.get("points"))
    if math.isnan(points or 0.0):
        malformed.append("points")
    if not isinstance(nbgrader.get("checksum"), str | None):
        malformed.append("checksum")
    grade_id = nbgrader.get("grade_id")
    if not isinstance(grade_id, str | None) or len(grade_id or "") > LONGEST_GRADE_ID:
        malformed.append("grade_id")
    return Claims(
        grade_id=grade_id if isinstance(grade_id, str) and 0 < len(grade_id) <= LONGEST_GRADE_ID else None,
        roles={name: nbgrader[name] for name in ROLE_FIELDS if isinstance(nbgrader.get(name), bool)},
        points=None if math.isnan(points or 0.0) else points,
        checksum=nbgrader["checksum"] if isinstance(nbgrader.get("checksum"), str) else None,
        malformed=tuple(malformed),
    )


def normalised_id(grade_id: str) -> str:
    """An id in Unicode's form NFC: file systems and editors turn ``ö`` into ``o`` and a combining mark, and back."""
    return unicodedata.normalize("NFC", grade_id)


def _number(points: object) -> float | None:
    """The number of points; NaN for what is no number. nbgrader's oldest notebooks have them as text, maybe empty."""
    if points is None or points == "":
        return None
    if isinstance(points, bool) or not isinstance(points, int | float | str):
        return math.nan
    try:
        number = float(points)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan
