"""The summary of a class's results, as data: exercises, mistakes, what needs a person, the time used."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from statistics import StatisticsError, correlation, mean, median

from autograder.repair.messages import is_remarkable
from autograder.report.comparison import Likeness
from autograder.report.diagnoses import UNWRITTEN, Diagnosis, diagnosis_of, shown_status
from autograder.report.feedback import GRADED_AGAIN
from autograder.report.levels import LabLevels
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus, TestLevel

FEWEST_FOR_DISCRIMINATION = 15
"""Submissions below which a correlation says more about chance than about an exercise."""


def discrimination(points: Sequence[float], rests: Sequence[float]) -> float | None:
    """The discrimination of an exercise: Pearson's correlation of its points with the points in all the others.

    The exercise's own points are left out of what it is compared with (the *corrected* item–total correlation);
    otherwise each exercise would agree with itself.

    Returns:
        −1 to 1; None if there are fewer submissions than `FEWEST_FOR_DISCRIMINATION`, or all of them are alike.
    """
    if len(points) < FEWEST_FOR_DISCRIMINATION:
        return None
    try:
        return max(-1.0, min(1.0, correlation(points, rests)))
    except StatisticsError:
        return None


@dataclass(frozen=True)
class ExerciseSummary:
    """How a class did in one exercise.

    Attributes:
        grade_id: nbgrader's id of the graded cell.
        title: the heading above it.
        max_points: the points that it is worth.
        counts: how many submissions ended in each status.
        full: how many have all points.
        partial: how many have some of them.
        none: how many have none, unwritten answers left out.
        unwritten: how many left the exercise as it was handed out.
        waiting: how many wait for a person.
        excluded: of how many it was left out, since its test can be run for nobody.
        facility: the mean share of the points, 0 to 1, the smaller the harder; None as long as an answer waits for a
            person, or if it was left out for all.
        mean: the mean of the points; None as long as an answer waits for a person, or if it was left out for all.
        discrimination: the correlation of its points with the points in all others, −1 to 1; None if the class is too
            small, an answer waits, or all are alike.
        commonest: the most common diagnosis; None if there is none.
        commonest_count: how many submissions it was given to.
    """

    grade_id: str
    title: str
    max_points: float
    counts: Mapping[CellStatus, int]
    full: int = 0
    partial: int = 0
    none: int = 0
    unwritten: int = 0
    waiting: int = 0
    excluded: int = 0
    facility: float | None = None
    mean: float | None = None
    discrimination: float | None = None
    commonest: Diagnosis | None = None
    commonest_count: int = 0


def exercises_of(graded: Sequence[Result], titles: Mapping[str, str]) -> tuple[ExerciseSummary, ...]:
    """Add up the exercises of the submissions that could be graded, in the lab's order."""
    verdicts: defaultdict[str, list[tuple[CellVerdict, float]]] = defaultdict(list)
    for result in graded:
        score = result.score
        for cell in result.cells:
            verdicts[cell.grade_id].append((cell, score))
    return tuple(_exercise(grade_id, titles.get(grade_id, grade_id), pairs) for grade_id, pairs in verdicts.items())


def _exercise(grade_id: str, title: str, pairs: Sequence[tuple[CellVerdict, float]]) -> ExerciseSummary:
    cells = [cell for cell, _ in pairs]
    endings = Counter(map(_ending, cells))
    diagnoses = [diagnosis for cell in cells if (diagnosis := diagnosis_of(cell)) and diagnosis.key != UNWRITTEN]
    commonest = Counter(diagnosis.key for diagnosis in diagnoses)
    key = min(commonest, key=lambda key: (-commonest[key], key), default=None)
    given = [
        (cell.points, cell.max_points, score) for cell, score in pairs if cell.points is not None and cell.max_points
    ]
    rest = [(points, score - points) for points, _, score in given]
    complete = not endings["waiting"]
    return ExerciseSummary(
        grade_id=grade_id,
        title=title,
        max_points=max(cell.max_points for cell in cells),
        counts=Counter(cell.status for cell in cells),
        full=endings["full"],
        partial=endings["partial"],
        none=endings["none"],
        unwritten=endings["unwritten"],
        waiting=endings["waiting"],
        excluded=endings["excluded"],
        facility=sum(points / most for points, most, _ in given) / len(given) if complete and given else None,
        mean=sum(points for points, _, _ in given) / len(given) if complete and given else None,
        discrimination=discrimination(*zip(*rest, strict=True)) if complete and rest else None,
        commonest=next((diagnosis for diagnosis in diagnoses if diagnosis.key == key), None),
        commonest_count=commonest[key] if key else 0,
    )


