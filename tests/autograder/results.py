"""Two results that tests of the command line and of the report share."""

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
