"""A small course with a small class, as it lies on disk before anything was graded."""

from pathlib import Path
from shutil import copytree

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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
