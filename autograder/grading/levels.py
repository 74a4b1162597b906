"""At which level each test of a lab runs, as the instructor's own solution shows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from autograder.cells import ANSWERS, Cell, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.judge_server import JudgeServer
from autograder.grading.unfit_tests import excluded_verdict
from autograder.judging.case import Case
from autograder.judging.one_process import one_process_reason
from autograder.limits import Limits
from autograder.python_names import bound_names, imported_names, names_defined, used_names
from autograder.verdicts import CellStatus, CellVerdict, Level, NotebookResult, TestLevel

_NOT_PASSED = (CellStatus.FAILED, CellStatus.ERROR, CellStatus.TIMED_OUT, CellStatus.BROKE)
_BLIND = "it looks at something that an answer leaves in the process, and asks nothing of the student's notebook"


@dataclass(frozen=True)
class LabLevels:
    """The levels of a notebook's tests.

    Attributes:
        tests: one for each test, in the order of the notebook.
        beside: the tests that run beside student code, by grade id, each with the ids of the tests above it that must
            run before it in the same process.
        replayed: those of them that need all cells and tests above in one process, in their order.
    """

    tests: tuple[TestLevel, ...] = ()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replayed: frozenset[str] = frozenset()

    @property
    def remarkable(self) -> tuple[TestLevel, ...]:
        """The tests that do not run at the wall, and those that the solution itself fails."""
        return tuple(test for test in self.tests if test.level is not Level.WALL or test.reason)

    def apply(self, case: Case) -> Case:
        """The case with each test where it runs."""
        nowhere = {test.grade_id for test in self.tests if test.level is Level.NONE}
        return replace(case, excluded=skipped(case.submitted, nowhere), beside=self.beside, replayed=self.replayed)


def skipped(submitted: SubmittedNotebook, grade_ids: Collection[str]) -> dict[int, CellVerdict]:
    """Verdicts that give no points and take none, by the cell's index: these tests are not to be run."""
    return {
        index: excluded_verdict(cell)
        for index, cell in enumerate(submitted.cells)
        if cell.role is Role.TEST and cell.grade_id in grade_ids
    }


def tests_of(notebook: LabNotebook) -> dict[str, Cell]:
    """The tests of a notebook, by grade id, in order."""
    return {cell.grade_id or "": cell for cell in notebook.source if cell.role is Role.TEST}


def tests_of_one_process(notebook: LabNotebook) -> dict[str, str]:
    """The tests that mean what they say only in one process with the student's code.

    Across the wall they might pass and say nothing: a function that they forbid would be forbidden to nobody.

    Returns:
        Why, by grade id.
    """
    code = [cell.source for cell in notebook.source if cell.kind == "code"]
    lesson = [cell.source for cell in notebook.source if cell.kind == "code" and cell.role not in (*ANSWERS, Role.TEST)]
    shared = frozenset().union(*map(imported_names, code), *map(names_defined, lesson))
    reasons = {grade_id: one_process_reason(cell.source, shared) for grade_id, cell in tests_of(notebook).items()}
    return {grade_id: reason for grade_id, reason in reasons.items() if reason}


def needed_tests(notebook: LabNotebook, grade_id: str) -> tuple[str, ...]:
    """The tests above a test that bind names which it uses, those that they need included, in order."""
    above: list[tuple[str, frozenset[str], frozenset[str]]] = []
    for cell in notebook.source:
        if cell.role is not Role.TEST:
            continue
        # What a test imports itself it takes from no other test.
        used = used_names(cell.source) - imported_names(cell.source)
        if cell.grade_id == grade_id:
            needed, wanted = [], set(used)
            for earlier, binds, uses in reversed(above):
                if binds & wanted:
                    needed.append(earlier)
                    wanted |= uses
            return tuple(reversed(needed))
        above.append((cell.grade_id or "", bound_names(cell.source) | imported_names(cell.source), used))
    return ()


def failed_tests(solution: NotebookResult, failures: Mapping[str, str], points: Mapping[str, float]) -> dict[str, str]:
    """The tests at the wall that give the instructor's own solution less there than in one process.

    Args:
        solution: the result of the instructor's solution.
        failures: the tests that it fails in one process, by grade id.
        points: the partial credit that tests give it in one process, by grade id.

    Returns:
        Why each of them can't run at the wall, by grade id.
    """
    reasons = {}
    for verdict in solution.verdicts:
        if verdict.grade_id in failures or verdict.level is not Level.WALL:
            continue
        if verdict.status in _NOT_PASSED:
            reasons[verdict.grade_id] = verdict.message
        elif gives_less(verdict, points):
            reasons[verdict.grade_id] = (
                f"it gives {points[verdict.grade_id]:g} points in one process: {verdict.message}"
            )
    return reasons


def gives_less(verdict: CellVerdict, points: Mapping[str, float]) -> bool:
    """Whether a test gives the instructor's own solution less than in one process.

    Args:
        verdict: the verdict on the solution.
        points: the partial credit that tests give it in one process, by grade id.
    """
    return (verdict.points or 0.0) < min(points.get(verdict.grade_id, 0.0), verdict.max_points)


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
        Why each of them can't run at the wall, by grade id.
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


def _uses_earlier_tests(notebook: LabNotebook, grade_id: str) -> bool:
    """Whether a test uses names that the tests above it have bound."""
    bound: set[str] = set()
    for cell in notebook.source:
        if cell.role is Role.TEST and cell.grade_id == grade_id:
            return bool(used_names(cell.source) & bound)
        if cell.role is Role.TEST:
            bound |= bound_names(cell.source)
    return False
