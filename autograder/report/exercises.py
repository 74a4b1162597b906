"""How a class did in each exercise, as data."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.report.diagnoses import UNWRITTEN, Diagnosis, diagnosis_of, seen
from autograder.report.statistics import discrimination, facility
from autograder.verdicts import CellStatus, CellVerdict, Result


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
        share: the mean share of the points, 0 to 1 (facility); None as long as an answer waits for a person.
        mean: the mean of the points; None as long as an answer waits for a person.
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
    share: float | None = None
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
    share = facility([points / most for points, most, _ in given]) if complete else None
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
        share=share,
        mean=facility([points for points, _, _ in given]) if complete else None,
        discrimination=discrimination(*zip(*rest, strict=True)) if complete and rest else None,
        commonest=next((diagnosis for diagnosis in diagnoses if diagnosis.key == key), None),
        commonest_count=commonest[key] if key else 0,
    )


def _ending(cell: CellVerdict) -> str:
    if cell.points is None:
        return "waiting"
    if cell.points >= cell.max_points:
        return "full"
    if cell.points > 0:
        return "partial"
    return "unwritten" if seen(cell) is CellStatus.UNANSWERED else "none"
