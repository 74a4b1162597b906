"""Results in a real gradebook."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab, record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

MakeCell = Callable[..., NotebookNode]
MakeCourse = Callable[..., Path]
WHEN = datetime(2026, 11, 22, 12, 0)


@pytest.fixture
def course(make_cell: MakeCell, make_course: MakeCourse) -> Course:
    """A course whose lab has a test, an answer and a task in one notebook, and a test in a second one."""
    course = Course.open(
        make_course(
            first=[
                make_cell("f = 1", Role.SOLUTION, "f"),
                make_cell("assert f", Role.TEST, "f-test", 2),
                make_cell("Because", Role.ANSWER, "why", 3, "markdown"),
                make_cell("Draw", Role.TASK, "draw", 4, "markdown"),
            ],
            second=[make_cell("g = 1", Role.SOLUTION, "g"), make_cell("assert g", Role.TEST, "g-test", 1)],
        )
    )
    record_lab(course, "lab")
    return course


def _verdict(grade_id: str, points: float | None, status: CellStatus) -> CellVerdict:
    return CellVerdict(grade_id, points, {"f-test": 2.0, "why": 3.0, "draw": 4.0, "g-test": 1.0}[grade_id], status)


def _notebook(name: str, *verdicts: CellVerdict) -> NotebookResult:
    return NotebookResult(name, tuple(CellOutcome(verdict=verdict) for verdict in verdicts))


FIRST = _notebook(
    "first",
    _verdict("f-test", 1.5, CellStatus.PARTIAL),
    _verdict("why", None, CellStatus.MANUAL),
    _verdict("draw", None, CellStatus.MANUAL),
)
SECOND = _notebook("second", _verdict("g-test", 1.0, CellStatus.PASSED))


def _result(status: SubmissionStatus = SubmissionStatus.GRADED, reason: str = "") -> Result:
    return Result("alice", "lab", status, reason=reason)


def _write(course: Course, *notebooks: NotebookResult, result: Result | None = None, **more: Any) -> None:
    with GradebookWriter(course) as writer:
        writer.write(result or _result(), {notebook.name: notebook for notebook in notebooks}, WHEN, **more)


@contextmanager
def _gradebook(course: Course) -> Iterator[Gradebook]:
    with Gradebook(course.gradebook_url, course.course_id) as gradebook:
        yield gradebook


def _grades(course: Course) -> dict[str, tuple[float | None, bool]]:
    with _gradebook(course) as gradebook:
        submission = gradebook.find_submission("lab", "alice")
        return {
            grade.name: (grade.auto_score, grade.needs_manual_grade)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def _comments(course: Course) -> dict[str, str | None]:
    with _gradebook(course) as gradebook:
        submission = gradebook.find_submission("lab", "alice")
        return {comment.name: comment.comment for notebook in submission.notebooks for comment in notebook.comments}


def _set_manual_score(course: Course, grade_id: str, score: float) -> None:
    with _gradebook(course) as gradebook:
        grade = gradebook.find_grade(grade_id, "first", "lab", "alice")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = score, 0.5, False
        gradebook.find_comment("why", "first", "lab", "alice").manual_comment = "Well said."
        gradebook.db.commit()


def test_scores_are_written_as_nbgrader_has_them(course: Course) -> None:
    _write(course, FIRST, SECOND)
    assert _grades(course) == {
        "f-test": (1.5, False), "why": (None, True), "draw": (None, True), "g-test": (1.0, False)
    }  # fmt: skip
    with _gradebook(course) as gradebook:
        submission = gradebook.find_submission("lab", "alice")
        assert (submission.score, submission.max_score, submission.timestamp) == (2.5, 10.0, WHEN)


def test_no_response_is_remarked(course: Course) -> None:
    unanswered = _notebook(
        "first", _verdict("f-test", 0.0, CellStatus.FAILED), _verdict("why", 0.0, CellStatus.UNANSWERED)
    )
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    cells = SubmittedNotebook("first", (Cell("code", Role.SOLUTION, stub, "f"),))
    _write(course, unanswered, SECOND, submitted={"first": cells})
    assert _comments(course) == {"f": "No response.", "why": "No response.", "draw": None, "g": None}
    assert _grades(course)["why"] == (0.0, False)
    answered = SubmittedNotebook("first", (Cell("code", Role.SOLUTION, "f = 2", "f"),))
    _write(course, FIRST, SECOND, submitted={"first": answered})
    assert set(_comments(course).values()) == {None}


def test_what_a_person_gave_is_kept(course: Course) -> None:
    _write(course, FIRST, SECOND)
    _set_manual_score(course, "why", 2.0)
    _set_manual_score(course, "f-test", 2.0)
    _write(course, FIRST, SECOND)
    assert _grades(course)["f-test"] == (1.5, True)
    assert _comments(course)["why"] == "Well said."
    with _gradebook(course) as gradebook:
        grade = gradebook.find_grade("why", "first", "lab", "alice")
        assert (grade.manual_score, grade.extra_credit, grade.score) == (2.0, 0.5, 2.5)


def test_a_notebook_that_was_not_handed_in_gets_nothing(course: Course) -> None:
    _write(course, SECOND)
    assert _grades(course) == {
        "f-test": (0.0, False), "why": (0.0, False), "draw": (0.0, False), "g-test": (1.0, False)
    }  # fmt: skip
    _write(course, FIRST, SECOND)
    assert _grades(course)["draw"] == (None, True)


def test_what_broke_is_flagged_and_costs_nothing(course: Course) -> None:
    broke = _notebook("first", _verdict("f-test", None, CellStatus.BROKE))
    broken = _result(SubmissionStatus.BROKEN, "the judge ended")
    _write(course, broke, result=broken)
    assert _grades(course) == dict.fromkeys(["f-test", "why", "draw", "g-test"], (None, True))
    _write(course, FIRST, SECOND)
    _write(course, broke, result=broken)
    assert _grades(course)["f-test"] == (1.5, True)
    assert _grades(course)["g-test"] == (1.0, True)


def test_a_test_that_can_be_run_for_nobody_waits_for_a_person(course: Course) -> None:
    lost = _notebook("first", _verdict("f-test", None, CellStatus.EXCLUDED), *FIRST.verdicts[1:])
    _write(course, lost, SECOND)
    assert (_grades(course)["f-test"], _grades(course)["g-test"]) == ((None, True), (1.0, False))
    _set_manual_score(course, "f-test", 2.0)
    _write(course, lost, SECOND)
    with _gradebook(course) as gradebook:
        grade = gradebook.find_grade("f-test", "first", "lab", "alice")
        assert (grade.auto_score, grade.score, gradebook.find_submission("lab", "alice").score) == (None, 2.5, 3.5)
    # The lab's author has mended the test.
    _write(course, FIRST, SECOND)
    assert _grades(course)["f-test"] == (1.5, True)


def test_an_earlier_verdict_does_not_outlive_a_test_that_can_be_run_no_longer(course: Course) -> None:
    _write(course, FIRST, SECOND)
    _write(course, _notebook("first", _verdict("f-test", None, CellStatus.EXCLUDED), *FIRST.verdicts[1:]), SECOND)
    assert _grades(course)["f-test"] == (None, True)


def test_what_cannot_be_read_gets_nothing_and_a_reason(course: Course) -> None:
    quarantined = _result(SubmissionStatus.QUARANTINED, "first.ipynb: the file is empty.")
    _write(course, result=quarantined)
    assert set(_grades(course).values()) == {(0.0, True)}
    assert set(_comments(course).values()) == {"Not graded: first.ipynb: the file is empty."}
    _write(course, FIRST, SECOND)
    assert set(_comments(course).values()) == {None}


def test_what_cannot_be_read_does_not_take_an_earlier_score(course: Course) -> None:
    _write(course, FIRST, SECOND)
    _set_manual_score(course, "why", 2.0)
    with GradebookWriter(course) as writer:
        quarantined = _result(SubmissionStatus.QUARANTINED, "it is empty")
        writer.write(quarantined, {}, WHEN + timedelta(days=1))
    grades = _grades(course)
    assert (grades["f-test"], grades["g-test"], grades["why"]) == ((1.5, True), (1.0, True), (None, True))
    with _gradebook(course) as gradebook:
        assert gradebook.find_submission("lab", "alice").timestamp == WHEN
    assert _comments(course)["why"] == "Well said."


def test_the_configured_plug_in_takes_points_for_lateness(course: Course) -> None:
    course.application.config.LateSubmissionPlugin.penalty_method = "zero"
    with _gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=WHEN - timedelta(hours=1))
    _write(course, FIRST, SECOND)

    def penalties() -> list[float | None]:
        with _gradebook(course) as gradebook:
            found = gradebook.find_submission("lab", "alice").notebooks
            return [notebook.late_submission_penalty for notebook in sorted(found, key=lambda notebook: notebook.name)]

    assert penalties() == [1.5, 1.0]
    with _gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=WHEN + timedelta(hours=1))
    _write(course, FIRST, SECOND)
    assert penalties() == [None, None]


def test_a_digest_changes_with_scores_and_with_time_and_not_with_what_a_person_gave(course: Course) -> None:
    def digest() -> str:
        with GradebookWriter(course) as writer:
            return writer.digest("lab", "alice")

    assert digest() == ""
    _write(course, FIRST, SECOND)
    seen = [digest()]
    _set_manual_score(course, "why", 2.0)
    assert digest() == seen[0]
    with _gradebook(course) as gradebook:
        gradebook.find_submission("lab", "alice").extension = timedelta(hours=1)
        gradebook.db.commit()
    seen.append(digest())
    with _gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=WHEN - timedelta(hours=1))
    seen.append(digest())
    with _gradebook(course) as gradebook:
        gradebook.find_grade("f-test", "first", "lab", "alice").auto_score = 0.0
        gradebook.db.commit()
    seen.append(digest())
    assert len(set(seen)) == len(seen)


def test_a_plug_in_that_breaks_is_named(make_cell: MakeCell, make_course: MakeCourse) -> None:
    plug_in = (
        "from nbgrader.plugins import BasePlugin\nclass Strict(BasePlugin):\n"
        "    def late_submission_penalty(self, *_): return 1 / 0\nc.AssignLatePenalties.plugin_class = Strict\n"
    )
    course = Course.open(make_course(plug_in, first=[make_cell("assert 1", Role.TEST, "f-test", 2)]))
    record_lab(course, "lab")
    with _gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=WHEN - timedelta(hours=1))
    with pytest.raises(ExpectedError, match="late penalties, Strict, broke: division by zero"):
        _write(course, _notebook("first", _verdict("f-test", 2.0, CellStatus.PASSED)))
    assert _grades(course) == {"f-test": (2.0, False)}


def test_an_unknown_lab_is_named(course: Course) -> None:
    with GradebookWriter(course) as writer:
        writer.require(read_lab(course, "lab"))
        with pytest.raises(ExpectedError, match="does not know the lab 'other'") as caught:
            writer.write(Result("alice", "other", SubmissionStatus.GRADED), {}, None)
        assert caught.value.cure == "Run: nbgrader generate_assignment other"


def test_an_unknown_cell_is_named_and_nothing_is_written(
    course: Course, make_cell: MakeCell, make_course: MakeCourse
) -> None:
    strange = NotebookResult("first", (CellOutcome(verdict=CellVerdict("new", 1.0, 1.0, CellStatus.PASSED)),))
    _write(course, FIRST, SECOND)
    with pytest.raises(ExpectedError, match=r"does not know the cell 'new' of lab/first\.ipynb"):
        _write(course, strange, _notebook("second", _verdict("g-test", 0.0, CellStatus.FAILED)))
    assert _grades(course)["f-test"] == (1.5, False)
    assert _grades(course)["g-test"] == (1.0, False)
    make_course(first=[make_cell("assert 1", Role.TEST, "new", 2)])
    with GradebookWriter(course) as writer, pytest.raises(ExpectedError, match=r"the cell 'new' of lab/first\.ipynb"):
        writer.require(read_lab(course, "lab"))


def test_a_lab_with_submissions_may_not_lose_cells(
    course: Course, make_cell: MakeCell, make_course: MakeCourse
) -> None:
    _write(course, FIRST, SECOND)
    make_course(first=[make_cell("assert 1", Role.TEST, "new", 2)])
    with pytest.raises(ExpectedError, match="which the notebook has no longer"):
        record_lab(course, "lab")


def test_a_locked_gradebook_is_named_and_keeps_its_scores(course: Course) -> None:
    _write(course, FIRST, SECOND)
    path = course.root / "gradebook.db"
    course.directory.db_url = f"sqlite:///{path}?timeout=0.1"
    other = sqlite3.connect(path)
    try:
        with GradebookWriter(course) as writer:
            other.execute("BEGIN IMMEDIATE")
            better = _notebook("first", _verdict("f-test", 2.0, CellStatus.PASSED))
            with pytest.raises(ExpectedError, match="is locked by another program") as caught:
                writer.write(_result(), {"first": better}, WHEN)
            assert "formgrader" in caught.value.cure
            other.rollback()
            writer.write(_result(), {"first": better}, WHEN)
    finally:
        other.close()
    assert _grades(course)["f-test"] == (2.0, False)


def test_a_gradebook_that_may_not_be_written_is_named(course: Course) -> None:
    _write(course, FIRST, SECOND)
    course.directory.db_url = f"sqlite:///file:{course.root}/gradebook.db?mode=ro&uri=true"
    with pytest.raises(ExpectedError, match="may not be written"):
        _write(course, SECOND)
    course.directory.db_url = f"sqlite:///{course.root}/gradebook.db"
    assert _grades(course)["f-test"] == (1.5, False)


def test_a_damaged_gradebook_is_named(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ExpectedError, match="is damaged or not a database") as caught:
        _write(course, FIRST)
    assert "last good copy" in caught.value.cure
    with pytest.raises(ExpectedError, match="gradebook"):
        record_lab(course, "lab")


def test_a_gradebook_in_a_missing_folder_is_named(course: Course) -> None:
    course.directory.db_url = "sqlite:///nowhere/gradebook.db"
    with pytest.raises(ExpectedError, match="cannot be opened"):
        _write(course, FIRST)
