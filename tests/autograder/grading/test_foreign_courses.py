"""Courses that were written for nbgrader alone: what a right answer earns there, it earns here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.cells import Role
from autograder.course.course import Course
from autograder.gradebook.connection import alembic_on_path
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, Result
from tests.autograder.conftest import MakeCell, MakeCourse
from tests.autograder.grading.foreign import ACROSS, EXERCISES, OURS_ALONE, SETUP, Exercise

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=20.0)
RunNbgrader = Callable[..., str]
Scores = dict[tuple[str, str], float | None]


def grade_here(root: Path, lab: str) -> list[Result]:
    return list(grade_class(Course.open(root), [lab], None, Terms(LIMITS, Mode.BUBBLEWRAP, workers=1)))


def scores_here(root: Path, lab: str) -> Scores:
    return {(result.student, cell.grade_id): cell.points for result in grade_here(root, lab) for cell in result.cells}


def scores_of_the_command(root: Path, lab: str) -> Scores:
    """The same from the command line: nbgrader leaves the sockets of generated tests' kernels in its process."""
    program = "from autograder.cli import main; main()"
    command = [sys.executable, "-c", program, "grade", lab, "--format", "json"]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {
        (entry["student"], cell["id"]): cell["points"] for entry in json.loads(done.stdout) for cell in entry["cells"]
    }


def scores_there(root: Path, lab: str, run_nbgrader: RunNbgrader) -> Scores:
    """What `nbgrader autograde` gives, run on a copy with nbgrader's own Execute."""
    copy = root.with_name(f"{root.name}-nbgrader")
    shutil.copytree(root, copy)
    run_nbgrader(copy, "generate_assignment", lab, "--force")
    run_nbgrader(copy, "autograde", lab)
    with alembic_on_path(), Gradebook(f"sqlite:///{copy / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, grade.name): None if grade.needs_manual_grade else grade.score
            for submission in gradebook.assignment_submissions(lab)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def prepare(root: Path, lab: str, run_nbgrader: RunNbgrader) -> None:
    run_nbgrader(root, "generate_assignment", lab, "--force")


def test_nbgraders_own_course_gets_the_scores_that_nbgrader_gives(quickstart: Path, run_nbgrader: RunNbgrader) -> None:
    theirs = scores_there(quickstart, "ps1", run_nbgrader)
    prepare(quickstart, "ps1", run_nbgrader)
    assert scores_here(quickstart, "ps1") == theirs
    assert len({student for student, _ in theirs}) == 2
    assert {score for score in theirs.values() if score} != {0.0}


def test_a_course_with_generated_tests_gets_the_scores_that_nbgrader_gives(
    autotest_course: Path, run_nbgrader: RunNbgrader
) -> None:
    prepare(autotest_course, "ps1", run_nbgrader)
    for student in ("right", "wrong"):
        shutil.copytree(autotest_course / "release" / "ps1", autotest_course / "submitted" / student / "ps1")
    for path in (autotest_course / "submitted" / "right" / "ps1").glob("*.ipynb"):
        solve(path, autotest_course / "source" / "ps1" / path.name)
    theirs = scores_there(autotest_course, "ps1", run_nbgrader)
    assert scores_of_the_command(autotest_course, "ps1") == theirs
    assert sum(score or 0 for (student, _), score in theirs.items() if student == "right") > 0


def solve(path: Path, source: Path) -> None:
    """Put the instructor's answers into a released notebook."""
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(source, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def cells_of(exercises: Mapping[str, Exercise], make_cell: MakeCell) -> list[NotebookNode]:
    cells = [make_cell(SETUP, Role.LOCKED, "setup")]
    for name, exercise in exercises.items():
        marked = f"### BEGIN SOLUTION\n{exercise.right}\n### END SOLUTION"
        marked = f"%%writefile{marked.partition('%%writefile')[2]}" if exercise.right.startswith("%%") else marked
        cells.append(make_cell(marked, Role.SOLUTION, f"{name}-answer"))
        if exercise.between:
            cells.append(make_cell(exercise.between, Role.LOCKED, f"{name}-between"))
        cells.append(make_cell(exercise.test, Role.TEST, name, 2))
    cells.append(make_cell("Words", Role.ANSWER, "why", 3, "markdown"))
    return cells


def hand_in(root: Path, student: str, answers: Mapping[str, str]) -> None:
    folder = root / "submitted" / student / "lab"
    shutil.copytree(root / "release" / "lab", folder)
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
            if name in answers and cell.metadata.nbgrader.solution:
                cell.source = answers[name]
            if name == "why":
                cell.source = f"An answer by {student}"
        nbformat.write(notebook, path)


@pytest.fixture
def foreign(make_course: MakeCourse, make_cell: MakeCell, run_nbgrader: RunNbgrader) -> Path:
    """A course of two notebooks in one assignment, with a helper module and a data file, and its class."""
    half = len(EXERCISES) // 2
    first, second = dict(list(EXERCISES.items())[:half]), dict(list(EXERCISES.items())[half:])
    root = make_course(one=cells_of(first, make_cell), two=cells_of(second, make_cell)[:-1])
    (root / "source" / "lab" / "helper.py").write_text("def thrice(x):\n    return 3 * x\n", encoding="utf-8")
    (root / "source" / "lab" / "data").mkdir()
    (root / "source" / "lab" / "data" / "numbers.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    prepare(root, "lab", run_nbgrader)
    hand_in(root, "right", {name: exercise.right for name, exercise in EXERCISES.items()})
    hand_in(root, "other", {name: exercise.other or exercise.right for name, exercise in EXERCISES.items()})
    hand_in(root, "wrong", {name: exercise.wrong for name, exercise in EXERCISES.items()})
    return root


def test_a_course_with_all_that_courses_have_gets_the_scores_that_nbgrader_gives(
    foreign: Path, run_nbgrader: RunNbgrader
) -> None:
    theirs = scores_there(foreign, "lab", run_nbgrader)
    results = grade_here(foreign, "lab")
    ours = {(result.student, cell.grade_id): cell for result in results for cell in result.cells}
    differing = [f"{key}: {cell.message}" for key, cell in ours.items() if cell.points != theirs[key]]
    assert {
        key: (cell.points, theirs[key]) for key, cell in ours.items() if cell.points != theirs[key]
    } == OURS_ALONE, differing
    broke = {name for (_, name), cell in ours.items() if cell.status is CellStatus.BROKE}
    assert broke == set(ACROSS)
    for student in ("right", "other"):
        assert {name for name in EXERCISES if ours[student, name].points != 2} == set(ACROSS)
