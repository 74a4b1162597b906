"""Grades one submission; nothing is written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from autograder.cells import Lab, LabNotebook, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.submissions import Submission, read_submission, working_files
from autograder.judging.case import broken
from autograder.sandbox.mode import Mode
from autograder.untrusted.files import Quarantine
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus


class NotebookGrader(Protocol):
    """Where notebooks are graded: a bench of this machine, or a cluster."""

    def grade(
        self,
        notebook: LabNotebook,
        submitted: SubmittedNotebook,
        files: Mapping[str, bytes],
        student: str,
        lab: str,
        working_files: Mapping[str, bytes] | None = None,
    ) -> NotebookResult:
        """Grade one notebook of one student; see `autograder.grading.local_executor.Bench.grade`."""


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


def grade_submission(
    course: Course, lab: Lab, student: str, bench: NotebookGrader, mode: Mode, *, gpu: bool = False
) -> Graded:
    """Grade one submission; nothing is written.

    What is wrong with it ends in its result, and never as an error: the rest of the class goes on.

    Args:
        course: the course.
        lab: the lab.
        student: the student's id.
        bench: where its notebooks run.
        mode: how the bench walls student code in.
        gpu: whether it can use a GPU there.
    """
    started = time.monotonic()
    folder = course.folder(course.directory.submitted_directory, student, lab.name)
    nothing = Result(student, lab.name, SubmissionStatus.GRADED, sandboxed=mode is not Mode.NONE, gpu=gpu)
    try:
        submission = read_submission(folder, lab)
    except Quarantine as error:
        unreadable = tuple((notebook.name, str(error)) for notebook in lab.notebooks)
        return Graded(_summarise(nothing, lab, Submission((), unreadable), {}), {}, {})
    except Exception as error:  # noqa: BLE001 - what nobody thought of must not stop the class
        return Graded(_unread(nothing, lab, error), {}, {})
    graded = _grade_notebooks(course, lab, student, bench, submission, folder)
    result = replace(
        _summarise(nothing, lab, submission, graded),
        seconds=round(time.monotonic() - started, 3),
    )
    return Graded(result, {notebook.name: notebook for notebook in submission.notebooks}, graded)


def _unread(nothing: Result, lab: Lab, error: Exception) -> Result:
    """The result where the grader itself failed at reading a submission."""
    reason = f"reading it failed with {type(error).__name__}: {error}"
    cells = tuple(broken(cell, reason) for notebook in lab.notebooks for cell in notebook.released if cell.graded)
    return replace(nothing, status=SubmissionStatus.BROKEN, cells=cells, reason=f"The grader itself failed: {reason}")


def _grade_notebooks(
    course: Course, lab: Lab, student: str, bench: NotebookGrader, submission: Submission, folder: Path
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
            told = dict(submission.unreadable).get(notebook.name, f"{notebook.name}.ipynb was not handed in.")
            cells += [
                CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.FAILED, f"Not graded: {told}")
                for cell in notebook.released
                if cell.graded
            ]
    flags = [*submission.all_flags, *(flag for notebook in graded.values() for flag in notebook.flags)]
    result = replace(nothing, cells=tuple(cells), repairs=submission.all_repairs, flags=tuple(dict.fromkeys(flags)))
    if submission.unreadable:
        reason = "; ".join(dict.fromkeys(why for _, why in submission.unreadable))
        return replace(result, status=SubmissionStatus.QUARANTINED, reason=reason)
    broke = [cell for cell in cells if cell.status is CellStatus.BROKE]
    if broke:
        return replace(result, status=SubmissionStatus.BROKEN, reason=broke[0].message)
    return result
