"""Grades one submission, notebook by notebook; nothing is written but the verdict cache."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from autograder.cells import Lab, LabNotebook, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.submissions import Submission, read_submission, working_files
from autograder.grading.secret import open_secret, student_secret
from autograder.grading.terms import Terms
from autograder.grading.verdict_cache import VerdictCache
from autograder.judging.case import Case, broken
from autograder.sandbox.mode import Mode
from autograder.untrusted.files import Quarantine
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from autograder.wall.profile import Profile


class NotebookExecutor(Protocol):
    """Where notebooks run: this machine, or a cluster. Its processes end with its context."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all that runs; what is being judged ends as broken, or with an `ExpectedError`."""

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        """Judge one notebook of one student. Several threads may do so at once.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.
            case: the student's notebook. Its profile is replaced: the executor finds it out with the solution.

        Returns:
            An outcome for each cell; where the grader itself failed, the verdicts are BROKE.

        Raises:
            ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
        """


class NotebookGrader:
    """Grades notebooks: has an executor judge those whose verdicts are not known. Several threads may use it at once.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret, its cache).
        terms: the terms of the run.
        executor: where notebooks run.

    Raises:
        ExpectedError: the course's secret can't be used.
    """

    def __init__(self, state: Path, terms: Terms, executor: NotebookExecutor) -> None:
        self._secret = open_secret(state)
        self._cache = VerdictCache(state / "cache", terms)
        self._limits = terms.limits
        self._executor = executor

    def grade(
        self, lab: Lab, submitted: SubmittedNotebook, student: str, files: Mapping[str, bytes] | None = None
    ) -> NotebookResult:
        """Grade one notebook of one student.

        Args:
            lab: the lab.
            submitted: the student's notebook, realigned to the one of the same name in the lab.
            student: the student's id.
            files: the files with which the submission runs, path → content; None for the lab's own.

        Returns:
            An outcome for each cell; where the grader itself failed, the verdicts are BROKE.

        Raises:
            ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
        """
        (notebook,) = (notebook for notebook in lab.notebooks if notebook.name == submitted.name)
        secret = student_secret(self._secret, lab.name, notebook.name, student)
        case = Case(submitted, lab.files if files is None else files, secret, Profile(), self._limits)
        key = self._cache.key(notebook, lab.files, case)
        result = self._cache.find(key)
        if result is None:
            result = self._executor.judge(notebook, lab.files, case)
            self._cache.keep(key, result)
        return result


@dataclass(frozen=True)
class GradedSubmission:
    """A submission after grading, before it is written.

    Attributes:
        result: its result.
        submitted: its realigned notebooks, by name.
        notebooks: its graded notebooks, by name.
    """

    result: Result
    submitted: Mapping[str, SubmittedNotebook]
    notebooks: Mapping[str, NotebookResult]


def grade_submission(course: Course, lab: Lab, student: str, terms: Terms, grader: NotebookGrader) -> GradedSubmission:
    """Grade one submission.

    What is wrong with it becomes part of its result and raises no error: the rest of the class is still graded.

    Args:
        course: the course.
        lab: the lab.
        student: the student's id.
        terms: the terms of the run.
        grader: grades its notebooks.

    Raises:
        ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
    """
    started = time.monotonic()
    folder = course.folder(course.directory.submitted_directory, student, lab.name)
    empty = Result(
        student,
        lab.name,
        SubmissionStatus.GRADED,
        sandboxed=terms.mode is not Mode.NONE,
        gpu=terms.limits.gpu_bytes > 0,
    )
    try:
        submission = read_submission(folder, lab)
    except Quarantine as error:
        unreadable = tuple((notebook.name, str(error)) for notebook in lab.notebooks)
        return GradedSubmission(_summarise(empty, lab, Submission((), unreadable), {}), {}, {})
    except Exception as error:  # noqa: BLE001 - an error that nobody foresaw must not stop the class
        return GradedSubmission(_reading_failed(empty, lab, error), {}, {})
    files = working_files(course, lab, folder)
    notebooks = {notebook.name: grader.grade(lab, notebook, student, files) for notebook in submission.notebooks}
    result = replace(
        _summarise(empty, lab, submission, notebooks),
        seconds=round(time.monotonic() - started, 3),
    )
    return GradedSubmission(result, {notebook.name: notebook for notebook in submission.notebooks}, notebooks)


def _reading_failed(empty: Result, lab: Lab, error: Exception) -> Result:
    """The result where the grader itself failed at reading a submission."""
    reason = f"reading it failed with {type(error).__name__}: {error}"
    cells = tuple(broken(cell, reason) for notebook in lab.notebooks for cell in notebook.released if cell.graded)
    return replace(empty, status=SubmissionStatus.BROKEN, cells=cells, reason=f"The grader itself failed: {reason}")


def _summarise(empty: Result, lab: Lab, submission: Submission, graded: Mapping[str, NotebookResult]) -> Result:
    cells: list[CellVerdict] = []
    for notebook in lab.notebooks:
        if notebook.name in graded:
            cells += graded[notebook.name].verdicts
        else:
            reason = dict(submission.unreadable).get(notebook.name, f"{notebook.name}.ipynb was not handed in.")
            cells += [
                CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.FAILED, f"Not graded: {reason}")
                for cell in notebook.released
                if cell.graded
            ]
    flags = [*submission.all_flags, *(flag for notebook in graded.values() for flag in notebook.flags)]
    result = replace(empty, cells=tuple(cells), repairs=submission.all_repairs, flags=tuple(dict.fromkeys(flags)))
    if submission.unreadable:
        reason = "; ".join(dict.fromkeys(why for _, why in submission.unreadable))
        return replace(result, status=SubmissionStatus.QUARANTINED, reason=reason)
    broke = [cell for cell in cells if cell.status is CellStatus.BROKE]
    if broke:
        return replace(result, status=SubmissionStatus.BROKEN, reason=broke[0].message)
    return result
