"""What a trial says of tests that do not run at the wall. The executor is a stand-in: nothing runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import pytest

from autograder.build import trial
from autograder.build.lab_text import LabText
from autograder.cells import Cell, LabNotebook, Role
from autograder.errors import ExpectedError
from autograder.grading.unfit_tests import excluded_verdict
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, Level, NotebookResult, TestLevel

LAB = """\
# %% nbgrader={"grade_id": "square", "solution": true}
def square(x):
    return x * x

# %% nbgrader={"grade_id": "square-test", "grade": true, "points": 2} tags=["autograder:wall"]
assert square(2) == 4
"""


class Executor:
    """Gives each test of the solution all points, at one level."""

    level = TestLevel("square-test", Level.WALL)
    seen: list[LabNotebook]

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def skip_problem(self, *_: object) -> None:
        """No cell is tagged."""

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        self.seen.append(notebook)
        return NotebookResult(
            notebook.name,
            tuple(CellOutcome(verdict=self._verdict(cell, case)) for cell in case.submitted.cells),
            levels=() if self.level.level is Level.WALL else (self.level,),
        )

    def _verdict(self, cell: Cell, case: Case) -> CellVerdict | None:
        if cell.role is not Role.TEST:
            return None
        if self.level.level is Level.NONE:
            return excluded_verdict(cell)
        solved = "return x * x" in case.submitted.cells[0].source
        status = CellStatus.PASSED if solved else CellStatus.FAILED
        return CellVerdict(
            cell.grade_id or "", cell.points if solved else 0.0, cell.points, status, level=self.level.level
        )


@pytest.fixture
def try_out(
    read_lab: Callable[[str], LabText], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[TestLevel], tuple[str, ...]]:
    def run(level: TestLevel) -> tuple[str, ...]:
        lab_text = read_lab(LAB)
        released = lab_text.notebook.copy()
        released.cells = [cell.copy() for cell in lab_text.notebook.cells]
        released.cells[0].source = "pass"
        monkeypatch.setattr(trial, "LocalExecutor", Executor)
        monkeypatch.setattr(Executor, "level", level)
        monkeypatch.setattr(Executor, "seen", [], raising=False)
        state = tmp_path / "state"
        state.mkdir()
        return trial.try_out(lab_text, released, {}, state, Mode.NONE, Limits())

    return run


def test_what_runs_at_the_wall_is_not_mentioned(try_out: Callable[[TestLevel], tuple[str, ...]]) -> None:
    assert try_out(TestLevel("square-test", Level.WALL)) == ()


def test_a_test_beside_student_code_is_a_warning_with_its_place_and_its_cure(
    try_out: Callable[[TestLevel], tuple[str, ...]],
) -> None:
    beside = TestLevel("square-test", Level.BESIDE, "it patches a module", "Pass plain data.")
    where = "course/squares.py, line 5, cell 'square-test'"
    assert try_out(beside) == (f"{where}: runs beside student code. It patches a module. Pass plain data.",)


def test_a_test_that_can_be_run_for_nobody_refuses_the_lab(try_out: Callable[[TestLevel], tuple[str, ...]]) -> None:
    unfit = TestLevel("square-test", Level.NONE, "NameError: name 'y' is not defined", "Define it.")
    with pytest.raises(
        ExpectedError, match="line 5, cell 'square-test': the test can be run for nobody: NameError"
    ) as it:
        try_out(unfit)
    assert it.value.cure == "Define it."


def test_the_executor_learns_of_the_tag(try_out: Callable[[TestLevel], tuple[str, ...]]) -> None:
    try_out(TestLevel("square-test", Level.WALL))
    notebook = Executor.seen[0]
    assert [cell.wall_only for cell in notebook.source] == [False, True]
    assert not any(cell.wall_only for cell in notebook.released)
