"""A lab with a cell of every kind, as a course on disk, and an honest submission to it: some right, some wrong."""

import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat import v4 as notebook_format

from autograder.cells import Role
from autograder.course import release
from autograder.course.course import Course
from tests.small_course import nbgrader_metadata

LAB = "lab"
NAME = "slopes"
Notebook = dict[str, Any]


def _cell(kind: str, source: str, role: Role = Role.FREE, grade_id: str = "", points: int = 0) -> NotebookNode:
    cell = getattr(notebook_format, f"new_{kind}_cell")(source)
    if role is not Role.FREE:
        cell.metadata["nbgrader"] = nbgrader_metadata(role, grade_id, points or None)
    return cell


def _exercise(name: str, stub: str, answer: str, visible: str, hidden: str, points: int) -> list[NotebookNode]:
    solution = f"{stub}\n    ### BEGIN SOLUTION\n    {answer}\n    ### END SOLUTION"
    test = f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return [
        _cell("markdown", f"## Exercise: {name}\n\nWrite the function *{name}*, which you find below."),
        _cell("code", solution, Role.SOLUTION, name),
        _cell("code", test, Role.TEST, f"{name}-test", points),
    ]


def _instructors() -> NotebookNode:
    cells = [
        _cell("markdown", "# Slopes\n\nWhat a slope is, and how steep."),
        _cell("code", "import math\nimport numpy as np"),
        _cell("markdown", "A function that the exercises below make use of:"),
        _cell("code", "def rise(f, x, h):\n    return f(x + h) - f(x)", Role.LOCKED, "rise"),
        *_exercise(
            "slope",
            'def slope(f, x, h):\n    """The slope of f between x and x + h."""',
            "return rise(f, x, h) / h",
            "assert slope(lambda t: 3 * t, 1.0, 0.5) == 3.0",
            "assert math.isclose(slope(math.sin, 0.0, 1e-6), 1.0, rel_tol=1e-6)",
            2,
        ),
        _cell("code", "print('An example of the lesson:', rise(math.exp, 0.0, 1.0))"),
        *_exercise(
            "length",
            'def length(v):\n    """The length of the vector v, »die Länge«."""',
            "return math.sqrt(sum(part * part for part in v))",
            "assert length([3.0, 4.0]) == 5.0",
            "assert length([2.0, 3.0, 6.0]) == 7.0",
            3,
        ),
        *_exercise(
            "steepest",
            'def steepest(slopes):\n    """The steepest of the slopes, whichever its sign."""',
            "return max(slopes, key=abs)",
            "assert steepest([1.0, 2.0]) == 2.0",
            "assert steepest([1.0, -2.0]) == -2.0",
            2,
        ),
        *_exercise(
            "mean",
            'def mean(values):\n    """The mean of some values, as a float."""',
            "return float(np.mean(values))",
            "assert mean([1.0, 2.0]) == 1.5",
            "assert mean([5.0]) == 5.0",
            1,
        ),
        _cell("markdown", "YOUR ANSWER HERE", Role.ANSWER, "why", 3),
        _cell("markdown", "Draw a figure of the slopes in cells of your own below.", Role.TASK, "figure", 4),
    ]
    return notebook_format.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})


_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ANSWERS = {
    # Two definitions, so that a cell can be split between them.
    "slope": "def quotient(a, b):\n    return a / b\n\n"
    'def slope(f, x, h):\n    """The slope of f between x and x + h."""\n    return quotient(rise(f, x, h), h)',
    "length": 'def length(v):\n    """The length of the vector v, »die Länge«."""\n    return math.sqrt(total(v))',
    # Wrong: it passes what can be seen, and not what is hidden.
    "steepest": 'def steepest(slopes):\n    """The steepest of the slopes, whichever its sign."""\n'
    "    return max(slopes)",
    "why": "Because **f** is nearly straight when one looks closely.",
}
# Behind the cell with this id stands a cell of the student's own.
_OWN = {
    "slope-test": "def total(v):\n    return sum(part * part for part in v)",
    "figure": "print('a figure of dots:', '.' * 12)",
}
POINTS = {"slope-test": 2.0, "length-test": 3.0, "steepest-test": 0.0, "mean-test": 0.0, "why": None, "figure": None}
"""What the honest submission earns; None where a person must grade."""


def make_course(root: Path, blank_gradebook: Path) -> Course:
    """Make the course; its lab is released as nbgrader does it.

    Args:
        root: the course's folder; it is made.
        blank_gradebook: a gradebook without entries.
    """
    source = root / "source" / LAB / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(_instructors(), source)
    shutil.copy(blank_gradebook, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    course = Course.open(root)
    path = root / "release" / LAB / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(release.released(_instructors(), course.application, NAME), path)
    return course


def honest(course: Course) -> Notebook:
    """The honest submission as nbformat's JSON, as JupyterLab saves it: run, with outputs."""
    path = course.root / "release" / LAB / f"{NAME}.ipynb"
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return fill_in(notebook, _ANSWERS, _OWN)


def fill_in(released: Notebook, answers: dict[str, str], own: dict[str, str]) -> Notebook:
    """A released notebook with a student's answers, own cells and outputs.

    Args:
        released: the notebook as it was released.
        answers: id of a cell → what stands in it.
        own: id of a cell → the code of a cell of the student's own behind it.
    """
    notebook = deepcopy(released)
    cells = []
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = answers.get(grade_id, "".join(cell["source"]))
        cells.append(cell)
        if grade_id in own:
            cells.append(dict(notebook_format.new_code_cell(own[grade_id], id=f"mine-{len(cells)}")))
    for count, cell in enumerate((cell for cell in cells if cell["cell_type"] == "code"), start=1):
        cell["execution_count"] = count
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["seen\n"]}]
    notebook["cells"] = cells
    return notebook
