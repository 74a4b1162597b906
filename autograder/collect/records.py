"""The records of collecting: files found and refused, and what became of each submission."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from autograder.untrusted.paths import Parts


@dataclass(frozen=True)
class Found:
    """A file of the source.

    Attributes:
        parts: its path in the source, in Unicode's composed form.
        content: the file with its bytes: the file itself, or a copy of an archive's entry.
        time: when it was written (UTC, without a zone); None if the source does not say.
        owned: how many of the leading parts the source wrote; the student packed what follows.
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
    """A file that was not taken.

    Attributes:
        name: its path in the source.
        reason: why, in one clause.
        cure: what can be done about it, in one sentence.
    """

    name: str
    reason: str
    cure: str


class Outcome(StrEnum):
    """What became of an attempt."""

    COLLECTED = "collected"
    REPLACED = "replaced"
    """It replaced an earlier attempt."""
    UNCHANGED = "unchanged"
    """It equals the submission in ``submitted/``."""
    OLDER = "older"
    """``submitted/`` has a newer attempt, which stays."""
    UNCERTAIN = "uncertain"
    """``submitted/`` has another attempt, and nothing says which of the two is newer: the one there stays."""


@dataclass(frozen=True)
class Collected:
    """What became of one student's attempts at one lab.

    Attributes:
        student: the student's id.
        lab: the lab's name.
        outcome: what became of the attempt that counts.
        files: the files' paths in the submission's folder.
        time: when it was handed in (UTC, without a zone); None if the source does not say.
        late: whether it came after the deadline.
        attempts: how many further attempts there are, which do not count.
        left_aside: of those, the ones that may be newer, with the one that was taken: (taken, left) paths.
    """

    student: str
    lab: str
    outcome: Outcome
    files: tuple[str, ...]
    time: datetime | None
    late: bool
    attempts: int
    left_aside: tuple[tuple[str, str], ...] = ()


@dataclass
class Report:
    """What became of a download.

    Attributes:
        collected: the submissions, in order of student and lab.
        unmatched: files that belong to no student or to no lab; they are kept in ``unmatched/``.
        refused: files that were not taken because they cannot be read or are not safe.
        notes: what else an instructor should know, one sentence each.
        columns: (field, column of the class list that was used) pairs.
    """

    collected: list[Collected] = field(default_factory=list)
    unmatched: list[Refused] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything was collected."""
        uncertain = any(it.outcome is Outcome.UNCERTAIN for it in self.collected)
        return not (self.unmatched or self.refused or uncertain)
