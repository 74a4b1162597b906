import json

from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.course.course import Course
from autograder.report.records import as_record
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
    }
    assert record["cells"][4]["points"] is None
    assert as_record(UNREADABLE)["reason"] == "It is not JSON."


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
