"""Folders whose names cannot be an id, beside a class that was graded: every command names them, and goes on."""

import csv
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.cli.error_handler import NOT_ALL_GRADED
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.roster.class_list import Student
from autograder.roster.gradebook import add_students, known_students
from tests.autograder.cli.conftest import ANSWERS, notebook
from tests.browser.hostile import IDS


@pytest.fixture
def hostile_course(graded_course: Path) -> Path:
    """The graded course with hostile folders, as an earlier version has graded them."""
    for student in IDS:
        for step in ("submitted", "autograded"):
            shutil.copytree(graded_course / step / "amy", graded_course / step / student)
    with Gradebook(f"sqlite:///{graded_course / 'gradebook.db'}", "course") as gradebook:
        for student in IDS:
            gradebook.add_student(student)
            with gradebook.db.no_autoflush:
                gradebook.add_submission("lab", student)
    return graded_course


@pytest.mark.parametrize(
    "command", ["feedback", "report", "report --format json", "export --to csv", "export --to moodle"]
)
def test_every_reader_goes_on_without_them(hostile_course: Path, command: str) -> None:
    done = CliRunner().invoke(application, command.split())
    assert done.exit_code == 0, done.stderr
    told = done.stderr
    for student in IDS:
        assert f"Left out: {student!r} cannot be a student's id" in told
    assert not {"\x1b", "\u202e"} & set(told)
    assert "mallory" not in done.stdout
    made = [path for folder in ("feedback", "report") for path in (hostile_course / folder).rglob("*.html")]
    assert not [path for path in made if "mallory" in str(path) or "mallory" in path.read_text(encoding="utf-8")]
    if command == "feedback":
        assert {path.parts[-3] for path in made} == set(ANSWERS)
    if command == "export --to csv":
        assert {row["student_id"] for row in csv.DictReader(done.stdout.splitlines())} == set(ANSWERS)


def test_the_class_is_graded_without_them(course: Path) -> None:
    (course / "submitted" / "cleo" / "lab" / "lab.ipynb").unlink()
    for student in IDS:
        shutil.copytree(course / "submitted" / "amy", course / "submitted" / student)
    # The student's own file is there for the notebook, and kept as bytes.
    own = course / "submitted" / "amy" / "lab"
    answer = "exec(open('helper.py').read())\ndef double(x):\n    return times_two(x)"
    nbformat.write(notebook(answer), own / "lab.ipynb")
    (own / "helper.py").write_text("def times_two(x):\n    return 2 * x\n")
    done = CliRunner().invoke(application, ["grade", "--course", str(course), "--format", "json"])
    assert done.exit_code == NOT_ALL_GRADED
    assert done.stderr.count("Left out:") == len(IDS)
    results = {result["student"]: result["score"] for result in json.loads(done.stdout)}
    assert results == {"amy": 3.0, "ben": 0.0, "cleo": 0.0}
    assert {path.name for path in (course / "autograded").iterdir()} == set(ANSWERS)
    kept = course / "autograded" / "amy" / "lab" / "helper_py.bin"
    assert kept.read_bytes() == (own / "helper.py").read_bytes()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "course") as gradebook:
        assert {student.id for student in gradebook.students} == set(ANSWERS)


def test_the_course_lists_only_ids(hostile_course: Path) -> None:
    course = Course.open(hostile_course)
    assert set(course.students("lab")) == set(course.graded_students("lab")) == set(ANSWERS)
    assert course.refused_ids(["lab"]).keys() == set(IDS)
    assert {student.identity for student in known_students(course)} == set(ANSWERS)
    with pytest.raises(ExpectedError, match="cannot be a student's id"):
        course.submission_folder(IDS[0], "lab")


def test_a_name_that_somebody_chose_is_no_html(graded_course: Path) -> None:
    course = Course.open(graded_course)
    add_students(course, [Student("amy", "<img src=x onerror=x>", "A>B", "a@b.c", "<1>")])
    amy = next(student for student in known_students(course) if student.identity == "amy")
    assert not {"<", ">"} & set("".join((amy.first_name, amy.last_name, amy.email, amy.lms_user_id)))
