"""Grades a class: submissions in parallel, results in order, one writer."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import autograded
from autograder.cells import Lab, SubmittedNotebook
from autograder.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook import GradebookWriter
from autograder.grading.bench import Bench
from autograder.limits import Limits
from autograder.notebooks import Quarantine
from autograder.sandbox.mode import Mode
from autograder.submissions import Submission, read_submission, working_files
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

_AHEAD = 4
"""Submissions under way for each worker: the writer never waits, and memory doesn't grow with the class."""


@dataclass(frozen=True)
class Graded:
    """A submission after grading, before it is written.

    Attributes:
        result: what is told of it.
        submitted: its realigned notebooks, by name.
        notebooks: its graded notebooks, by name.
    """

    result: Result
    submitted: Mapping[str, SubmittedNotebook]
    notebooks: Mapping[str, NotebookResult]


def grade_class(
    course: Course,
    labs: Sequence[str],
    students: Sequence[str] | None,
    *,
    limits: Limits,
    mode: Mode,
    workers: int,
) -> Iterator[Result]:
    """Grade submissions; write ``autograded/`` and the gradebook.

    Args:
        course: the course.
        labs: the labs to grade.
        students: the students to grade; None for everyone who has submitted.
        limits: what a submission may use.
        mode: how student code is walled in.
        workers: how many submissions run at once.

    Yields:
        The results, by lab and student, each when it has been written.

    Raises:
        ExpectedError: a lab or a student is unknown, or the sandbox or the gradebook can't be used.
    """
    names = [(name, _students(course, name, students)) for name in labs]
    for name in labs:
        course.record(name)
    wanted = [(course.lab(name), found) for name, found in names]
    with (
        GradebookWriter(course) as writer,
        ThreadPoolExecutor(workers, thread_name_prefix="grading") as pool,
        # Closed first: after an interrupt no worker waits for a student any longer.
        Bench(course.state, limits, mode) as bench,
    ):
        waiting: deque[tuple[Lab, Future[Graded]]] = deque()
        try:
            for lab, found in wanted:
                writer.require(lab.name)
                for student in found:
                    waiting.append((lab, pool.submit(grade_submission, course, lab, student, bench, mode)))
                    if len(waiting) >= _AHEAD * workers:
                        yield _write(course, writer, *waiting.popleft())
            while waiting:
                yield _write(course, writer, *waiting.popleft())
        finally:
            for _, future in waiting:
                future.cancel()


def grade_submission(course: Course, lab: Lab, student: str, bench: Bench, mode: Mode) -> Graded:
    """Grade one submission; nothing is written.

    What is wrong with it ends in its result, and never as an error: the rest of the class goes on.

    Args:
        course: the course.
        lab: the lab.
        student: the student's id.
        bench: where its notebooks run.
        mode: how the bench walls student code in.
    """
    started = time.monotonic()
    folder = course.submission_folder(student, lab.name)
    nothing = Result(student, lab.name, SubmissionStatus.GRADED, sandboxed=mode is not Mode.NONE)
    try:
        submission = read_submission(folder, lab)
    except Quarantine as error:
        unreadable = tuple((notebook.name, str(error)) for notebook in lab.notebooks)
        return Graded(_summarise(nothing, lab, Submission((), unreadable), {}), {}, {})
    graded = _grade_notebooks(course, lab, student, bench, submission, folder)
    result = replace(
        _summarise(nothing, lab, submission, graded),
        seconds=round(time.monotonic() - started, 3),
    )
    return Graded(result, {notebook.name: notebook for notebook in submission.notebooks}, graded)


def _grade_notebooks(
    course: Course, lab: Lab, student: str, bench: Bench, submission: Submission, folder: Path
) -> dict[str, NotebookResult]:
    files = working_files(course, lab, folder)
    sources = {notebook.name: notebook for notebook in lab.notebooks}
    return {
        notebook.name: bench.grade(sources[notebook.name], notebook, lab.files, student, lab.name, files)
        for notebook in submission.notebooks
    }


def _summarise(nothing: Result, lab: Lab, submission: Submission, graded: Mapping[str, NotebookResult]) -> Result:
    cells: list[CellVerdict] = []
    for notebook in lab.notebooks:
        if notebook.name in graded:
            cells += graded[notebook.name].verdicts
        else:
            told = dict(submission.unreadable).get(notebook.name, f"{notebook.name}.ipynb was not handed in")
            cells += [
                CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.FAILED, f"Not graded: {told}.")
                for cell in notebook.released
                if cell.graded
            ]
    flags = [flag for notebook in graded.values() for flag in notebook.flags]
    result = replace(nothing, cells=tuple(cells), repairs=submission.all_repairs, flags=tuple(dict.fromkeys(flags)))
    if submission.unreadable:
        reason = "; ".join(dict.fromkeys(why for _, why in submission.unreadable))
        return replace(result, status=SubmissionStatus.QUARANTINED, reason=reason)
    broke = [cell for cell in cells if cell.status is CellStatus.BROKE]
    if broke:
        return replace(result, status=SubmissionStatus.BROKEN, reason=broke[0].message)
    return result


def _students(course: Course, lab: str, students: Sequence[str] | None) -> list[str]:
    if students is None:
        return course.students(lab)
    for student in students:
        course.submission_folder(student, lab)
    return list(students)


def _write(course: Course, writer: GradebookWriter, lab: Lab, future: Future[Graded]) -> Result:
    graded = future.result()
    result = graded.result
    try:
        submitted_at = course.submitted_at(result.student, lab.name)
    except ExpectedError as error:
        submitted_at = None
        result = replace(result, flags=(*result.flags, f"no time of submission: {error.problem}"))
    writer.write(result, graded.notebooks, submitted_at, graded.submitted)
    autograded.write(course, lab, result, graded.submitted, graded.notebooks)
    return result
