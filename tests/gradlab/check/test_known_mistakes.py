"""Which known mistake explains an answer: the first that fits, unless it gives what is right."""

from collections.abc import Iterator

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known, refuse_known_values

RIGHT = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
LOST = KnownMistake("wrong-coefficient", "growing", 0 * RIGHT, {"second": "1.9", "third": "2.7"})


def test_the_first_mistake_that_fits_is_named_and_those_after_it_are_not_made() -> None:
    def mistakes() -> Iterator[KnownMistake[int]]:
        yield KnownMistake("ascent-sign", "uphill", 1)
        yield KnownMistake("stale-point", "one-step-more", 2)
        pytest.fail("one mistake too many was made")

    with pytest.raises(NotYet) as caught:
        refuse_known(mistakes(), lambda outcome: outcome == 2)
    assert caught.value.diagnosis.misconception == "stale-point"


def test_an_answer_that_no_mistake_explains_is_left_to_the_check() -> None:
    refuse_known([KnownMistake("ascent-sign", "uphill", 1)], lambda outcome: outcome == 2)
    refuse_known_values(RIGHT + 1, RIGHT, [LOST])


def test_what_the_check_saw_is_filled_in() -> None:
    with pytest.raises(NotYet) as caught:
        refuse_known_values(torch.zeros_like(RIGHT), RIGHT, [LOST])
    assert "2.7 times at step 3" in caught.value.diagnosis.seen


def test_a_mistake_that_gives_what_is_right_is_passed_over() -> None:
    same = KnownMistake("ascent-sign", "uphill", RIGHT)
    agree(RIGHT, RIGHT, [same], given="three numbers")
    with pytest.raises(NotYet) as caught:
        agree(-RIGHT, RIGHT, [same], given="three numbers")
    assert "sign" in caught.value.diagnosis.title


def test_numbers_and_tensors_are_compared_alike() -> None:
    agree(2, 2.0, given="one number")
    agree([1, -2, 3], RIGHT, given="three numbers")
    with pytest.raises(NotYet) as caught:
        agree(3, 2.0, [KnownMistake("stale-point", "one-step-more", 3.0)], given="one number")
    assert caught.value.diagnosis.misconception == "stale-point"


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (2 * RIGHT, "one factor"),
        (RIGHT[:2], "another shape"),
        (RIGHT * torch.nan, "NaN"),
        (RIGHT + 1, "the numbers are different"),
        ("text", "another kind"),
    ],
)
def test_what_no_mistake_explains_is_described(answer: object, title: str) -> None:
    with pytest.raises(NotYet) as caught:
        agree(answer, RIGHT, [LOST], given="three numbers")
    assert title in caught.value.diagnosis.title
