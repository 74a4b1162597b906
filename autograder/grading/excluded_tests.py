"""Tests that can't be run across the wall: they say nothing about a submission, and count for none."""

from collections.abc import Mapping
from dataclasses import replace

from autograder.cells import ANSWERS, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.judge_server import JudgeServer
from autograder.judging.case import broken
from autograder.limits import Limits
from autograder.python_names import bound_names, used_names
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult

_NOT_PASSED = (CellStatus.FAILED, CellStatus.ERROR, CellStatus.TIMED_OUT, CellStatus.BROKE)
_BLIND = "it looks at something that an answer leaves in the process, and asks nothing of the student's notebook"


def failed_tests(solution: NotebookResult, failures: Mapping[str, str]) -> dict[str, str]:
    """The tests that the instructor's own solution passes in one process and not across the wall.

    Args:
        solution: the result of the instructor's solution across the wall.
        failures: the tests that it fails in one process, by grade id.

    Returns:
        Why each of them can't be used, by grade id.
    """
    return {
        verdict.grade_id: verdict.message
        for verdict in solution.verdicts
        if verdict.status in _NOT_PASSED and verdict.grade_id not in failures
    }


def blind_tests(
    notebook: LabNotebook, files: Mapping[str, bytes], limits: Limits, without_questions: frozenset[str]
) -> dict[str, str]:
    """The tests that would pass any submission, since they look at nothing that comes across the wall.

    Such a test looks at what the solution has changed in the process itself: an environment variable, torch's default
    dtype, a class of a library. A test that a notebook without answers passes as well, when all runs in one process,
    is not among them: its points are given for nothing.

    Args:
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        limits: what a submission may use.
        without_questions: grade ids of the tests that asked nothing of the student's side while the solution was
            judged.

    Returns:
        Why each of them can't be used, by grade id.
    """
    suspects = {grade_id for grade_id in without_questions if not _uses_earlier_tests(notebook, grade_id)}
    if not suspects:
        return {}
    released = {cell.grade_id: cell.source for cell in notebook.released if cell.grade_id is not None}
    unanswered = tuple(
        replace(cell, source=released.get(cell.grade_id or "", "")) if cell.role in ANSWERS else cell
        for cell in notebook.source
    )
    server = JudgeServer()
    try:
        server.run_instructor_notebook(replace(notebook, source=unanswered), files, limits)
    except ExpectedError:
        return dict.fromkeys(suspects, _BLIND)
    finally:
        server.close()
    return {grade_id: _BLIND for grade_id in suspects if grade_id in server.failures}


def excluded_verdicts(submitted: SubmittedNotebook, excluded: Mapping[str, str]) -> dict[int, CellVerdict]:
    """The verdicts on excluded tests, by the cell's index.

    Args:
        submitted: the student's notebook.
        excluded: why each test is excluded, by grade id.
    """
    return {
        index: broken(
            cell, f"this test does not pass the instructor's own answer across the wall: {excluded[cell.grade_id]}"
        )
        for index, cell in enumerate(submitted.cells)
        if cell.role is Role.TEST and cell.grade_id is not None and cell.grade_id in excluded
    }


def _uses_earlier_tests(notebook: LabNotebook, grade_id: str) -> bool:
    """Whether a test uses names that the tests above it have bound."""
    bound: set[str] = set()
    for cell in notebook.source:
        if cell.role is Role.TEST and cell.grade_id == grade_id:
            return bool(used_names(cell.source) & bound)
        if cell.role is Role.TEST:
            bound |= bound_names(cell.source)
    return False
