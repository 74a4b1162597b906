"""What became of a download."""

from dataclasses import dataclass, field
from datetime import datetime

from autograder.collect.findings import Refused
from autograder.collect.place import Outcome


@dataclass(frozen=True)
class Collected:
    """What became of one student's attempts at one lab.

    Attributes:
        student: the student's id.
        lab: the lab's name.
        outcome: what became of it.
        files: the files' paths in the submission's folder.
        time: when it was handed in (UTC, without a zone); None if the source does not say.
        late: whether it came after the deadline.
        attempts: how many further attempts there are that do not count.
    """

    student: str
    lab: str
    outcome: Outcome
    files: tuple[str, ...]
    time: datetime | None
    late: bool
    attempts: int


@dataclass
class Report:
    """What became of a download.

    Attributes:
        collected: the submissions, in order of student and lab.
        unmatched: what belongs to no student or to no lab; it is kept in ``unmatched/``.
        refused: what was not taken, since it cannot or must not be.
        notes: what an instructor should know besides, one sentence each.
        columns: field → the column of the roster that was used.
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
