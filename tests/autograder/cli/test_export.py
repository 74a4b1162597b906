"""``autograder export``: every command that the documentation shows, on a course that was really graded."""

import csv
import io
import shlex
from pathlib import Path
from shutil import copy, copytree

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.course.course import Course
from autograder.gradebook.labs import record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.roster.class_list import Student
from autograder.roster.gradebook import add_students
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from tests.autograder.cli.conftest import notebook
from tests.autograder.cli.test_collect import documented

LAB = "06_minimum"
CANVAS = f'Student,ID,SIS Login ID,Section,{LAB} (501)\n    Points Possible,,,,3\n"Lovelace, Ada",12345,ada,A,\n'


@pytest.fixture(scope="module")
def _graded(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    root = tmp_path_factory.mktemp("graded")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    copy(blank_gradebook, root / "gradebook.db")
    (root / "source" / LAB).mkdir(parents=True)
    nbformat.write(notebook("def double(x):\n    return 2 * x"), root / "source" / LAB / f"{LAB}.ipynb")
    (root / "canvas-export.csv").write_text(CANVAS)
    course = Course.open(root)
    record_lab(course, LAB)
    add_students(course, [Student("ada", "Ada", "Lovelace", "ada@example.org", "12345"), Student("ben")])
    with GradebookWriter(course) as writer:
        for student, status, points in (("ada", CellStatus.PASSED, 3.0), ("ben", CellStatus.BROKE, None)):
            verdict = CellVerdict("double-test", points, 3.0, status)
            result = Result(student, LAB, SubmissionStatus.GRADED, (verdict,))
            writer.write(result, {LAB: NotebookResult(LAB, (CellOutcome(verdict=verdict),))}, None, {})
    return root


@pytest.fixture
def graded(_graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course, in which one stands."""
    root = copytree(_graded, tmp_path / "graded")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("command", documented("Export"))
def test_what_the_documentation_shows_works(graded: Path, command: str) -> None:
    arguments = shlex.split(command)[1:]
    result = CliRunner().invoke(application, arguments)
    assert result.exit_code == 0, result.stderr
    text = result.stdout
    if "--output" in arguments:
        assert not text
        text = Path(arguments[arguments.index("--output") + 1]).read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert any("3" in row and ("ada" in row or "12345" in row) for row in rows)
    assert "1 submission with 1 cell for a person to grade" in result.stderr


def test_all_commands_of_the_chapter_are_found() -> None:
    assert len(documented("Export")) == 4


def test_a_course_that_was_not_graded_is_told(course: Path, blank_gradebook: Path) -> None:
    copy(blank_gradebook, course / "gradebook.db")
    result = CliRunner().invoke(application, ["export", "--to", "csv", "--course", str(course)])
    assert result.exit_code == 1
    assert "Nothing was graded yet" in result.stderr
