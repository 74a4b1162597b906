"""The course in which the documentation's commands are run, with the files that its pages name."""

import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat

from autograder.build.lab_text import read_lab_text

LAB = "06_minimum"
STUDENT = "ada"
TEXT = '''\
# %% [markdown]
# # Twice, and half

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-test", "grade": true, "points": 2}
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(-3.5) == -7
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "half", "solution": true}
def half(x):
    """Half of x."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION

# %% nbgrader={"grade_id": "half-test", "grade": true, "points": 2}
assert half(4) == 2
### BEGIN HIDDEN TESTS
assert half(-7) == -3.5
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 1}
# Each undoes the other.
'''
_CLASS = """\
id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@example.org,12345
ben,Ben,Boole,ben@example.org,12346
cleo,Cleo,Lotus,cleo@example.org,12347
"""
_CANVAS = f"""\
Student,ID,SIS Login ID,Section,{LAB} (501)
    Points Possible,,,,5
"Lovelace, Ada",12345,ada,A,
"Boole, Ben",12346,ben,A,
"Lotus, Cleo",12347,cleo,A,
"""
_CONFIGURATION = """\
c = get_config()
c.CourseDirectory.course_id = "twice"
c.CourseDirectory.solution_directory = "solutions"
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
"""
_RIGHT = {"double": "def double(x):\n    return x + x", "half": "def half(x):\n    return 0.5 * x", "why": "They undo."}
_WRONG = {**_RIGHT, "double": "def double(x):\n    return x * x"}


def make_documented_course(root: Path, blank_gradebook: Path) -> Path:
    """Make a course with one lab and the files that the pages name, of a class of three.

    ``moodle.zip`` has one submission, ``canvas.zip`` another one, the folder ``unmatched`` the third: its student is in
    the class list now, as the guide asks.

    Args:
        root: the course's folder; it is made. nbgrader's exchange lies beside it.
        blank_gradebook: a gradebook without entries.
    """
    (root / "course").mkdir(parents=True)
    (root / "course" / f"{LAB}.py").write_text(TEXT, encoding="utf-8")
    exchange, cache = root.with_name("exchange"), root.with_name("cache")
    exchange.mkdir()
    exchange.chmod(0o777)
    configuration = _CONFIGURATION.format(exchange=str(exchange), cache=str(cache))
    (root / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    notebook = read_lab_text(root, LAB).notebook
    (root / "source" / LAB).mkdir(parents=True)
    nbformat.write(notebook, root / "source" / LAB / f"{LAB}.ipynb")
    (root / "class.csv").write_text(_CLASS, encoding="utf-8")
    (root / "groups.csv").write_text("group,id\nTeam 1,ben\n", encoding="utf-8")
    (root / "canvas-export.csv").write_text(_CANVAS, encoding="utf-8")
    right, wrong = (_answered(root, answers) for answers in (_RIGHT, _WRONG))
    _pack(root / "moodle.zip", f"Ada Lovelace_901_assignsubmission_file_/{LAB}.ipynb", right)
    _pack(root / "canvas.zip", f"booleben_LATE_12346_67890_{LAB}-1.ipynb", wrong)
    (root / "unmatched" / "12347").mkdir(parents=True)
    (root / "unmatched" / "12347" / f"{LAB}.ipynb").write_text(wrong, encoding="utf-8")
    (root / "docs" / "images").mkdir(parents=True)
    return root


def _answered(root: Path, answers: dict[str, str]) -> str:
    notebook = nbformat.read(root / "source" / LAB / f"{LAB}.ipynb", as_version=nbformat.NO_CONVERT)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source.partition("### BEGIN HIDDEN TESTS")[0].rstrip())
    text: str = nbformat.writes(notebook)
    return text


def _pack(path: Path, name: str, content: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, datetime(2026, 11, 20, 12).timetuple()[:6]), content)
