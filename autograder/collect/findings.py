"""What collecting comes upon, as plain records."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

Parts = tuple[str, ...]
"""A path inside the source, one text for each folder and one for the file."""


@dataclass(frozen=True)
class Found:
    """A file of the source.

    Attributes:
        parts: its path in the source, in Unicode's composed form.
        content: where its bytes lie: the file itself, or a copy of what an archive held.
        time: when it was written (UTC, without a zone); None if the source does not say.
        owned: how many of the leading parts belong to the source; what follows was packed by the student.
    """

    parts: Parts
    content: Path
    time: datetime | None
    owned: int

    @property
    def name(self) -> str:
        """The path as one text."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class Refused:
    """Something that was not taken.

    Attributes:
        name: the file, as its owner knows it.
        reason: why, one clause.
        cure: what can be done about it, one sentence.
    """

    name: str
    reason: str
    cure: str


@dataclass(frozen=True)
class Place:
    """A notebook of a lab.

    Attributes:
        lab: the lab's name.
        notebook: the notebook's name, without ``.ipynb``.
    """

    lab: str
    notebook: str
