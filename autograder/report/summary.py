"""What a class's results add up to, as data."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus


@dataclass(frozen=True)
class ExerciseSummary:
    """How a class did in one exercise.

    Attributes:
        grade_id: nbgrader's id of the graded cell.
        title: the heading above it.
        max_points: the points that it is worth.
        counts: how many submissions ended in each status.
        share: the mean share of the points, 0 to 1; None as long as an answer waits for a person.
    """

    grade_id: str
    title: str
    max_points: float
    counts: Mapping[CellStatus, int]
    share: float | None


@dataclass(frozen=True)
class MisconceptionSummary:
    """Who has one misconception.

    Attributes:
        identifier: its id.
        students: the students, in order of name.
        exercises: the titles of the exercises in which it showed.
    """

    identifier: str
    students: tuple[str, ...]
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class Attention:
    """Something that a person should look at.

    Attributes:
        students: the students whom it is about.
        kind: "question", "unreadable", "broken" or "flag".
        reason: why, one sentence.
    """

    students: tuple[str, ...]
    kind: str
    reason: str


@dataclass(frozen=True)
class ClassSummary:
    """How a class did in one lab.

    Attributes:
        lab: the lab's name.
        results: the submissions, in order of name.
        bins: how many graded submissions have 0–9 %, 10–19 %, … 90–100 % of the points.
        exercises: one for each graded cell, in the lab's order.
        misconceptions: the most frequent first.
        attention: what needs a person: what went wrong first, then the questions to read.
        sandboxed: whether every submission ran inside the sandbox.
    """

    lab: str
    results: tuple[Result, ...]
    bins: tuple[int, ...]
    exercises: tuple[ExerciseSummary, ...]
    misconceptions: tuple[MisconceptionSummary, ...]
    attention: tuple[Attention, ...]
    sandboxed: bool

    @property
    def graded(self) -> tuple[Result, ...]:
        """The submissions that could be graded."""
        return tuple(result for result in self.results if result.status is SubmissionStatus.GRADED)

    @property
    def max_score(self) -> float:
        """The points that can be earned."""
        return max((result.max_score for result in self.results), default=0.0)

    @property
    def mean(self) -> float | None:
        """The mean score of the graded submissions, in points."""
        return mean(result.score for result in self.graded) if self.graded else None

    @property
    def median(self) -> float | None:
        """The median score of the graded submissions, in points."""
        return median(result.score for result in self.graded) if self.graded else None

    @property
    def waiting(self) -> float:
        """The points for each submission that a person has yet to give."""
        return max(
            (sum(c.max_points for c in result.cells if c.status is CellStatus.MANUAL) for result in self.graded),
            default=0.0,
        )

    @property
    def troubled(self) -> int:
        """How many submissions need a person."""
        return len({student for item in self.attention for student in item.students})

    @property
    def hardest(self) -> ExerciseSummary | None:
        """The exercise with the smallest share of its points; None if all went equally well."""
        shares = [exercise for exercise in self.exercises if exercise.share is not None]
        least = min(shares, key=_share, default=None)
        return least if least and _share(least) < max(map(_share, shares)) else None


def summarise(lab: str, results: Sequence[Result], titles: Mapping[str, str] | None = None) -> ClassSummary:
    """Add up a class's results.

    Args:
        lab: the lab's name.
        results: the submissions to it.
        titles: a heading for each grade id, where one is known.

    Returns:
        The summary.
    """
    ordered = tuple(sorted(results, key=lambda result: result.student))
    graded = [result for result in ordered if result.status is SubmissionStatus.GRADED]
    names = titles or {}
    return ClassSummary(
        lab=lab,
        results=ordered,
        bins=_bins(graded),
        exercises=_exercises(graded, names),
        misconceptions=_misconceptions(ordered, names),
        attention=(*(item for result in ordered for item in _attention(result)), *_questions(ordered, names)),
        sandboxed=all(result.sandboxed for result in ordered),
    )


def _share(exercise: ExerciseSummary) -> float:
    return 1.0 if exercise.share is None else exercise.share


def _bins(graded: Sequence[Result]) -> tuple[int, ...]:
    # An exact share such as 0.7 may come out as 0.6999…: it belongs to the bin that it is written in.
    shares = (result.score / result.max_score for result in graded if result.max_score > 0)
    amounts = Counter(min(9, max(0, int(share * 10 + 1e-9))) for share in shares)
    return tuple(amounts[index] for index in range(10))


def _exercises(graded: Sequence[Result], titles: Mapping[str, str]) -> tuple[ExerciseSummary, ...]:
    verdicts: defaultdict[str, list[CellVerdict]] = defaultdict(list)
    for result in graded:
        for cell in result.cells:
            verdicts[cell.grade_id].append(cell)
    return tuple(
        ExerciseSummary(
            grade_id=grade_id,
            title=titles.get(grade_id, grade_id),
            max_points=max(cell.max_points for cell in cells),
            counts=Counter(cell.status for cell in cells),
            share=_mean_share(cells),
        )
        for grade_id, cells in verdicts.items()
    )


def _mean_share(cells: Sequence[CellVerdict]) -> float | None:
    if any(cell.status is CellStatus.MANUAL for cell in cells):
        return None
    shares = [cell.points / cell.max_points for cell in cells if cell.points is not None and cell.max_points > 0]
    return mean(shares) if shares else None


def _misconceptions(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[MisconceptionSummary, ...]:
    students: defaultdict[str, dict[str, None]] = defaultdict(dict)
    exercises: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for result in results:
        for cell in result.cells:
            if cell.misconception:
                students[cell.misconception][result.student] = None
                exercises[cell.misconception][titles.get(cell.grade_id, cell.grade_id)] = None
    found = [MisconceptionSummary(name, tuple(who), tuple(exercises[name])) for name, who in students.items()]
    return tuple(sorted(found, key=lambda item: (-len(item.students), item.identifier)))


def _attention(result: Result) -> list[Attention]:
    kinds = {SubmissionStatus.QUARANTINED: "unreadable", SubmissionStatus.BROKEN: "broken"}
    found = [Attention((result.student,), kinds[result.status], result.reason)] if result.status in kinds else []
    return found + [Attention((result.student,), "flag", flag) for flag in result.flags]


def _questions(results: Sequence[Result], titles: Mapping[str, str]) -> list[Attention]:
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        for cell in result.cells:
            if cell.status is CellStatus.MANUAL:
                waiting[titles.get(cell.grade_id, cell.grade_id)].append(result.student)
    return [Attention(tuple(students), "question", title) for title, students in waiting.items()]
