"""Which mistakes a class makes and who makes them, as data. Students are counted, not cells."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.report.diagnoses import UNWRITTEN, Diagnosis, diagnosis_of
from autograder.verdicts import Result


@dataclass(frozen=True)
class Place:
    """An exercise in which a mistake shows.

    Attributes:
        grade_id: nbgrader's id of the graded cell.
        title: the heading above it.
        students: how many students show it there.
        first: for how many of them it is the first exercise that shows it; what comes later may only follow from it.
    """

    grade_id: str
    title: str
    students: int
    first: int


@dataclass(frozen=True)
class Mistake:
    """Who makes one mistake.

    Attributes:
        diagnosis: the mistake.
        students: the students, in order of name; each once, however many exercises it costs.
        share: their share of the submissions that could be graded, 0 to 1.
        places: the exercises in which it shows, in the lab's order.
    """

    diagnosis: Diagnosis
    students: tuple[str, ...]
    share: float
    places: tuple[Place, ...]

    @property
    def spread(self) -> int:
        """How many students show it in more than the exercise where it came first."""
        return sum(place.students for place in self.places) - len(self.students)


def mistakes_of(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[Mistake, ...]:
    """Count the mistakes of the submissions that could be graded, the most frequent first.

    Args:
        results: the submissions that could be graded.
        titles: a heading for each grade id, where one is known.
    """
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
            students=tuple(sorted(who)),
            share=len(who) / len(results),
            places=tuple(
                Place(grade_id, titles.get(grade_id, grade_id), shown[key][grade_id], first[key][grade_id])
                for grade_id in order
                if shown[key][grade_id]
            ),
        )
        for key, who in students.items()
    ]
    return tuple(sorted(found, key=lambda mistake: (-len(mistake.students), mistake.diagnosis.key)))
