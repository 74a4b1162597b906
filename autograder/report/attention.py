"""What needs a person, as data: what went wrong first, then what to look at, then what to read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.repair.sentences import is_remarkable
from autograder.verdicts import CellStatus, Result, SubmissionStatus

KINDS = ("unreadable", "broken", "flag", "repair", "question")
"""The kinds, in the order of urgency."""

_ENDINGS = {SubmissionStatus.QUARANTINED: "unreadable", SubmissionStatus.BROKEN: "broken"}


@dataclass(frozen=True)
class Attention:
    """Something that a person should look at.

    Attributes:
        students: the students whom it is about, in order of name.
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
    found = [item for result in results for item in _of(result)]
    return (*sorted(found, key=lambda item: KINDS.index(item.kind)), *_questions(results, titles))


def _of(result: Result) -> Iterator[Attention]:
    if result.status in _ENDINGS:
        yield Attention((result.student,), _ENDINGS[result.status], (result.reason,))
    remarkable = tuple(repair for repair in result.repairs if is_remarkable(repair))
    if result.flags:
        yield Attention((result.student,), "flag", (*result.flags, *remarkable))
    elif remarkable:
        yield Attention((result.student,), "repair", remarkable)


def _questions(results: Sequence[Result], titles: Mapping[str, str]) -> list[Attention]:
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        for cell in result.cells:
            if cell.status is CellStatus.MANUAL:
                waiting[titles.get(cell.grade_id, cell.grade_id)].append(result.student)
    return [Attention(tuple(students), "question", (title,)) for title, students in waiting.items()]
