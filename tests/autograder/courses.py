"""Courses for tests: nbgrader's own example, and small ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbformat import NotebookNode
from nbformat import v4 as notebook_format
from nbgrader.api import Gradebook

from autograder.cells import Role
from autograder.gradebook.connection import alembic_on_path

_GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
_FLAGS = {
    Role.LOCKED: {"grade": False, "solution": False, "locked": True},
    Role.SOLUTION: {"grade": False, "solution": True, "locked": False},
    Role.TEST: {"grade": True, "solution": False, "locked": True},
    Role.ANSWER: {"grade": True, "solution": True, "locked": False},
    Role.TASK: {"grade": False, "solution": False, "locked": True, "task": True},
}

MakeCell = Callable[..., NotebookNode]
MakeCourse = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_personal_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what somebody configured for Jupyter at home out of the tests."""
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")


@pytest.fixture
def make_cell() -> MakeCell:
    """Make one notebook cell with complete nbgrader metadata."""

    def make(
        source: str, role: Role = Role.FREE, grade_id: str | None = None, points: float = 1, kind: str = "code"
    ) -> NotebookNode:
        cell = getattr(notebook_format, f"new_{kind}_cell")(source)
        if role is not Role.FREE:
            graded = {"points": points} if role in (Role.TEST, Role.ANSWER, Role.TASK) else {}
            cell.metadata["nbgrader"] = {
                "schema_version": 3, "task": False, "grade_id": grade_id, **_FLAGS[role], **graded
            }  # fmt: skip
        return cell

    return make


@pytest.fixture(scope="session")
def blank_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without entries; nbgrader takes seconds to make one, for each of which it starts alembic."""
    path = tmp_path_factory.mktemp("blank") / "gradebook.db"
    with alembic_on_path(), Gradebook(f"sqlite:///{path}", "default_course"):
        return path


@pytest.fixture
def make_course(tmp_path: Path, blank_gradebook: Path) -> MakeCourse:
    """Make a course with one lab, ``lab``, of the given notebooks, name → cells, and a gradebook without entries."""

    def make(configuration: str = "", step: str = "source", **notebooks: list[NotebookNode]) -> Path:
        root = tmp_path / "course"
        root.mkdir(exist_ok=True)
        for name, cells in notebooks.items():
            path = root / step / "lab" / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
            nbformat.write(notebook_format.new_notebook(cells=cells, metadata=metadata), path)
        if not (root / "gradebook.db").exists():
            shutil.copy(blank_gradebook, root / "gradebook.db")
        (root / "nbgrader_config.py").write_text(f"c = get_config()\n{configuration}\n", encoding="utf-8")
        return root

    return make


@pytest.fixture
def quickstart(tmp_path: Path) -> Path:
    """The course that ``nbgrader quickstart`` makes, with the two submissions of nbgrader's user guide."""
    root = tmp_path / "quickstart"
    leave = shutil.ignore_patterns("ps1_autotest", "*.html")
    shutil.copytree(_GUIDE / "source", root / "source", ignore=leave)
    shutil.copytree(_GUIDE / "submitted", root / "submitted")
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "demo"\n'
        'c.IncludeHeaderFooter.header = "source/header.ipynb"\n',
        encoding="utf-8",
    )
    return root


@pytest.fixture
def autotest_course(tmp_path: Path) -> Path:
    """The course that ``nbgrader quickstart --autotest`` makes."""
    root = tmp_path / "autotest"
    shutil.copytree(_GUIDE / "source" / "ps1_autotest", root / "source" / "ps1")
    shutil.copy(_GUIDE / "autotests.yml", root)
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    return root


@pytest.fixture
def run_nbgrader() -> Callable[..., str]:
    """Run nbgrader's own command line in a course."""

    def run(root: Path, *arguments: str) -> str:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=root,
            env=os.environ | {"PATH": path, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    return run
