"""Grades a lab before it is released: the released notebook must earn nothing, and the worked solution all points."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder.build.lab_text import LabText
from autograder.cells import SKIP, Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.course.instructor_cells import instructor_cell, with_tags
from autograder.errors import ExpectedError
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.judging.skipped_cells import SkipProblem
from autograder.limits import Limits
from autograder.report.levels import explained
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import cell_from
from autograder.verdicts import CellStatus, CellVerdict, Level, TestLevel

# Hidden inputs are drawn anew for each student: two of them catch a test that only suits some inputs.
_SOLVERS = ("first-solver", "second-solver")
_ACCEPTED = (CellStatus.PASSED, CellStatus.MANUAL, CellStatus.UNANSWERED)
"""The statuses of a worked solution's cells; a person grades the last two."""


def cells_of(notebook: NotebookNode) -> tuple[Cell, ...]:
    """Read a released notebook's cells as the grader sees them."""
    return tuple(map(cell_from, notebook.cells))


def try_out(
    lab_text: LabText, released: NotebookNode, files: Mapping[str, bytes], state: Path, mode: Mode, limits: Limits
) -> tuple[str, ...]:
    """Grade the released notebook and the worked solution as if students had handed them in.

    Args:
        lab_text: the lab's text.
        released: the notebook that students receive.
        files: the lab's data files: path → content.
        state: an empty folder for the grader.
        mode: which sandbox to use.
        limits: the limits of a submission.

    Returns:
        The tests that run beside student code instead of at the wall, one sentence each.

    Raises:
        ExpectedError: a cell that is tagged to be skipped is needed, the release earns a point, the solution lacks one,
            or a test breaks or can be run for nobody.
    """
    source = tuple(map(instructor_cell, lab_text.notebook.cells))
    blank = with_tags(cells_of(released), source)
    lab = Lab(lab_text.name, (LabNotebook(lab_text.name, source, blank),), files)
    open_cells = frozenset(cell.grade_id for cell in blank if cell.role in (Role.ANSWER, Role.TASK) and cell.grade_id)
    terms = Terms(limits, mode)
    with LocalExecutor(state, terms) as executor:
        _check_skipped(lab_text, executor.skip_problem(lab.notebooks[0], files))
        grader = NotebookGrader(state, terms, executor)
        nothing = SubmittedNotebook(lab_text.name, blank, unanswered=open_cells)
        result = grader.grade(lab, nothing, "nobody")
        _check_runnable(lab_text, result.levels)
        for verdict in result.verdicts:
            _check_blank(lab_text, verdict)
        solved = SubmittedNotebook(lab_text.name, _solve(source, blank))
        for student in _SOLVERS:
            for verdict in grader.grade(lab, solved, student).verdicts:
                _check_solved(lab_text, verdict)
    return tuple(_describe_level(lab_text, test) for test in result.levels if test.level is Level.BESIDE)


def _check_skipped(lab_text: LabText, problem: SkipProblem | None) -> None:
    if problem is None:
        return
    if problem.cell is None:
        first = next(i for i, cell in enumerate(lab_text.notebook.cells) if SKIP in cell.metadata.get("tags", ()))
        raise lab_text.locations[first].refuse(
            f"its tag {SKIP!r}, or that of a cell below it, can't be followed: {problem.problem}", problem.cure
        )
    tag = f"it has the tag {SKIP!r}, but it can't be skipped"
    raise lab_text.locations[problem.cell].refuse(f"{tag}: {problem.problem}", problem.cure)


def _check_runnable(lab_text: LabText, levels: Iterable[TestLevel]) -> None:
    for test in levels:
        if test.level is Level.NONE:
            problem = f"the test can be run for nobody: {test.reason}"
            raise lab_text.location_of(test.grade_id).refuse(problem, test.cure or "Mend the test.")


def _describe_level(lab_text: LabText, test: TestLevel) -> str:
    where = lab_text.location_of(test.grade_id)
    return f"{where.file}, line {where.line}, {where.cell}: runs beside student code. {explained(test)}"


def _check_blank(lab_text: LabText, verdict: CellVerdict) -> None:
    _check_unbroken(lab_text, verdict)
    if verdict.points:
        problem = f"the released notebook, as it is, earns {verdict.points:g} of {verdict.max_points:g} points"
        raise _refuse(lab_text, verdict, problem, "Test something that the stub does not do already.")


def _check_solved(lab_text: LabText, verdict: CellVerdict) -> None:
    _check_unbroken(lab_text, verdict)
    if verdict.status not in _ACCEPTED:
        earned = f"{verdict.points or 0:g} of {verdict.max_points:g} points ({verdict.status})"
        problem = f"the worked solution earns {earned}: {verdict.message}"
        raise _refuse(lab_text, verdict, problem, "Mend the solution or the test.")


def _check_unbroken(lab_text: LabText, verdict: CellVerdict) -> None:
    if verdict.status is CellStatus.BROKE:
        problem = f"the test itself breaks: {verdict.message}"
        raise _refuse(lab_text, verdict, problem, "Mend the test, whatever the student writes.")


def _refuse(lab_text: LabText, verdict: CellVerdict, problem: str, cure: str) -> ExpectedError:
    return lab_text.location_of(verdict.grade_id).refuse(problem, cure)


def _solve(source: tuple[Cell, ...], blank: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Put the instructor's answers into the released cells."""
    answers = (Role.SOLUTION, Role.ANSWER)
    return tuple(own if own.role in answers else given for own, given in zip(source, blank, strict=True))
