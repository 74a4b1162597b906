"""A gradebook with two labs, a late submission, an open question and a name that is a formula."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

from autograder.cells import Role
from autograder.course.course import Course
from autograder.gradebook.labs import record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.roster.class_list import Student
from autograder.roster.gradebook import add_students
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

MakeCell = Callable[..., NotebookNode]
STUDENTS = (
    Student("ada", "Ada", "Lovelace", "ada@example.org", "12345"),
    Student("ben", "=cmd|' /C calc'!A0", "Nœther", "ben@example.org", "12346"),
    Student("cleo", "Cleo", "-Smith", "cleo@example.org", "12347"),
    Student("dora", "Dora", "Quiet", "dora@example.org", "12348"),
)
# Student → points of the test in both labs, points of the open question of the second; None: not graded, or absent.
EARNED: dict[str, tuple[float | None, float | None, float | None]] = {
    "ada": (2.0, 1.5, 3.0),
    "ben": (1.0, 0.0, None),
    "cleo": (0.5, None, None),
}
POINTS = {"f-test": 2.0, "why": 3.0}


@pytest.fixture
def course(tmp_path: Path, make_cell: MakeCell, blank_gradebook: Path) -> Course:
    """The course."""
    root = tmp_path / "course"
    test = [make_cell("f = 1", Role.SOLUTION, "f"), make_cell("assert f", Role.TEST, "f-test", 2)]
    question = make_cell("Because", Role.ANSWER, "why", 3, "markdown")
    for lab, cells in {"01_one": test, "02_two": [*test, question]}.items():
        (root / "source" / lab).mkdir(parents=True)
        metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), root / "source" / lab / f"{lab}.ipynb")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    course = Course.open(root)
    for lab in course.labs():
        record_lab(course, lab)
    add_students(course, STUDENTS)
    with GradebookWriter(course) as writer:
        for student, (first, second, why) in EARNED.items():
            _write(writer, student, "01_one", [("f-test", first)])
            if second is not None:
                _write(writer, student, "02_two", [("f-test", second), ("why", None)])
            if why is not None:
                _grade_by_hand(course, student, why)
    return course


def _write(writer: GradebookWriter, student: str, lab: str, earned: list[tuple[str, float | None]]) -> None:
    verdicts = tuple(
        CellVerdict(cell, points, POINTS[cell], CellStatus.MANUAL if points is None else CellStatus.PARTIAL)
        for cell, points in earned
    )
    notebook = NotebookResult(lab, tuple(CellOutcome(verdict=verdict) for verdict in verdicts))
    result = Result(student, lab, SubmissionStatus.GRADED, verdicts)
    writer.write(result, {lab: notebook}, datetime(2026, 11, 20, 12), {})


def _grade_by_hand(course: Course, student: str, points: float) -> None:
    with closing(Gradebook(course.gradebook_url)) as gradebook:
        grade: Any = gradebook.find_grade("why", "02_two", "02_two", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        comment: Any = gradebook.find_comment("why", "02_two", "02_two", student)
        comment.manual_comment = "=Well said"
        late: Any = gradebook.find_submission_notebook("02_two", "02_two", student)
        late.late_submission_penalty = 0.5
        gradebook.db.commit()
