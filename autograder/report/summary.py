"""What a class's results add up to, as data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, median

from autograder.report.attention import Attention, attention
from autograder.report.exercises import ExerciseSummary, exercises_of
from autograder.report.likeness.groups import NOTHING_COMPARED, Likeness
from autograder.report.mistakes import Mistake, mistakes_of
from autograder.report.statistics import quantile
from autograder.verdicts import CellStatus, Result, SubmissionStatus

_SLOWEST = 10


@dataclass(frozen=True)
class TimeUsed:
    """How long grading took.

    Attributes:
        total: seconds of all submissions together, as if one came after the other.
        median: the median of the seconds of one submission.
        long: the seconds below which 95 % of the submissions stay.
        slowest: the submissions that took longest, the slowest first.
        timed_out: grade id → the students whose answer did not come to an end.
    """

    total: float
    median: float
    long: float
    slowest: tuple[Result, ...]
    timed_out: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class ClassSummary:
    """How a class did in one lab.

    Attributes:
        lab: the lab's name.
        results: the submissions, in order of name.
        bins: how many graded submissions have 0–9 %, 10–19 %, … 90–100 % of the points.
        exercises: one for each graded cell, in the lab's order.
        mistakes: with or without a name in the course's list, the most frequent first.
        attention: what needs a person: what went wrong first, then the questions to read.
        likeness: which submissions are nearly the same.
        titles: a heading for each grade id, where one is known.
    """

    lab: str
    results: tuple[Result, ...]
    bins: tuple[int, ...]
    exercises: tuple[ExerciseSummary, ...]
    mistakes: tuple[Mistake, ...]
    attention: tuple[Attention, ...]
    likeness: Likeness
    titles: Mapping[str, str]

    @cached_property
    def graded(self) -> tuple[Result, ...]:
        """The submissions that could be graded."""
        return tuple(result for result in self.results if result.status is SubmissionStatus.GRADED)

    @cached_property
    def statuses(self) -> Mapping[SubmissionStatus, int]:
        """How many submissions ended in each status."""
        return Counter(result.status for result in self.results)

    @cached_property
    def outside(self) -> int:
        """How many submissions ran without the sandbox."""
        return sum(not result.sandboxed for result in self.results)

    @cached_property
    def max_score(self) -> float:
        """The points that can be earned."""
        return max((result.max_score for result in self.results), default=0.0)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The scores of the graded submissions, in points."""
        return tuple(result.score for result in self.graded)

    @property
    def mean(self) -> float | None:
        """The mean score of the graded submissions, in points."""
        return mean(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        """The median score of the graded submissions, in points."""
        return median(self.scores) if self.scores else None

    @cached_property
    def waiting(self) -> float:
        """The most points of a submission that a person has yet to give."""
        return max(
            (sum(c.max_points for c in result.cells if c.status is CellStatus.MANUAL) for result in self.graded),
            default=0.0,
        )

    @cached_property
    def in_need(self) -> frozenset[str]:
        """The students whose submissions need a person."""
        return frozenset(student for item in self.attention for student in item.students)

    @cached_property
    def urgent(self) -> Mapping[str, int]:
        """How many submissions need a person, by the kind of need."""
        return Counter(item.kind for item in self.attention for _ in item.students)

    @cached_property
    def answers_waiting(self) -> int:
        """How many answers wait for a person to read them."""
        return self.urgent["question"]

    @cached_property
    def hardest(self) -> ExerciseSummary | None:
        """The exercise with the smallest share of its points; None if all went equally well."""
        shares = [exercise for exercise in self.exercises if exercise.share is not None]
        least = min(shares, key=_share, default=None)
        return least if least and _share(least) < max(map(_share, shares)) else None

    @property
    def timed_out_students(self) -> int:
        """How many students have an answer that did not come to an end."""
        return len({student for students in self.time.timed_out.values() for student in students}) if self.time else 0

    @cached_property
    def time(self) -> TimeUsed | None:
        """How long grading took; None if nothing was graded."""
        taken = [result.seconds for result in self.results]
        if not taken:
            return None
        timed_out: dict[str, list[str]] = {}
        for result in self.results:
            for cell in result.cells:
                if cell.status is CellStatus.TIMED_OUT:
                    timed_out.setdefault(cell.grade_id, []).append(result.student)
        slowest = sorted(self.results, key=lambda result: (-result.seconds, result.student))[:_SLOWEST]
        return TimeUsed(
            total=sum(taken),
            median=median(taken),
            long=quantile(taken, 0.95) or 0.0,
            slowest=tuple(slowest),
            timed_out={grade_id: tuple(students) for grade_id, students in timed_out.items()},
        )


def summarise(
    lab: str,
    results: Sequence[Result],
    titles: Mapping[str, str] | None = None,
    likeness: Likeness = NOTHING_COMPARED,
) -> ClassSummary:
    """Add up a class's results.

    Args:
        lab: the lab's name.
        results: the submissions to it.
        titles: a heading for each grade id, where one is known.
        likeness: which submissions are nearly the same.

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
        exercises=exercises_of(graded, names),
        mistakes=mistakes_of(graded, names),
        attention=attention(ordered, names),
        likeness=likeness,
        titles=names,
    )


def _share(exercise: ExerciseSummary) -> float:
    return 1.0 if exercise.share is None else exercise.share


def _bins(graded: Sequence[Result]) -> tuple[int, ...]:
    # An exact share such as 0.7 may come out as 0.6999…: it belongs to the bin that it is written in.
    shares = (result.score / result.max_score for result in graded if result.max_score > 0)
    amounts = Counter(min(9, max(0, int(share * 10 + 1e-9))) for share in shares)
    return tuple(amounts[index] for index in range(10))
