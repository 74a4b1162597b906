"""The small lab as a course on disk, and submissions to it as notebook files."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import v4 as notebook_format

from autograder.cells import Cell, Role
from tests.attacks.attack import Attack
from tests.small_lab import make_small_notebook

LAB = "lab"
NOTEBOOK = "small"
_FLAGS = {
    Role.LOCKED: {"grade": False, "solution": False, "locked": True},
    Role.SOLUTION: {"grade": False, "solution": True, "locked": False},
    Role.TEST: {"grade": True, "solution": False, "locked": True},
    Role.ANSWER: {"grade": True, "solution": True, "locked": False},
    Role.TASK: {"grade": False, "solution": False, "locked": True, "task": True},
}
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
_INSTRUCTORS = {
    Role.SOLUTION: "### BEGIN SOLUTION\n{}\n### END SOLUTION",
    Role.TEST: "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS",
}
_RELEASED = "# YOUR CODE HERE\nraise NotImplementedError()"


def make_small_course(root: Path, blank_gradebook: Path) -> Path:
    """Make a course whose one lab, ``lab``, is the small lab; its tests are hidden.

    Args:
        root: the course's folder; it is made.
        blank_gradebook: a gradebook without entries.
    """
    folder = root / "source" / LAB
    folder.mkdir(parents=True)
    write(folder / f"{NOTEBOOK}.ipynb", _notebook(_INSTRUCTORS, {}))
    shutil.copy(blank_gradebook, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    return root


def small_submission(answers: Mapping[str, str]) -> dict[str, Any]:
    """A submission's notebook as nbformat's JSON; exercises for which no answer is given are answered rightly."""
    return _notebook({Role.TEST: ""}, answers)


def blank_submission() -> dict[str, Any]:
    """The notebook as it was released."""
    return _notebook({Role.TEST: "", Role.SOLUTION: _RELEASED}, {})


def notebook_of(attack: Attack) -> bytes:
    notebook: dict[str, Any] | bytes = small_submission(attack.answers)
    if attack.tamper is not None and isinstance(notebook, dict):
        notebook = attack.tamper(notebook)
    return notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode("utf-8", "surrogatepass")


def hand_in(root: Path, student: str, content: bytes) -> Path:
    """Put a notebook file among the submissions.

    Returns:
        The file.
    """
    path = root / "submitted" / student / LAB / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def write(path: Path, notebook: dict[str, Any]) -> None:
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _notebook(texts: Mapping[Role, str], answers: Mapping[str, str]) -> dict[str, Any]:
    cells = [_cell(cell, texts, answers) for cell in make_small_notebook().source]
    notebook: dict[str, Any] = json.loads(
        nbformat.writes(notebook_format.new_notebook(cells=cells, metadata=_KERNEL), version=4)
    )
    return notebook


def _cell(cell: Cell, texts: Mapping[Role, str], answers: Mapping[str, str]) -> nbformat.NotebookNode:
    text = texts[cell.role].replace("{}", cell.source) if cell.role in texts else cell.source
    grade_id = cell.grade_id or ""
    made = notebook_format.new_code_cell(answers.get(grade_id, text), id=grade_id)
    made.metadata["nbgrader"] = nbgrader_metadata(cell.role, grade_id, cell.points if cell.role is Role.TEST else None)
    return made


def nbgrader_metadata(role: Role, grade_id: str, points: float | None = None) -> dict[str, Any]:
    """What nbgrader writes into the metadata of a cell of this role."""
    graded = {} if points is None else {"points": points}
    return {"schema_version": 3, "task": False, "grade_id": grade_id, **_FLAGS[role], **graded}
