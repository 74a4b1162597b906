from autograder.repair.messages import CLAIMED, DELETED, SEVERAL, is_remarkable
from autograder.report.attention import attention
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus

FORGED = CLAIMED.format("'descend-test'")


def test_the_urgent_comes_first_and_the_same_reason_is_told_once() -> None:
    waiting = (CellVerdict("why", None, 4.0, CellStatus.MANUAL),)
    results = [
        Result("amy", "lab", SubmissionStatus.GRADED, waiting),
        Result("ben", "lab", SubmissionStatus.GRADED, waiting, repairs=(FORGED, "A label was lost.")),
        Result("cleo", "lab", SubmissionStatus.GRADED, repairs=(FORGED,)),
        Result("dan", "lab", SubmissionStatus.GRADED, flags=("The process was killed.",), repairs=(FORGED,)),
        Result("eve", "lab", SubmissionStatus.BROKEN, reason="The judge stopped."),
        Result("fay", "lab", SubmissionStatus.QUARANTINED, reason="It is not JSON."),
    ]
    assert [(each.kind, each.students, each.reasons) for each in attention(results, {"why": "Why?"})] == [
        ("unreadable", ("fay",), ("It is not JSON.",)),
        ("broken", ("eve",), ("The judge stopped.",)),
        ("flag", ("dan",), ("The process was killed.", FORGED)),
        ("repair", ("ben", "cleo"), (FORGED,)),
        ("question", ("amy", "ben"), ("Why?",)),
    ]


def test_only_repairs_that_are_more_than_an_accident_are_remarkable() -> None:
    assert all(is_remarkable(sentence.format("'a'")) for sentence in (CLAIMED, SEVERAL, DELETED))
    assert not is_remarkable("The cell 'descend' had lost its nbgrader id; it was recognised.")
    assert not is_remarkable("The cell 'x' had been moved; it was moved back.")
