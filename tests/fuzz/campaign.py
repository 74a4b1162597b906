"""Mutants graded through the whole way, and what must hold for each of them."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result
from tests.fuzz.mutant import mutant
from tests.mangled.lab import LAB, NAME, POINTS, Notebook, honest, make_course

LIMITS = Limits(cell_seconds=5.0, grace_seconds=1.0, submission_seconds=30.0, memory_bytes=2 * 1024**3)
_BATCH = 250


@dataclass(frozen=True)
class Failure:
    """A mutant for which something didn't hold.

    Attributes:
        number: which mutant of the run.
        history: how it was made.
        problem: what didn't hold.
        folder: where its files are kept.
    """

    number: int
    history: Sequence[str]
    problem: str
    folder: Path


class Campaign:
    """A run of mutants through one course.

    Args:
        root: an empty folder; the course is made in it, and files of failures are kept in it.
        blank_gradebook: a gradebook without entries.
        seed: what the mutants are made from.
        workers: how many submissions are graded at once.
    """

    def __init__(self, root: Path, blank_gradebook: Path, seed: int, workers: int) -> None:
        self.statuses: Counter[str] = Counter()
        """How many submissions ended how."""
        self._kept = root / "failures"
        self._course = make_course(root / "course", blank_gradebook)
        self._seed = seed
        self._workers = workers
        self._honest = _honest_ones(self._course)
        self._histories: dict[str, Sequence[str]] = {}

    def run(self, numbers: Sequence[int], progress: Callable[[int], None]) -> list[Failure]:
        """Grade mutants and look at what comes out.

        Args:
            numbers: which mutants of the run.
            progress: called with the number of submissions that have been graded.

        Returns:
            A failure for each mutant for which something didn't hold.
        """
        failures: list[Failure] = []
        for start in range(0, len(numbers), _BATCH):
            students = {f"m{number:06}": number for number in numbers[start : start + _BATCH]}
            self._hand_in(students)
            failures += self._grade(students, progress)
            for step in ("submitted", "autograded"):
                shutil.rmtree(self._course.root / step, ignore_errors=True)
        return failures

    def _hand_in(self, students: Mapping[str, int]) -> None:
        for student, number in students.items():
            made = mutant(self._seed, number, NAME, self._honest)
            self._histories[student] = made.history
            for name, content in made.files.items():
                path = self._folder(student) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def _grade(self, students: Mapping[str, int], progress: Callable[[int], None]) -> Iterator[Failure]:
        results: dict[str, Result] = {}
        for student, problem in self._results(list(students), results, progress):
            yield self._failure(student, students, problem)
        scores = self._scores()
        for student, result in results.items():
            problem = self._problem(result, scores)
            if problem:
                yield self._failure(student, students, problem)

    def _results(
        self, students: list[str], results: dict[str, Result], progress: Callable[[int], None]
    ) -> Iterator[tuple[str, str]]:
        """Grade some students; yield each for whom the coordinator raised an error. The others keep their results."""
        waiting = [student for student in students if student not in results]
        if not waiting:
            return
        try:
            for result in grade_class(self._course, [LAB], waiting, Terms(LIMITS, Mode.BUBBLEWRAP, self._workers)):
                results[result.student] = result
                self.statuses[result.status.value] += 1
                progress(1)
        except Exception as error:  # noqa: BLE001 - that the coordinator raises is what this looks for
            if len(waiting) == 1:
                yield waiting[0], f"the coordinator raised {type(error).__name__}: {error}"
                return
            for half in (waiting[: len(waiting) // 2], waiting[len(waiting) // 2 :]):
                yield from self._results(half, results, progress)

    def _problem(self, result: Result, scores: Mapping[str, float]) -> str:
        """What doesn't hold for a result; empty if all does."""
        if result.status.value == "broken":
            return f"the grader broke: {result.reason}"
        if {cell.grade_id for cell in result.cells} != POINTS.keys():
            return f"not a verdict for each graded cell: {[cell.grade_id for cell in result.cells]}"
        # None of the answers that mutants are made from earns more, and no noise does.
        rich = [cell for cell in result.cells if (cell.points or 0.0) > (POINTS[cell.grade_id] or 0.0)]
        if rich:
            return f"more points than its answers are worth: {rich}"
        if scores.get(result.student) != result.score:
            return f"{result.score} points, and {scores.get(result.student)} in the gradebook"
        if result.status.value == "quarantined" and not result.reason:
            return "put aside without a reason"
        written = self._course.root / "autograded" / result.student / LAB / f"{NAME}.ipynb"
        return "" if "cells" in json.loads(written.read_bytes()) else "no notebook in autograded/"

    def _scores(self) -> dict[str, float]:
        with Gradebook(self._course.gradebook_url, self._course.course_id) as gradebook:
            return {found.student.id: found.score for found in gradebook.assignment_submissions(LAB)}

    def _failure(self, student: str, students: Mapping[str, int], problem: str) -> Failure:
        kept = self._kept / student
        shutil.copytree(self._folder(student), kept, dirs_exist_ok=True)
        return Failure(students[student], self._histories[student], problem, kept)

    def _folder(self, student: str) -> Path:
        return self._course.root / "submitted" / student / LAB


def _honest_ones(course: Course) -> list[Notebook]:
    """Honest submissions: one that is half right, and the lab as it was released."""
    blank: Notebook = json.loads((course.root / "release" / LAB / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    return [honest(course), honest(course), blank]
