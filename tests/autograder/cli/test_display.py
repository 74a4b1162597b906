import io
import json

from rich.console import Console

from autograder.cli.display import attention, diagnoses, results_table, score
from autograder.report.records import as_record
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus

GRADED = Result(
    "ben [red]",
    "lab",
    SubmissionStatus.GRADED,
    (
        CellVerdict("one", 2.0, 2.0, CellStatus.PASSED),
        CellVerdict("two", 0.0, 3.0, CellStatus.FAILED, "Not yet: …", "missing-zero-grad"),
        CellVerdict("three", 0.0, 3.0, CellStatus.FAILED, "Not yet: …", "missing-zero-grad"),
        CellVerdict("four", 0.0, 1.0, CellStatus.TIMED_OUT),
        CellVerdict("why", None, 4.0, CellStatus.MANUAL),
    ),
    repairs=("A label was lost.",),
    flags=("The process was killed.",),
    seconds=1.23456,
)
UNREADABLE = Result("zoe", "lab", SubmissionStatus.QUARANTINED, reason="It is not JSON.", sandboxed=False)


def test_a_row_tells_what_a_person_wants_to_know() -> None:
    assert score(GRADED) == "2 / 13"
    assert diagnoses(GRADED) == "Gradients pile up, timed out: four"
    assert attention(GRADED) == "The process was killed. 1 open question"
    assert score(UNREADABLE) == "–"
    assert attention(UNREADABLE) == "It is not JSON."


def test_the_table_shows_names_as_they_are() -> None:
    stream = io.StringIO()
    Console(file=stream, width=160).print(results_table([GRADED, UNREADABLE]))
    assert "ben [red]" in stream.getvalue()
    assert "could not be read" in stream.getvalue()
    assert "Lab" not in stream.getvalue()


def test_the_lab_is_a_column_where_there_are_several() -> None:
    stream = io.StringIO()
    other = Result("amy", "other", SubmissionStatus.GRADED)
    Console(file=stream, width=160).print(results_table([GRADED, other]))
    assert "Lab" in stream.getvalue()
    assert "other" in stream.getvalue()


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
