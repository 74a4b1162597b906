"""What needs a person, as data: what went wrong first, then what to look at, then what to read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.repair.messages import is_remarkable
from autograder.verdicts import CellStatus, Result, SubmissionStatus

KINDS = ("unreadable", "broken", "flag", "repair", "question")
"""The kinds, in the order of urgency."""

_ENDINGS = {SubmissionStatus.QUARANTINED: "unreadable", SubmissionStatus.BROKEN: "broken"}


@dataclass(frozen=True)
class Attention:
    """Something that a person should look at.

    Attributes:
        students: the students whom it is about, in order of name: those of one kind with the same reasons.
        kind: one of `KINDS`.
        reasons: why, one sentence each.
    """

    students: tuple[str, ...]
    kind: str
    reasons: tuple[str, ...]


def attention(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[Attention, ...]:
    """Find what needs a person.

    A repair is among it only where no tool's accident explains it: what was claimed does not count, but somebody
    should know that it was.

    Args:
        results: the submissions, in order of name.
        titles: a heading for each grade id, where one is known.
    """
    students: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for result in results:
        for kind, reasons in _of(result):
            students[kind, reasons].append(result.student)
    for title, waiting in _questions(results, titles).items():
        students["question", (title,)] = waiting
    found = [Attention(tuple(who), kind, reasons) for (kind, reasons), who in students.items()]
    return tuple(sorted(found, key=lambda item: KINDS.index(item.kind)))


def _of(result: Result) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a kind and its reasons."""
    if result.status in _ENDINGS:
        yield _ENDINGS[result.status], (result.reason,)
    remarkable = tuple(repair for repair in result.repairs if is_remarkable(repair))
    if result.flags:
        yield "flag", (*result.flags, *remarkable)
    elif remarkable:
        yield "repair", remarkable


def _questions(results: Sequence[Result], titles: Mapping[str, str]) -> dict[str, list[str]]:
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        for cell in result.cells:
            if cell.status is CellStatus.MANUAL:
                waiting[titles.get(cell.grade_id, cell.grade_id)].append(result.student)
    return dict(waiting)
