import json

from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.course.course import Course


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
