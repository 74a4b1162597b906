"""nbgrader's own courses: what a right answer earns there, it earns here. Those of others are in tests/foreign."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.gradebook.connection import alembic_on_path
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result

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
