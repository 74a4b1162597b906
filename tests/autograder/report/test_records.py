import json
from dataclasses import replace

from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.course.course import Course
from autograder.report.records import as_class_record, as_record
from autograder.report.summary import summarise
from autograder.verdicts import CellStatus, Level, TestLevel
from tests.autograder.results import GRADED, UNREADABLE


def test_a_record_is_what_was_promised() -> None:
    record = json.loads(json.dumps(as_record(GRADED), allow_nan=False))
    assert {key: value for key, value in record.items() if key != "cells"} == {
        "student": "ben [red]",
        "lab": "lab",
        "score": 2.0,
        "max_score": 13.0,
        "status": "graded",
        "reason": "",
        "seconds": 1.235,
        "sandboxed": True,
        "sandbox": "",
        "gpu": False,
        "repairs": ["A label was lost."],
        "flags": ["The process was killed."],
    }
    assert record["cells"][1] == {
        "id": "two",
        "points": 0.0,
        "max_points": 3.0,
        "status": "failed",
        "message": "Not yet: …",
        "misconception": "missing-zero-grad",
        "level": "wall",
    }
    assert record["cells"][4]["points"] is None
    assert as_record(UNREADABLE)["reason"] == "It is not JSON."


def test_levels_are_told_where_tests_are_not_at_the_wall() -> None:
    cells = (replace(GRADED.cells[0], level=Level.BESIDE), *GRADED.cells[1:])
    beside = TestLevel("one", Level.BESIDE, "it patches a module", "Pass plain data.")
    record = json.loads(json.dumps(as_record(replace(GRADED, cells=cells, levels=(beside,)))))
    listed = [{"id": "one", "level": "beside", "reason": "it patches a module", "cure": "Pass plain data."}]
    assert record["levels"] == listed
    assert [cell["level"] for cell in record["cells"]] == ["beside", "wall", "wall", "wall", "wall"]
    lost = replace(cells[3], points=None, status=CellStatus.EXCLUDED)
    summary = summarise("lab", [replace(GRADED, cells=(*cells[:3], lost, cells[4]), levels=(beside,))])
    report = json.loads(json.dumps(as_class_record(summary)))
    assert (report["beside_points"], report["excluded_points"], report["levels"]) == (2.0, 1.0, listed)
    assert [exercise["excluded"] for exercise in report["exercises"]] == [0, 0, 0, 1, 0]
    assert report["max_score"] == 12.0


def test_the_command_prints_the_record_and_writes_no_page(course: Course) -> None:
    done = CliRunner().invoke(application, ["report", "--course", str(course.root), "--format", "json", "--quiet"])
    assert done.exit_code == 0, done.output
    (record,) = json.loads(done.stdout)
    assert (record["lab"], record["submissions"], record["graded"]) == ("lab", 3, 2)
    assert [each["id"] for each in record["exercises"]] == ["double-test", "why"]
    assert record["exercises"][0]["facility"] == 0.5
    assert record["mistakes"][0]["id"] == "missing-zero-grad"
    assert record["time"]["timed_out"] == {}
    assert not (course.root / "report").exists()
