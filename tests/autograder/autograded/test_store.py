"""Graded notebooks on disk, read by us and by nbgrader."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade, is_grade

from autograder.autograded.store import read_results, write
from autograder.cells import Cell, Lab, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.submissions import read_submission
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.verdicts import (
    CellOutcome,
    CellStatus,
    CellVerdict,
    Level,
    NotebookResult,
    Result,
    SubmissionStatus,
    TestLevel,
)

MakeCell = Callable[..., NotebookNode]
MakeCourse = Callable[..., Path]
Nbgrader = Callable[..., str]

TEST = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(21) == 42\n### END HIDDEN TESTS"


@pytest.fixture
def course(make_cell: MakeCell, make_course: MakeCourse) -> Course:
    """A course with one notebook: prose, a solution, a test, an answer."""
    return Course.open(
        make_course(
            main=[
                make_cell("# Prose <b style='color:red'>in red</b>", kind="markdown"),
                make_cell("f = 1", Role.SOLUTION, "f"),
                make_cell(TEST, Role.TEST, "f-test", 2),
                make_cell("Because", Role.ANSWER, "why", 3, "markdown"),
            ]
        )
    )


def _graded(
    lab: Lab, verdict: CellVerdict, *own: Cell, outputs: tuple[dict[str, Any], ...] = ()
) -> tuple[dict[str, SubmittedNotebook], dict[str, NotebookResult], Result]:
    prose, solution, test, why = lab.notebooks[0].released
    submitted = SubmittedNotebook("main", (prose, replace(solution, source="f = 5"), test, why, *own))
    manual = CellVerdict("why", 0.0, 3.0, CellStatus.UNANSWERED)
    outcomes = (
        CellOutcome(), CellOutcome(outputs, 1), CellOutcome(({"output_type": "stream", "text": "f(21)"},), 2, verdict),
        CellOutcome(verdict=manual), *(CellOutcome(outputs, 3) for _ in own),
    )  # fmt: skip
    notebook = NotebookResult("main", outcomes, ("look here",))
    result = Result(
        "alice", "lab", SubmissionStatus.GRADED, notebook.verdicts, repairs=("mended",), flags=("look here",),
        seconds=1.25, sandboxed=False,
    )  # fmt: skip
    return {"main": submitted}, {"main": notebook}, result


PASSED = CellVerdict("f-test", 2.0, 2.0, CellStatus.PASSED)
FAILED = CellVerdict("f-test", 0.0, 2.0, CellStatus.FAILED, "Not yet: f(21)\nis not 42", "ascent-sign")


def _read(folder: Path) -> NotebookNode:
    return nbformat.read(folder / "main.ipynb", as_version=4)


@pytest.mark.parametrize(
    "verdict",
    [
        PASSED,
        FAILED,
        CellVerdict("f-test", 0.0, 2.0, CellStatus.FAILED),
        CellVerdict("f-test", 0.0, 2.0, CellStatus.ERROR, "ZeroDivisionError"),
        CellVerdict("f-test", 0.0, 2.0, CellStatus.TIMED_OUT, "no end"),
        CellVerdict("f-test", 1 / 3, 2.0, CellStatus.PARTIAL, "some of it"),
        CellVerdict("f-test", 2.0, 2.0, CellStatus.PASSED, level=Level.BESIDE),
    ],
)
def test_nbgrader_finds_our_points(course: Course, verdict: CellVerdict) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, verdict)
    node = _read(write(course, lab, result, submitted, notebooks))
    nbformat.validate(node)
    assert [determine_grade(cell) for cell in node.cells if is_grade(cell)] == [(verdict.points, 2.0), (0, 3.0)]
    shown = json.dumps(node)
    assert verdict.message in "\n".join(node.cells[2].metadata.gradlab.message.split("\n"))
    assert "HIDDEN" not in shown
    assert "assert f(21)" not in shown


def test_results_are_read_back(course: Course) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, FAILED)
    assert read_results(course, "lab") == []
    write(course, lab, result, submitted, notebooks)
    assert read_results(course, "lab") == [result]


def test_the_level_of_a_verdict_is_read_back_and_no_reason_is_written(course: Course) -> None:
    lab = read_lab(course, "lab")
    why = TestLevel("f-test", Level.BESIDE, "it asks for f(21)", "Pass plain data.")
    submitted, notebooks, result = _graded(lab, replace(FAILED, level=Level.BESIDE, message="no"))
    folder = write(course, lab, replace(result, levels=(why,)), submitted, notebooks)
    assert _read(folder).cells[2].metadata.gradlab.level == "beside"
    assert read_results(course, "lab") == [result]
    assert "f(21)" not in (folder / "main.ipynb").read_text()


def test_a_notebook_that_was_graded_before_there_were_levels_is_read(course: Course) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, FAILED)
    path = write(course, lab, result, submitted, notebooks) / "main.ipynb"
    node = json.loads(path.read_text())
    for cell in node["cells"]:
        cell["metadata"].get("gradlab", {}).pop("level", None)
    path.write_text(json.dumps(node))
    assert read_results(course, "lab") == [result]


def test_an_earlier_folder_is_replaced_as_a_whole(course: Course) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, FAILED)
    folder = write(course, lab, result, submitted, notebooks)
    (folder / "stale.txt").write_text("x")
    submitted, notebooks, result = _graded(lab, PASSED)
    assert write(course, lab, result, submitted, notebooks) == folder
    assert [path.name for path in folder.iterdir()] == ["main.ipynb"]
    assert [path.name for path in folder.parent.iterdir()] == ["lab"]
    assert read_results(course, "lab") == [result]


def test_a_folder_that_cannot_be_written_leaves_the_earlier_one(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, FAILED)
    folder = write(course, lab, result, submitted, notebooks)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ExpectedError, match="No space left on device"):
        write(course, lab, result, *_graded(lab, PASSED)[:2])
    assert [path.name for path in folder.parent.iterdir()] == ["lab"]
    assert read_results(course, "lab") == [result]


@pytest.mark.parametrize("status", [SubmissionStatus.QUARANTINED, SubmissionStatus.BROKEN])
def test_what_was_not_graded_says_why(course: Course, status: SubmissionStatus) -> None:
    result = Result("alice", "lab", status, reason="main.ipynb: <script>alert(1)</script> is empty.")
    node = _read(write(course, read_lab(course, "lab"), result, {}, {}))
    nbformat.validate(node)
    assert node.cells[0].source.startswith("**Not graded.** main.ipynb: < script>")
    (read,) = read_results(course, "lab")
    assert (read.status, read.reason, read.score, read.max_score) == (status, result.reason, 0.0, 5.0)


def test_a_missing_notebook_is_said_to_be_missing(course: Course) -> None:
    missing = (replace(FAILED, message="it was not handed in"), CellVerdict("why", 0.0, 3.0, CellStatus.FAILED))
    result = Result("alice", "lab", SubmissionStatus.GRADED, missing)
    node = _read(write(course, read_lab(course, "lab"), result, {}, {}))
    assert node.cells[0].source == "**Not graded.** main.ipynb was not handed in."
    assert read_results(course, "lab") == [result]


def test_nothing_of_the_students_runs_in_a_browser(course: Course) -> None:
    lab = read_lab(course, "lab")
    evil = "<script>alert('evil')</script>"
    outputs = ({"output_type": "display_data", "data": {"text/html": evil, "text/plain": "x"}, "metadata": {}},)
    own = [Cell(kind, Role.FREE, evil, cell_id="twice") for kind in ("markdown", "raw", "code")]
    submitted, notebooks, result = _graded(lab, PASSED, *own, outputs=outputs)
    node = _read(write(course, lab, result, submitted, notebooks))
    nbformat.validate(node)
    assert "style='color:red'" in node.cells[0].source
    assert [cell.source == evil for cell in node.cells[4:]] == [False, False, True]
    assert node.cells[1].outputs == [{"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}]


def test_data_files_are_copied_and_none_is_a_page(course: Course) -> None:
    (course.root / "source" / "lab" / "data.csv").write_text("true")
    folder = course.root / "submitted" / "alice" / "lab"
    folder.mkdir(parents=True)
    for name in ("data.csv", "notes.txt", "page.html", "drawing.SVG", "timestamp.txt"):
        (folder / name).write_text("the student's")
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, PASSED)
    written = write(course, lab, result, submitted, notebooks)
    assert {path.name for path in written.iterdir()} == {
        *("data.csv", "notes.txt", "timestamp.txt", "main.ipynb"),
        *("page_html.bin", "drawing_SVG.bin"),
    }
    assert (written / "data.csv").read_text() == "true"
    assert (written / "page_html.bin").read_text() == "the student's"


@pytest.mark.parametrize("content", ["{", "[]", '{"metadata": {"gradlab": {}}, "cells": [{}]}'])
def test_a_damaged_file_is_named(course: Course, content: str) -> None:
    lab = read_lab(course, "lab")
    submitted, notebooks, result = _graded(lab, PASSED)
    (write(course, lab, result, submitted, notebooks) / "main.ipynb").write_text(content)
    (read,) = read_results(course, "lab")
    assert read.status is SubmissionStatus.BROKEN
    assert "main.ipynb: it has been damaged" in read.reason
    assert read.reason.endswith("Grade it again: autograder grade lab --student alice")


def test_nbgrader_goes_on_from_what_we_write(quickstart: Path, run_nbgrader: Nbgrader) -> None:
    run_nbgrader(quickstart, "generate_assignment", "ps1")
    course = Course.open(quickstart)
    lab = read_lab(course, "ps1")
    with GradebookWriter(course) as writer:
        writer.require(lab)
        for student in course.students("ps1"):
            submission = read_submission(course.submission_folder(student, "ps1"), lab)
            submitted = {notebook.name: notebook for notebook in submission.notebooks}
            notebooks = {name: _marked(notebook) for name, notebook in submitted.items()}
            verdicts = tuple(verdict for notebook in notebooks.values() for verdict in notebook.verdicts)
            result = Result(student, "ps1", SubmissionStatus.GRADED, verdicts, repairs=submission.all_repairs)
            writer.write(result, notebooks, course.submitted_at(student, "ps1"), submitted)
            write(course, lab, result, submitted, notebooks)
    _assert_checksums_are_nbgraders(course)
    run_nbgrader(quickstart, "generate_feedback", "ps1")
    page = (quickstart / "feedback" / "hacker" / "ps1" / "problem1.html").read_text()
    assert "Not yet: squares" in page
    run_nbgrader(quickstart, "export", "--to", "grades.csv")
    with (quickstart / "grades.csv").open() as file:
        rows = {row["student_id"]: (row["score"], row["max_score"], row["timestamp"]) for row in csv.DictReader(file)}
    assert rows == {
        "bitdiddle": ("2.0", "13.0", "2015-02-02 22:58:23.948203"),
        "hacker": ("2.0", "13.0", "2015-02-01 17:28:58.749302"),
    }
    with Gradebook(course.gradebook_url, course.course_id) as gradebook:
        shown = {row["student"]: row for row in gradebook.submission_dicts("ps1")}
        assert shown["hacker"]["needs_manual_grade"]
        assert gradebook.find_submission_notebook("problem1", "ps1", "hacker").score == 2.0


def _marked(notebook: SubmittedNotebook) -> NotebookResult:
    """Every test passed but the first, nothing else decided: as an executor might report it."""
    outcomes = []
    for cell in notebook.cells:
        verdict = None
        if cell.grade_id == "correct_squares":
            verdict = CellVerdict(cell.grade_id, 0.0, cell.points, CellStatus.FAILED, "Not yet: squares")
        elif cell.role is Role.TEST and cell.grade_id:
            verdict = CellVerdict(cell.grade_id, cell.points, cell.points, CellStatus.PASSED)
        elif cell.graded and cell.grade_id:
            unanswered = cell.grade_id in notebook.unanswered and cell.role is Role.ANSWER
            status = CellStatus.UNANSWERED if unanswered else CellStatus.MANUAL
            verdict = CellVerdict(cell.grade_id, 0.0 if unanswered else None, cell.points, status)
        outcomes.append(CellOutcome(verdict=verdict))
    return NotebookResult(notebook.name, tuple(outcomes))


def _assert_checksums_are_nbgraders(course: Course) -> None:
    with Gradebook(course.gradebook_url, course.course_id) as gradebook:
        for name in ("problem1", "problem2"):
            path = course.root / "autograded" / "hacker" / "ps1" / f"{name}.ipynb"
            found = {
                cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.checksum
                for cell in nbformat.read(path, as_version=4).cells
                if "nbgrader" in cell.metadata
            }
            cells = gradebook.find_notebook(name, "ps1").source_cells
            assert found == {cell.name: cell.checksum for cell in cells}
