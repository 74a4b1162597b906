"""A small course that was really graded: nbgrader's gradebook, our autograded/ folder, three students."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree
from warnings import catch_warnings, simplefilter

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sqlalchemy.exc import SAWarning

from autograder.autograded import store
from autograder.cells import Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab, record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

SECRET = "hidden_value_4711"
NOT_YET = (
    "Not yet: gradients pile up. At step 2 you moved 1.9 times as far. "
    "Each `backward()` *adds* to `.grad`. Print `x.grad`. *(missing-zero-grad)*"
)
ANSWERS = {
    "amy": "def double(x):\n    return 2 * x",
    "ben": "def double(x):\n    return x * x  # <script>alert('ben')</script>",
    "zoe": "",
}


def nbgrader(grade_id: str, *, grade: bool, solution: bool, points: int | None = None) -> dict[str, object]:
    metadata: dict[str, object] = {
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": grade and not solution,
        "task": False,
        "schema_version": 3,
    }
    return {"nbgrader": metadata if points is None else {**metadata, "points": points}}


def instructors() -> nbformat.NotebookNode:
    hidden = f"### BEGIN HIDDEN TESTS\n{SECRET} = 3\nassert double({SECRET}) == 6\n### END HIDDEN TESTS"
    test = f"assert double(1) == 2\n{hidden}"
    solution = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    return new_notebook(
        cells=[
            new_markdown_cell("# Doubling", id="title"),
            new_code_cell("import math", id="imports"),
            new_markdown_cell("## Exercise 1 · Twice as much", id="heading"),
            new_code_cell(solution, id="s", metadata=nbgrader("double", grade=False, solution=True)),
            new_code_cell(test, id="t", metadata=nbgrader("double-test", grade=True, solution=False, points=3)),
            new_markdown_cell("## In your own words", id="why-heading"),
            new_markdown_cell("Because.", id="w", metadata=nbgrader("why", grade=True, solution=True, points=4)),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def verdicts(student: str) -> tuple[CellVerdict, CellVerdict]:
    right = student == "amy"
    test = CellVerdict(
        "double-test",
        3.0 if right else 0.0,
        3.0,
        CellStatus.PASSED if right else CellStatus.FAILED,
        "" if right else NOT_YET,
        None if right else "missing-zero-grad",
    )
    return test, CellVerdict("why", None, 4.0, CellStatus.MANUAL)


def write_result(course: Course, student: str, writer: GradebookWriter) -> None:
    lab = read_lab(course, "lab")
    (notebook,) = lab.notebooks
    test, why = verdicts(student)
    unreadable = student == "zoe"
    result = Result(
        student,
        "lab",
        SubmissionStatus.QUARANTINED if unreadable else SubmissionStatus.GRADED,
        () if unreadable else (test, why),
        reason="lab.ipynb is not valid JSON." if unreadable else "",
        repairs=("The cell ‘double’ had lost its label.",) if student == "ben" else (),
        flags=("The process was killed.",) if student == "ben" else (),
        sandboxed=student != "ben",
    )
    outcomes = {
        "imports": CellOutcome(({"output_type": "stream", "name": "stdout", "text": "hello\n"},), 1),
        "double-test": CellOutcome(verdict=test),
        "why": CellOutcome(verdict=why),
    }
    cells = tuple(
        replace(cell, source=ANSWERS[student]) if cell.role is Role.SOLUTION else cell for cell in notebook.released
    )
    submitted = {} if unreadable else {"lab": SubmittedNotebook("lab", cells)}
    graded = NotebookResult(
        "lab", tuple(outcomes.get(cell.grade_id or cell.cell_id or "", CellOutcome()) for cell in cells)
    )
    notebooks = {} if unreadable else {"lab": graded}
    writer.write(result, notebooks, None, submitted)
    store.write(course, lab, result, submitted, notebooks)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template")
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "course"\n')
    (root / "source" / "lab").mkdir(parents=True)
    nbformat.write(instructors(), root / "source" / "lab" / "lab.ipynb")
    course = Course.open(root)
    record_lab(course, "lab")
    for student in ANSWERS:
        folder = root / "submitted" / student / "lab"
        folder.mkdir(parents=True)
        (folder / "lab.ipynb").write_text("{}")
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
    with catch_warnings(), GradebookWriter(course) as writer:
        # nbgrader's own way to add a submission warns.
        simplefilter("ignore", SAWarning)
        for student in ANSWERS:
            write_result(course, student, writer)
    return root


@pytest.fixture
def course(_template: Path, tmp_path: Path) -> Course:
    """A graded course of this test's own."""
    return Course.open(copytree(_template, tmp_path / "course"))


@pytest.fixture(scope="session")
def secret() -> str:
    """A name that only a hidden test holds."""
    return SECRET