def _ending(cell: CellVerdict) -> str:
    if cell.points is None:
        return "excluded" if cell.status is CellStatus.EXCLUDED else "waiting"
    if cell.points >= cell.max_points:
        return "full"
    if cell.points > 0:
        return "partial"
    return "unwritten" if shown_status(cell) is CellStatus.UNANSWERED else "none"


@dataclass(frozen=True)
class Occurrence:
    """An exercise in which a mistake occurs.

    Attributes:
        grade_id: nbgrader's id of the graded cell.
        title: the heading above it.
        students: how many students make it there.
        first: for how many of them it is the first exercise with it; what comes later may only follow from it.
    """

    grade_id: str
    title: str
    students: int
    first: int


@dataclass(frozen=True)
class Mistake:
    """A mistake and the students who make it.

    Attributes:
        diagnosis: the mistake.
        students: the students, in order of name; each once, however many exercises it costs.
        share: their share of the submissions that could be graded, 0 to 1.
        occurrences: the exercises in which it occurs, in the lab's order.
    """

    diagnosis: Diagnosis
    students: tuple[str, ...]
    share: float
    occurrences: tuple[Occurrence, ...]

    @property
    def spread(self) -> int:
        """How often students make it again after the exercise where they made it first."""
        return sum(each.students for each in self.occurrences) - len(self.students)


