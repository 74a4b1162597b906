"""A class whose lab has a test beside student code, or one that can be run for nobody, from grading to export.

The executor is a stand-in that says at which level the lab's test runs; everything else is real.
"""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner, Result

from autograder.cells import LabNotebook, Role
from autograder.cli.application import application
from autograder.course.course import Course
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.unfit_tests import EXCLUDED_MESSAGE, excluded_verdict
from autograder.judging.case import Case
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, Level, NotebookResult, TestLevel

SECRET = "assert double(3) == 6"
BESIDE = TestLevel("double-test", Level.BESIDE, f"it patches a module at {SECRET}", "Pass plain data.")
UNFIT = TestLevel("double-test", Level.NONE, f"NameError at {SECRET}", "Mend the test.")
NOTE = f"lab: 1 test can be run for nobody; 3 of 3 points are left out for all:\n  'double-test': {UNFIT.reason}. Mend"


def run(course: Path, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(application, [*arguments, "--course", str(course)], env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done


def stand_in(monkeypatch: pytest.MonkeyPatch, level: TestLevel) -> None:
    def judge(_: LocalExecutor, notebook: LabNotebook, __: Mapping[str, bytes], case: Case) -> NotebookResult:
        outcomes = []
        for cell in case.submitted.cells:
            verdict = None
            if cell.role is Role.TEST and level.level is Level.NONE:
                verdict = excluded_verdict(cell)
            elif cell.role is Role.TEST:
                verdict = CellVerdict(cell.grade_id or "", 3.0, 3.0, CellStatus.PASSED, level=level.level)
            outcomes.append(CellOutcome(verdict=verdict))
        return NotebookResult(notebook.name, tuple(outcomes), levels=(level,))

    monkeypatch.setattr(LocalExecutor, "judge", judge)
    monkeypatch.setattr("autograder.cli.grade._prestarted", lambda *_, **__: nullcontext())


@pytest.fixture
def unfit(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose one test can be run for nobody."""
    stand_in(monkeypatch, UNFIT)
    return course


def test_a_class_with_a_test_that_can_be_run_for_nobody_is_graded_and_told_once(unfit: Path) -> None:
    done = run(unfit, "grade", "lab", "--quiet")
    assert done.stderr.count(NOTE) == 1
    header, *rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert header == "Student Score Status Diagnoses For a person"
    assert rows == ["amy 0 / 0 graded", "ben 0 / 0 graded", "cleo 0 / 0 graded"]
    # Nothing runs a second time, and it is told again.
    done = run(unfit, "grade", "lab", "--quiet", "--format", "json")
    assert done.stderr.count(NOTE) == 1
    records = json.loads(done.stdout)
    assert [record["status"] for record in records] == ["graded"] * 3
    listed = {"id": "double-test", "level": "none", "reason": UNFIT.reason, "cure": UNFIT.cure}
    for record in records:
        (cell,) = record["cells"]
        assert (cell["status"], cell["points"], cell["level"]) == ("excluded", None, "none")
        assert record["levels"] == [listed]


def test_no_student_reads_a_reason_and_the_report_tells_it_once(unfit: Path) -> None:
    run(unfit, "grade", "lab", "--quiet")
    run(unfit, "feedback", "lab", "--quiet")
    pages = [path.read_text(encoding="utf-8") for path in unfit.glob("feedback/*/lab/lab.html")]
    assert len(pages) == 3
    for page in pages:
        assert EXCLUDED_MESSAGE in page
        assert "double(3)" not in page
        assert "graded again" not in page
    for path in unfit.glob("autograded/**/*.ipynb"):
        assert "double(3)" not in path.read_text(encoding="utf-8")
    run(unfit, "report", "--quiet")
    page = (unfit / "report" / "lab.html").read_text(encoding="utf-8")
    assert page.count("1 test can be run for nobody.") == 1
    assert "NameError at assert double(3) == 6. Mend the test." in page
    assert "Nothing: every submission was graded, and no question waits." in page


def test_points_that_a_person_gives_count_and_until_then_no_score_is_final(unfit: Path) -> None:
    run(unfit, "grade", "lab", "--quiet")
    done = run(unfit, "export", "--to", "csv", "--quiet")
    assert "3 submissions with 3 cells for a person to grade" in done.stderr
    with Gradebook(Course.open(unfit).gradebook_url) as gradebook:
        grade = gradebook.find_grade("double-test", "lab", "lab", "amy")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    exported = json.loads(run(unfit, "export", "--to", "csv", "--quiet", "--format", "json").stdout)
    student, score = (exported["columns"].index(name) for name in ("student_id", "score"))
    assert {row[student]: row[score] for row in exported["rows"]} == {"amy": "2", "ben": "", "cleo": ""}
    (report,) = json.loads(run(unfit, "report", "--quiet", "--format", "json").stdout)
    assert (report["exercises"][0]["facility"], report["excluded_points"]) == (2 / 3, 3.0)
    run(unfit, "feedback", "lab", "--quiet")
    page = (unfit / "feedback" / "amy" / "lab" / "lab.html").read_text(encoding="utf-8")
    assert "2 <small>of 3 points</small>" in page
    assert EXCLUDED_MESSAGE not in page


def test_a_mended_test_is_graded(unfit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(unfit, "grade", "lab", "--quiet")
    stand_in(monkeypatch, BESIDE)
    done = run(unfit, "grade", "lab", "--quiet", "--fresh")
    assert done.stderr.strip() == "lab: 1 of 1 test runs beside student code (autograder levels lab says why)"
    assert all(" ".join(line.split()).endswith("3 / 3 graded") for line in done.stdout.splitlines()[1:])
    run(unfit, "report", "--quiet")
    page = (unfit / "report" / "lab.html").read_text(encoding="utf-8")
    assert "<strong>3 of 3 points</strong> rest on a test that ran beside student code" in page
    assert "It patches a module" in page
    assert "can be run for nobody" not in page


def test_the_level_of_a_run_is_in_its_keys(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, BESIDE)
    run(course, "grade", "lab", "--quiet")
    stand_in(monkeypatch, UNFIT)
    assert "beside student code" in run(course, "grade", "lab", "--quiet").stderr
    assert NOTE in run(course, "grade", "lab", "--quiet", "--level", "wall").stderr
    assert "'--level'" in run(course, "grade", "lab", "--level", "none", code=2).stderr
