import pytest

from autograder.report.wording import (
    CELL_MARKS,
    CELL_TONES,
    CELL_WORDS,
    SUBMISSION_WORDS,
    count,
    lead,
    number,
    sections,
)
from autograder.report.wording import misconception_title as title
from autograder.verdicts import CellStatus, SubmissionStatus
from gradlab.check.diagnosis import Diagnosis, NotYet
from gradlab.words import MISCONCEPTIONS


def test_there_is_a_word_for_everything() -> None:
    for table in (CELL_WORDS, CELL_MARKS, CELL_TONES):
        assert set(table) == set(CellStatus)
    assert set(SUBMISSION_WORDS) == set(SubmissionStatus)
    assert len(set(CELL_WORDS.values())) == len(CellStatus)


@pytest.mark.parametrize(("points", "text"), [(3.0, "3"), (2.5, "2.5"), (1 / 3, "0.33"), (0.0, "0"), (10.0, "10")])
def test_points_are_written_as_people_write_them(points: float, text: str) -> None:
    assert number(points) == text


def test_amounts_agree_with_their_nouns() -> None:
    assert (count(1, "student"), count(3, "student"), count(2, "class", "classes")) == (
        "1 student",
        "3 students",
        "2 classes",
    )


def test_a_misconception_is_called_what_the_course_calls_it() -> None:
    for identifier, explanation in MISCONCEPTIONS.items():
        assert title(identifier).lower() == explanation.title.lower()
    assert title("some-other-slip") == "Some other slip"


def test_the_lead_of_a_real_diagnosis_is_its_first_sentence() -> None:
    error = NotYet(Diagnosis("missing-zero-grad", "gradients pile up", "Seen 1.9.", "A cause.", "Look."))
    assert lead(str(error)) == ("Not yet: gradients pile up.", "Seen 1.9. A cause. Look. *(missing-zero-grad)*")
    assert lead("Something else. More.") == ("", "Something else. More.")


def test_a_diagnosis_falls_into_what_was_seen_why_and_where_to_look() -> None:
    known = MISCONCEPTIONS["missing-zero-grad"]
    assert sections(f"Seen 1.9. {known.cause} {known.look}") == (
        ("What the check saw", "Seen 1.9."),
        ("Likely cause", known.cause),
        ("Look next", known.look),
    )
    assert sections("The answer took too long.") == (("", "The answer took too long."),)
