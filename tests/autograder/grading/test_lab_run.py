"""What has not changed is left alone: neither run nor written again."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from autograder.cells import Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result
from tests.autograder.conftest import MakeCell, MakeCourse

ANN, BOB = "ann", "bob"


@pytest.fixture
def root(make_course: MakeCourse, make_cell: MakeCell, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course that was graded; from then on there is no sandbox, so that nothing can be run."""
    solution = "def one(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
    test = "assert one(2) == 4\n### BEGIN HIDDEN TESTS\nassert one(3) == 9\n### END HIDDEN TESTS"
    root = make_course(
        first=[make_cell(solution, Role.SOLUTION, "one"), make_cell(test, Role.TEST, "one-test", 2)],
        second=[make_cell("Because", Role.ANSWER, "why", 3, "markdown")],
    )
    for student in (ANN, BOB):
        shutil.copytree(root / "source" / "lab", root / "submitted" / student / "lab")
    answer(root, BOB, "return x + x")
    grade(root)
    monkeypatch.setenv("PATH", str(root))
    return root


def answer(root: Path, student: str, text: str) -> None:
    path = root / "submitted" / student / "lab" / "first.ipynb"
    path.write_text(path.read_text().replace("return x * x", text))


def grade(root: Path, students: Sequence[str] | None = None, *, fresh: bool = False) -> list[Result]:
    terms = Terms(Limits(), Mode.BUBBLEWRAP, workers=2, fresh=fresh)
    return list(grade_class(Course.open(root), ["lab"], students, terms))


def rows(root: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        return sorted(
            database.execute("SELECT id, auto_score, manual_score, needs_manual_grade FROM grade ORDER BY id")
        )


def written(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (root / "autograded").rglob("*.ipynb")}


def test_an_unchanged_class_is_neither_run_nor_written(root: Path) -> None:
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        # As formgrader leaves it when a person has graded everything.
        database.execute("UPDATE grade SET manual_score = 1.5, needs_manual_grade = 0")
    before = rows(root), written(root)
    assert [(result.student, result.score) for result in grade(root)] == [(ANN, 2.0), (BOB, 0.0)]
    assert (rows(root), written(root)) == before


@pytest.mark.slow
def test_what_was_lost_is_written_again_from_the_verdicts_that_are_known(root: Path) -> None:
    before = rows(root)
    shutil.rmtree(root / "autograded" / BOB)
    (root / "autograded" / ANN / "lab" / "first.ipynb").write_text("damaged")
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        database.execute("UPDATE grade SET auto_score = 7")
    grade(root)
    assert rows(root) == before
    assert "damaged" not in (root / "autograded" / ANN / "lab" / "first.ipynb").read_text()
    assert (root / "autograded" / BOB / "lab" / "second.ipynb").is_file()


@pytest.mark.slow
def test_a_lost_gradebook_is_made_again(root: Path) -> None:
    (root / "gradebook.db").unlink()
    # nbgrader calls a program of its own for a new gradebook; it lies beside Python.
    assert [result.score for result in grade(root)] == [2.0, 0.0]
    assert sorted(row[1] for row in rows(root) if row[1] is not None) == [0.0, 2.0]


def test_whoever_hands_in_again_is_graded_again_alone(root: Path) -> None:
    answer(root, ANN, "return x**2")
    assert [result.student for result in grade(root, [BOB])] == [BOB]
    with pytest.raises(ExpectedError, match="bubblewrap"):
        grade(root)


@pytest.mark.slow
def test_everything_runs_again_if_one_asks_for_it(root: Path) -> None:
    with pytest.raises(ExpectedError, match="bubblewrap"):
        grade(root, fresh=True)


@pytest.mark.slow
def test_a_damaged_receipt_counts_as_none(root: Path) -> None:
    before = rows(root)
    for path in (root / ".autograder" / "receipts").rglob("*.json"):
        path.write_text("{}")
    assert [result.score for result in grade(root)] == [2.0, 0.0]
    assert rows(root) == before
