"""Tests that pass without a look at the student's notebook: across the wall everybody would pass them."""

from collections.abc import Mapping
from dataclasses import replace

from autograder.cells import LabNotebook, Role
from autograder.errors import ExpectedError
from autograder.grading.judge_server import Stage
from autograder.limits import Limits
from autograder.python_names import bound_names, used_names

_REASON = "it looks at something that an answer leaves in the process, and asks nothing of the student's notebook"


def blind_tests(
    notebook: LabNotebook, files: Mapping[str, bytes], limits: Limits, unasked: frozenset[str]
) -> dict[str, str]:
    """The tests on which the wall has no view, by grade id, with the reason.

    Such a test looks at what the solution has changed in the process itself: an environment variable, torch's default
    dtype, a class of a library. A test that a notebook without answers passes as well, when all runs in one process,
    is none of them: its author gives these points away.

    Args:
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        limits: what a submission may use.
        unasked: ids of the tests that asked nothing of the student's side while the solution was graded.
    """
    blind = {grade_id for grade_id in unasked if not _uses_earlier_tests(notebook, grade_id)}
    if not blind:
        return {}
    released = {cell.grade_id: cell.source for cell in notebook.released if cell.grade_id is not None}
    blank = tuple(
        replace(cell, source=released.get(cell.grade_id or "", ""))
        if cell.role in (Role.SOLUTION, Role.ANSWER)
        else cell
        for cell in notebook.source
    )
    stage = Stage()
    try:
        stage.rehearse(replace(notebook, source=blank), files, limits)
    except ExpectedError:
        return dict.fromkeys(blind, _REASON)
    finally:
        stage.close()
    return {grade_id: _REASON for grade_id in blind if grade_id in stage.failures}


def _uses_earlier_tests(notebook: LabNotebook, grade_id: str) -> bool:
    """Whether a test looks at what the tests above it have fetched."""
    fetched: set[str] = set()
    for cell in notebook.source:
        if cell.role is Role.TEST and cell.grade_id == grade_id:
            return bool(used_names(cell.source) & fetched)
        if cell.role is Role.TEST:
            fetched |= bound_names(cell.source)
    return False
