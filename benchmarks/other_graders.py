"""A lab as a plain nbgrader course, and as an otter-grader assignment with an environment of its own."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from zipfile import ZipFile

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(__file__).resolve().parent / ".cache"
"""Where otter-grader's environment is kept between runs; git ignores it."""

OTTER = "otter-grader==7.0.0"
_NEEDED = ("ipykernel", "matplotlib", "plotly", "torchviz")
_STUB = "# YOUR CODE HERE\\nraise NotImplementedError()"
_PLAIN = f"""c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ClearSolutions.code_stub = {{"python": "{_STUB}"}}
"""
OURS = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
"""nbgrader_config.py of a course that the autograder grades."""
_TEST = """OK_FORMAT = False

from otter.test_files import test_case

name = {name!r}
points = {points!r}
SOURCE = {source!r}


@test_case(points={points!r}, hidden=True)
def run(env):
    exec(compile(SOURCE, name, "exec"), env)
"""


class UnavailableError(Exception):
    """Another grader cannot be installed on this machine; the message says why."""


def environment() -> dict[str, str]:
    """Environment variables with which the programs beside this interpreter are found first."""
    tools = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([tools, os.environ.get("PATH", "")]), "COLUMNS": "200"}


def make_nbgrader_course(folder: Path, lab: str, source: NotebookNode, configuration: str = _PLAIN) -> NotebookNode:
    """Make an nbgrader course with one lab of one notebook, which nbgrader itself releases and records.

    Args:
        folder: the course's folder; it is made.
        lab: the lab's name, and its notebook's.
        source: the instructor's notebook.
        configuration: the text of nbgrader_config.py; without it, nbgrader runs submissions as it does by default.

    Returns:
        The notebook as students get it.

    Raises:
        subprocess.CalledProcessError: nbgrader refused the lab.
    """
    path = folder / "source" / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source, path)
    (folder / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment", lab]
    subprocess.run(nbgrader, cwd=folder, env=environment(), check=True, capture_output=True)
    return nbformat.read(folder / "release" / lab / f"{lab}.ipynb", as_version=4)


def hand_in(course: Path, lab: str, submissions: Iterable[tuple[str, NotebookNode]]) -> None:
    """Put notebooks where nbgrader wants them: each student, and the notebook."""
    for student, notebook in submissions:
        path = course / "submitted" / student / lab / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def nbgrader_command(lab: str) -> list[str]:
    """``nbgrader autograde`` for all submissions of a lab; to be run in the course's folder."""
    return [sys.executable, "-m", "nbgrader", "autograde", lab]


def nbgrader_scores(course: Path, lab: str, student: str) -> dict[str, float | None]:
    """What nbgrader's gradebook says: id of the cell → points; None where a person must grade, or it was not graded."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(lab, student)
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        return {grade.name: grade.auto_score for grade in grades}


def otter_environment(cache: Path = CACHE) -> Path:
    """Find otter-grader's virtual environment, or make it, with the torch that is installed here.

    Returns:
        Its ``otter`` command.

    Raises:
        UnavailableError: it can't be installed.
    """
    import torch

    folder = cache / "otter"
    command, mark = folder / "bin" / "otter", folder / "complete"
    # A local version (+cpu, +cu126) is one of several builds of the same release.
    wanted = "\n".join([OTTER, f"torch=={torch.__version__.partition('+')[0]}", *_NEEDED])
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return command
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n", encoding="utf-8")
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--constraint"]
    for step in (
        [sys.executable, "-m", "venv", str(folder)],
        [*install, str(ROOT / "constraints.txt"), *wanted.split("\n")],
    ):
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
            raise UnavailableError(f"otter-grader can't be installed: {reason[-1]}")
    mark.write_text(wanted, encoding="utf-8")
    return command


def make_otter_assignment(folder: Path, source: NotebookNode, otter: Path) -> Path:
    """Make the zip file with which ``otter run`` grades a lab: each test cell becomes a hidden test.

    Args:
        folder: an empty folder to work in; it is made.
        source: the instructor's notebook.
        otter: the ``otter`` command.

    Returns:
        The zip file.

    Raises:
        subprocess.CalledProcessError: otter-grader refused the tests.
    """
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for cell in source.cells:
        if is_test(cell):
            metadata = cell.metadata.nbgrader
            text = _TEST.format(name=metadata.grade_id, points=metadata.points, source=all_or_nothing(cell))
            (tests / f"{metadata.grade_id}.py").write_text(text, encoding="utf-8")
    assignment = folder / "autograder.zip"
    command = [str(otter), "generate", "-t", str(tests), "-o", str(assignment), "--no-requirements"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with ZipFile(assignment) as opened:
        assert any(name.startswith("tests/") for name in opened.namelist())
    return assignment


def all_or_nothing(cell: NotebookNode) -> str:
    """A test as otter-grader takes it: where nbgrader gives as many points as the last line says, all or none."""
    tree = ast.parse(cell.source)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop()
        given = f"given = {ast.unparse(last)}\nassert given is None or given == {cell.metadata.nbgrader.points!r}"
        return f"{ast.unparse(tree)}\n{given}"
    return str(cell.source)


def for_otter(submission: NotebookNode) -> NotebookNode:
    """A submission to the nbgrader lab as one to the otter-grader assignment: its test cells ask for otter's tests."""
    made = deepcopy(submission)
    for cell in made.cells:
        if is_test(cell):
            cell.metadata["otter"] = {"tests": [cell.metadata.nbgrader.grade_id]}
            cell.source = ""
    return made


def otter_command(otter: Path, assignment: Path, submission: Path, results: Path) -> list[str]:
    """``otter run`` for one submission; results.json goes into the folder ``results``."""
    return [str(otter), "run", "--no-logo", "-a", str(assignment), "-o", str(results), str(submission)]


def otter_variables(otter: Path) -> dict[str, str]:
    """Environment variables for ``otter run``: its own programs come first, and gradlab is taken from this checkout."""
    path = os.pathsep.join([str(otter.parent), os.environ.get("PATH", "")])
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}


def otter_scores(results: Path) -> dict[str, float]:
    """What otter-grader says in results.json: id of the cell → points."""
    written = json.loads((results / "results.json").read_text(encoding="utf-8"))
    # "Public Tests" is a heading in the list that Gradescope shows.
    tests = [test for test in written["tests"] if test["name"] != "Public Tests"]
    return {test["name"]: float(test["score"]) for test in tests}


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell holds nbgrader's autograder tests."""
    metadata = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(metadata.get("grade")) and not metadata.get("solution")
