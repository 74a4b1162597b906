"""What a submitted cell's nbgrader metadata say: claims, which are compared with the release and never believed."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ROLE_FIELDS = ("grade", "solution", "locked", "task")
"""nbgrader's fields that make a cell's role."""

LONGEST_GRADE_ID = 256


@dataclass(frozen=True)
class Claims:
    """The claims of one cell.

    Attributes:
        grade_id: nbgrader's id; None where there is none.
        roles: those of `ROLE_FIELDS` that are there, with their values.
        points: the points; None where there are none.
        checksum: nbgrader's checksum; None where there is none.
        nonsense: the names of the fields that hold what no tool writes there.
    """

    grade_id: str | None = None
    roles: Mapping[str, bool] = field(default_factory=dict)
    points: float | None = None
    checksum: str | None = None
    nonsense: tuple[str, ...] = ()

    @property
    def graded(self) -> bool:
        """Whether the cell claims to be worth points."""
        return self.roles.get("grade", False) or self.roles.get("task", False)


def claims_of(node: Mapping[str, Any]) -> Claims:
    """Read the claims of one nbformat 4 cell, of which nothing needs to be of the right type."""
    metadata = node.get("metadata")
    said = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    if not isinstance(said, Mapping):
        return Claims()
    nonsense = [name for name in ROLE_FIELDS if not isinstance(said.get(name), bool | None)]
    points = _number(said.get("points"))
    if math.isnan(points or 0.0):
        nonsense.append("points")
    if not isinstance(said.get("checksum"), str | None):
        nonsense.append("checksum")
    grade_id = said.get("grade_id")
    if not isinstance(grade_id, str | None) or len(grade_id or "") > LONGEST_GRADE_ID:
        nonsense.append("grade_id")
    return Claims(
        grade_id=grade_id if isinstance(grade_id, str) and 0 < len(grade_id) <= LONGEST_GRADE_ID else None,
        roles={name: said[name] for name in ROLE_FIELDS if isinstance(said.get(name), bool)},
        points=None if math.isnan(points or 0.0) else points,
        checksum=said["checksum"] if isinstance(said.get("checksum"), str) else None,
        nonsense=tuple(nonsense),
    )


def plain_id(grade_id: str) -> str:
    """An id in one Unicode form: file systems and editors turn ``ö`` into ``o`` with dots above, and back."""
    return unicodedata.normalize("NFC", grade_id)


def _number(points: object) -> float | None:
    """A number of points; nan for what is none. nbgrader's oldest notebooks have them as text, or as empty text."""
    if points is None or points == "":
        return None
    if isinstance(points, bool) or not isinstance(points, int | float | str):
        return math.nan
    try:
        number = float(points)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan
