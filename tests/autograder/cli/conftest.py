"""A small course with a small class, as it lies on disk before anything was graded."""

from pathlib import Path
from shutil import copy, copytree

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.autograded import store
from autograder.cells import Lab, SubmittedNotebook
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab, record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.secret import open_secret
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

ANSWERS = {
    "amy": "def double(x):\n    return x + x",
    "ben": "def double(x):\n    return x * x",
    "cleo": "print('not JSON')\ndef double(x):\n    print(x)\n    raise ValueError('no idea')",
}


def _cell(source: str, cell_id: str, *, grade: bool, points: int | None = None) -> NotebookNode:
    place = {"grade_id": cell_id, "grade": grade, "solution": not grade, "locked": grade, "task": False}
    place |= {"schema_version": 3} if points is None else {"schema_version": 3, "points": points}
    return new_code_cell(source, id=cell_id, metadata={"nbgrader": place})


def notebook(answer: str, hidden: str = "") -> NotebookNode:
    cells = [
        new_markdown_cell("# Doubling\n\n## Exercise 1 · Twice as much", id="title"),
        _cell(answer, "double", grade=False),
        _cell(f"assert double(2) == 4{hidden}", "double-test", grade=True, points=3),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "course"\n')
    solution = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    hidden = "\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
    (root / "source" / "lab").mkdir(parents=True)
    nbformat.write(notebook(solution, hidden), root / "source" / "lab" / "lab.ipynb")
    for student, answer in ANSWERS.items():
        (root / "submitted" / student / "lab").mkdir(parents=True)
        nbformat.write(notebook(answer), root / "submitted" / student / "lab" / "lab.ipynb")
    return root


@pytest.fixture
def course(_folder: Path, tmp_path: Path) -> Path:
    """The folder of a course of this test's own."""
    return copytree(_folder, tmp_path / "course")


def _grade(course: Course, lab: Lab, student: str, writer: GradebookWriter) -> None:
    """Write what grading would write, without running anything."""
    verdict = CellVerdict("double-test", 3.0, 3.0, CellStatus.PASSED)
    result = Result(student, lab.name, SubmissionStatus.GRADED, (verdict,))
    submitted = {notebook.name: SubmittedNotebook(notebook.name, notebook.released) for notebook in lab.notebooks}
    outcomes = tuple(CellOutcome(verdict=verdict if cell.graded else None) for cell in lab.notebooks[0].released)
    notebooks = {"lab": NotebookResult("lab", outcomes)}
    writer.write(result, notebooks, None, {})
    store.write(course, lab, result, submitted, notebooks)


@pytest.fixture(scope="session")
def _graded_folder(_folder: Path, tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    root = copytree(_folder, tmp_path_factory.mktemp("graded") / "course")
    copy(blank_gradebook, root / "gradebook.db")
    (root / "course").mkdir()
    (root / "course" / "lab.py").write_text("# %% [markdown]\n# # Doubling\n", encoding="utf-8")
    copytree(root / "submitted" / "amy" / "lab", root / "download" / "amy")
    # As many receipts as submissions: `grade` starts no processes before it has looked.
    receipts = root / ".autograder" / "receipts" / "00"
    receipts.mkdir(parents=True)
    (root / ".autograder" / "lock").touch()
    course = Course.open(root)
    open_secret(course.state)
    record_lab(course, "lab")
    with GradebookWriter(course) as writer:
        for student in ANSWERS:
            (receipts / f"{student}.json").write_text("{}")
            _grade(course, read_lab(course, "lab"), student, writer)
    return root


@pytest.fixture
def graded_course(_graded_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of this test's own that was graded, with a text and a download; one stands in it."""
    root = copytree(_graded_folder, tmp_path / "course")
    monkeypatch.chdir(root)
    return root