def mistakes_of(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[Mistake, ...]:
    """Count the mistakes of the submissions that could be graded, the most frequent first."""
    known: dict[str, Diagnosis] = {}
    students: defaultdict[str, dict[str, None]] = defaultdict(dict)
    shown: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: defaultdict[str, Counter[str]] = defaultdict(Counter)
    order: dict[str, None] = {}
    for result in results:
        for cell in result.cells:
            order.setdefault(cell.grade_id)
            diagnosis = diagnosis_of(cell)
            if diagnosis is None or diagnosis.key == UNWRITTEN:
                continue
            key = diagnosis.key
            known.setdefault(key, diagnosis)
            if result.student not in students[key]:
                first[key][cell.grade_id] += 1
            students[key].setdefault(result.student)
            shown[key][cell.grade_id] += 1
    found = [
        Mistake(
            diagnosis=known[key],
            students=tuple(sorted(its_students)),
            share=len(its_students) / len(results),
            occurrences=tuple(
                Occurrence(grade_id, titles.get(grade_id, grade_id), shown[key][grade_id], first[key][grade_id])
                for grade_id in order
                if shown[key][grade_id]
            ),
        )
        for key, its_students in students.items()
    ]
    return tuple(sorted(found, key=lambda mistake: (-len(mistake.students), mistake.diagnosis.key)))


ATTENTION_KINDS = ("unreadable", "broken", "flag", "repair", "question")
"""The kinds, in the order of urgency."""

_NOT_GRADED = {SubmissionStatus.QUARANTINED: "unreadable", SubmissionStatus.BROKEN: "broken"}


@dataclass(frozen=True)
class Attention:
    """Something that a person should look at.

    Attributes:
        students: the students with this kind and these reasons, in order of name.
        kind: one of `ATTENTION_KINDS`.
        reasons: why, one sentence each.
    """

    students: tuple[str, ...]
    kind: str
    reasons: tuple[str, ...]


def attention(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[Attention, ...]:
    """Find what needs a person.

    A repair counts only if no accident of a tool explains it: what the submission claimed has no effect, but a person
    should know of it.
    """
    students: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for result in results:
        for kind, reasons in _reasons(result, titles):
            students[kind, reasons].append(result.student)
    found = [Attention(tuple(names), kind, reasons) for (kind, reasons), names in students.items()]
    return tuple(sorted(found, key=lambda item: ATTENTION_KINDS.index(item.kind)))


def _reasons(result: Result, titles: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if result.status in _NOT_GRADED:
        yield _NOT_GRADED[result.status], (result.reason,)
    remarkable = tuple(repair for repair in result.repairs if is_remarkable(repair))
    if result.flags:
        yield "flag", (*result.flags, *remarkable)
    elif remarkable:
        yield "repair", remarkable
    for cell in result.cells:
        if cell.status is CellStatus.MANUAL:
            title = titles.get(cell.grade_id, cell.grade_id)
            yield "question", (f"{title}: {cell.message}" if cell.message.startswith(GRADED_AGAIN) else title,)


_SLOWEST = 10


@dataclass(frozen=True)
class TimeUsed:
    """How long grading took.

    Attributes:
        total: seconds of all submissions together, as if one came after the other.
        median: the median of the seconds of one submission.
        percentile_95: the seconds below which 95 % of the submissions stay.
        slowest: the submissions that took longest, the slowest first.
        timed_out: grade id → the students whose answer did not come to an end.
    """

    total: float
    median: float
    percentile_95: float
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
        likeness: which submissions are nearly the same; None if they were not compared.
        titles: a heading for each grade id, where one is known.
        reasons: why tests do not run at the wall.
    """

    lab: str
    results: tuple[Result, ...]
    bins: tuple[int, ...]
    exercises: tuple[ExerciseSummary, ...]
    mistakes: tuple[Mistake, ...]
    attention: tuple[Attention, ...]
    likeness: Likeness | None
    titles: Mapping[str, str]
    reasons: tuple[TestLevel, ...] = ()

    @cached_property
    def graded(self) -> tuple[Result, ...]:
        """The submissions that could be graded."""
        return tuple(result for result in self.results if result.status is SubmissionStatus.GRADED)

    @cached_property
    def statuses(self) -> Mapping[SubmissionStatus, int]:
        """How many submissions ended in each status."""
        return Counter(result.status for result in self.results)

    @cached_property
    def unsandboxed(self) -> int:
        """How many submissions ran without the sandbox."""
        return sum(not result.sandboxed for result in self.results)

    @cached_property
    def without_namespaces(self) -> int:
        """How many submissions ran in the sandbox without namespaces."""
        return sum(result.sandbox == "landlock" for result in self.results)

    @cached_property
    def max_score(self) -> float:
        """The points that can be earned; those of tests that can be run for nobody are left out."""
        # Of what could not be graded, nobody knows which tests would have been left out.
        return max((result.max_score for result in self.graded or self.results), default=0.0)

    @cached_property
    def levels(self) -> LabLevels:
        """At which level the lab's tests ran."""
        levels = LabLevels()
        for result in self.results:
            levels = levels.including(result)
        return levels.explained_by(self.reasons)

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
    def needing_attention(self) -> frozenset[str]:
        """The students whose submissions need a person."""
        return frozenset(student for item in self.attention for student in item.students)

    @cached_property
    def attention_counts(self) -> Mapping[str, int]:
        """How many submissions need a person, by the kind of need."""
        return Counter(item.kind for item in self.attention for _ in item.students)

    @cached_property
    def answers_waiting(self) -> int:
        """How many answers wait for a person to read them."""
        return self.attention_counts["question"]

    @cached_property
    def hardest(self) -> ExerciseSummary | None:
        """The exercise with the smallest share of its points; None if all went equally well."""
        finished = [(it.facility, it) for it in self.exercises if it.facility is not None]
        least, hardest = min(finished, key=itemgetter(0), default=(0.0, None))
        return hardest if any(facility > least for facility, _ in finished) else None

    @property
    def timed_out_students(self) -> int:
        """How many students have an answer that did not come to an end."""
        return len({student for students in self.time.timed_out.values() for student in students}) if self.time else 0

    @cached_property
    def time(self) -> TimeUsed | None:
        """How long grading took; None if nothing was graded."""
        taken = sorted(result.seconds for result in self.results)
        if not taken:
            return None
        timed_out: defaultdict[str, list[str]] = defaultdict(list)
        for result in self.results:
            for cell in result.cells:
                if cell.status is CellStatus.TIMED_OUT:
                    timed_out[cell.grade_id].append(result.student)
        slowest = sorted(self.results, key=lambda result: (-result.seconds, result.student))[:_SLOWEST]
        return TimeUsed(
            total=sum(taken),
            median=median(taken),
            percentile_95=taken[min(len(taken) - 1, int(0.95 * len(taken)))],
            slowest=tuple(slowest),
            timed_out={grade_id: tuple(students) for grade_id, students in timed_out.items()},
        )


def summarise(
    lab: str,
    results: Sequence[Result],
    titles: Mapping[str, str] | None = None,
    likeness: Likeness | None = None,
    reasons: tuple[TestLevel, ...] = (),
) -> ClassSummary:
    """Add up a class's results.

    Args:
        lab: the lab's name.
        results: the submissions to it.
        titles: a heading for each grade id, where one is known.
        likeness: which submissions are nearly the same; None if they were not compared.
        reasons: why tests do not run at the wall.
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
        reasons=reasons,
    )


def _bins(graded: Sequence[Result]) -> tuple[int, ...]:
    # An exact share such as 0.7 may come out as 0.6999…: it belongs to the bin that it is written in.
    shares = (result.score / result.max_score for result in graded if result.max_score > 0)
    amounts = Counter(min(9, max(0, int(share * 10 + 1e-9))) for share in shares)
    return tuple(amounts[index] for index in range(10))
