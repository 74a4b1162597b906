"""Known verdicts are looked up; an executor judges the rest, and gets all that decides a verdict."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.grading.secret import derived_secret, open_secret
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult

CELLS = (Cell("code", Role.SOLUTION, "x = 1", "x"), Cell("code", Role.TEST, "assert x == 1", "t", 2.0))
LAB = Lab("lab", (LabNotebook("first", (), ()), LabNotebook("second", CELLS, CELLS)), {"data.csv": b"1"})
SUBMITTED = SubmittedNotebook("second", CELLS)
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "a lone surrogate: \ud800\n"}


class Executor:
    """An executor that runs nothing, gives one status to each test, and remembers what it was asked."""

    def __init__(self, status: CellStatus = CellStatus.PASSED) -> None:
        self.asked: list[tuple[LabNotebook, Mapping[str, bytes], Case]] = []
        self._status = status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        self.asked.append((notebook, files, case))
        verdict = CellVerdict("t", 2.0, 2.0, self._status, "a message", "a-mistake")
        return NotebookResult("second", (CellOutcome((OUTPUT,), 1), CellOutcome(verdict=verdict)), ("a flag",))


@contextmanager
def grading(
    state: Path, status: CellStatus = CellStatus.PASSED, *, fresh: bool = False
) -> Iterator[tuple[NotebookGrader, Executor]]:
    with Executor(status) as executor:
        yield NotebookGrader(state, Terms(Limits(), Mode.NONE, fresh=fresh), executor), executor


def test_an_executor_gets_all_that_decides_a_verdict(tmp_path: Path) -> None:
    with grading(tmp_path) as (grader, executor):
        grader.grade(LAB, SUBMITTED, "ann")
        grader.grade(LAB, SUBMITTED, "bob", {"own.csv": b"2"})
    (notebook, files, ann), (_, _, bob) = executor.asked
    assert (notebook, files) == (LAB.notebooks[1], LAB.files)
    assert (ann.submitted, ann.files, bob.files) == (SUBMITTED, LAB.files, {"own.csv": b"2"})
    assert ann.secret == derived_secret(open_secret(tmp_path), "lab", "second", "ann")
    assert bob.secret != ann.secret


def test_what_was_graded_is_not_run_again_unless_the_run_is_fresh(tmp_path: Path) -> None:
    with grading(tmp_path) as (grader, executor):
        first = grader.grade(LAB, SUBMITTED, "ann")
        assert grader.grade(LAB, SUBMITTED, "ann") == first
        assert len(executor.asked) == 1
    # Another run, which has read the lab anew.
    again = Lab("lab", (LabNotebook("second", CELLS, CELLS),), {"data.csv": b"1"})
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.json")}
    assert len(kept) == 1
    with grading(tmp_path) as (grader, executor):
        assert grader.grade(again, SUBMITTED, "ann") == first
        assert not executor.asked
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.json")} == kept
        grader.grade(Lab("lab", again.notebooks, {"data.csv": b"2"}), SUBMITTED, "ann")
        assert len(executor.asked) == 1
    with grading(tmp_path, fresh=True) as (grader, executor):
        assert grader.grade(LAB, SUBMITTED, "ann") == first
        assert len(executor.asked) == 1


@pytest.mark.parametrize("damage", ["{", "{}", "null", '{"name": "second", "outcomes": [7], "flags": []}'])
def test_a_damaged_verdict_is_given_again(tmp_path: Path, damage: str) -> None:
    with grading(tmp_path) as (grader, executor):
        first = grader.grade(LAB, SUBMITTED, "ann")
        for path in (tmp_path / "cache").rglob("*.json"):
            path.write_text(damage)
        assert grader.grade(LAB, SUBMITTED, "ann") == first
        assert grader.grade(LAB, SUBMITTED, "ann") == first
        assert len(executor.asked) == 2


def test_verdicts_of_a_grader_that_broke_are_not_kept(tmp_path: Path) -> None:
    with grading(tmp_path, CellStatus.BROKE) as (grader, executor):
        grader.grade(LAB, SUBMITTED, "ann")
        grader.grade(LAB, SUBMITTED, "ann")
        assert len(executor.asked) == 2
    assert not list(tmp_path.rglob("*.json"))
