import pytest

from autograder.report.diagnoses import (
    UNWRITTEN,
    diagnosis_of,
    diagnosis_titles,
    misconception_title,
    shown_status,
)
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.check.diagnosis import NotYet, describe
from gradlab.words import FINDINGS, MISCONCEPTIONS


def failed(message: str = "", misconception: str | None = None, grade_id: str = "one") -> CellVerdict:
    return CellVerdict(grade_id, 0.0, 2.0, CellStatus.FAILED, message, misconception)


def words(key: str) -> str:
    return str(NotYet(describe(key, "returns-nothing")))


def test_every_misconception_is_found_by_its_id_with_the_course_s_own_explanation() -> None:
    for key, text in MISCONCEPTIONS.items():
        found = diagnosis_of(failed(misconception=key))
        assert found is not None
        assert (found.key, found.title.lower(), found.explanation, found.named) == (
            key,
            text.title.lower(),
            text.cause,
            True,
        )


def test_every_finding_without_an_id_is_found_by_its_words() -> None:
    for key, text in FINDINGS.items():
        found = diagnosis_of(failed(words(key)))
        assert found is not None, key
        assert (found.title.lower(), found.explanation, found.named) == (text.title.lower(), text.cause, False)
        assert FINDINGS[found.key] == text


@pytest.mark.parametrize("message", ["", "assert 3 == 4", "Not yet: something that no course says. And more."])
def test_what_nobody_named_is_no_diagnosis(message: str) -> None:
    assert diagnosis_of(failed(message)) is None


def test_only_a_wrong_answer_has_a_diagnosis() -> None:
    kinds = {status: diagnosis_of(CellVerdict("one", 0.0, 2.0, status)) for status in CellStatus}
    assert {status for status, found in kinds.items() if found} == {CellStatus.ERROR, CellStatus.TIMED_OUT}


def test_an_answer_that_nobody_wrote_is_not_seen_as_wrong() -> None:
    assert shown_status(failed(words(UNWRITTEN))) is CellStatus.UNANSWERED
    assert shown_status(failed(words("wrong-shape"))) is CellStatus.FAILED


def test_what_is_told_of_a_submission_stands_once_in_the_order_of_the_notebook() -> None:
    cells = (
        failed(words(UNWRITTEN)),
        failed(words("fresh-starts")),
        failed(misconception="ascent-sign"),
        failed(words("fresh-starts")),
        CellVerdict("loop", 0.0, 2.0, CellStatus.TIMED_OUT),
        failed(words(UNWRITTEN)),
    )
    assert diagnosis_titles(Result("a", "lab", SubmissionStatus.GRADED, cells)) == (
        "Every call begins somewhere else",
        "You walk uphill",
        "timed out: loop",
        "2 exercises not written",
    )
    assert diagnosis_titles(Result("a", "lab", SubmissionStatus.QUARANTINED, cells)) == ()


def test_a_misconception_is_called_what_the_course_calls_it() -> None:
    for identifier, explanation in MISCONCEPTIONS.items():
        assert misconception_title(identifier).lower() == explanation.title.lower()
    assert misconception_title("some-other-slip") == "Some other slip"
