"""Grades a class: submissions in parallel, results in order, one writer."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from autograder.cells import Lab
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab, record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.grading import interrupts
from autograder.grading.lab_run import LabRun, PendingSubmission
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookExecutor, NotebookGrader
from autograder.grading.terms import Terms
from autograder.untrusted import helper
from autograder.verdicts import Result

_AHEAD = 4
"""Submissions in progress for each worker: the writer never waits, and memory doesn't grow with the class."""


def grade_class(
    course: Course,
    labs: Sequence[str],
    students: Sequence[str] | None,
    terms: Terms,
    executor: NotebookExecutor | None = None,
) -> Iterator[Result]:
    """Grade submissions; write ``autograded/`` and the gradebook.

    A submission that has not changed since it was written, and whose lab has not, is left alone.

    Args:
        course: the course.
        labs: the labs to grade.
        students: the students to grade; None for everyone who has submitted.
        terms: the terms of the run.
        executor: where notebooks run, and closed at the end; None for this machine.

    Yields:
        The results, by lab and student, each when it and those before it have been written.

    Raises:
        ExpectedError: a lab or a student is unknown, a lab is not written in Python, or the sandbox, the gradebook or
            the cluster can't be used.
    """
    submitted = [(name, _students(course, name, students)) for name in labs]
    for name in labs:
        course.require_python(name)
    if executor is None:
        executor = LocalExecutor(course.state, terms)
    with (
        GradebookWriter(course) as writer,
        ThreadPoolExecutor(terms.workers, thread_name_prefix="grading") as pool,
        # Closed before the pool: after an interrupt, the pool's threads then wait for no student any longer.
        executor,
    ):
        grader = NotebookGrader(course.state, terms, executor)
        queue = _Queue()
        try:
            for name, ids in submitted:
                run = LabRun(course, _recorded(course, writer, name), terms, grader, writer)
                for student in ids:
                    queue.add(run, pool.submit(run.grade, student))
                    yield from queue.write(_AHEAD * terms.workers)
            yield from queue.write(0)
        except BaseException:
            # So that no thread of the pool waits for one.
            helper.end_all()
            raise
        finally:
            queue.cancel()


def _recorded(course: Course, writer: GradebookWriter, name: str) -> Lab:
    """Read a lab, and add it to the gradebook if it is missing there."""
    if course.generates_tests(name):
        record_lab(course, name)
    lab = read_lab(course, name)
    if not writer.knows(lab):
        record_lab(course, name)
        writer.require(lab)
    return lab


class _Queue:
    """Submissions in progress: written as they are finished, yielded in order."""

    def __init__(self) -> None:
        self._in_progress: dict[Future[PendingSubmission], tuple[int, LabRun]] = {}
        self._written: dict[int, Result] = {}
        self._added = 0
        self._yielded = 0

    def add(self, run: LabRun, future: Future[PendingSubmission]) -> None:
        """Add a submission."""
        self._in_progress[future] = self._added, run
        self._added += 1

    def write(self, most: int) -> Iterator[Result]:
        """Write submissions until at most so many are in progress; yield the results that are next in order."""
        while len(self._in_progress) > most:
            interrupts.raise_pending()
            for future in wait(self._in_progress, interrupts.POLL_SECONDS, FIRST_COMPLETED).done:
                index, run = self._in_progress.pop(future)
                self._written[index] = run.write(future.result())
            while self._yielded in self._written:
                yield self._written.pop(self._yielded)
                self._yielded += 1

    def cancel(self) -> None:
        """Cancel what has not begun."""
        for future in self._in_progress:
            future.cancel()


def _students(course: Course, lab: str, students: Sequence[str] | None) -> list[str]:
    submitted = course.students(lab)
    if students is None:
        if not submitted and lab in course.labs():
            raise course.no_submissions_error(lab)
        return submitted
    for student in set(students) - set(submitted):
        # Raises an error that names the student.
        course.submission_folder(student, lab)
    return list(students)
