"""Mutants and right answers of the two functions of one line."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import Diagnosis, NotYet
from gradlab.check import lab_00_welcome as check

Function = Callable[..., object]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


@pytest.mark.parametrize("check_of", [check.doubled, check.square_slope])
@pytest.mark.parametrize("answer", [lambda x: 2 * x, lambda x: x + x, lambda x: torch.tensor([x]) * 2.0])
def test_a_right_answer_passes(check_of: Callable[[Function], None], answer: Function, passes: Passes) -> None:
    passes(lambda: check_of(answer))


@pytest.mark.parametrize(
    ("check_of", "answer", "title"),
    [
        (check.doubled, lambda x: x * x, "the square"),
        (check.doubled, lambda x: x + 2, "two is added"),
        (check.doubled, lambda x: x, "as it was"),
        (check.doubled, lambda x: None, "returns nothing"),
        (check.square_slope, lambda x: x, "a factor is lost"),
        (check.square_slope, lambda x: x**2, "not its derivative"),
        (check.square_slope, lambda x: 2, "always the same number"),
        (check.square_slope, lambda x: -2 * x, "sign"),
    ],
)
def test_a_mistake_is_named(
    check_of: Callable[[Function], None], answer: Function, title: str, refused: Refused
) -> None:
    assert title in refused(lambda: check_of(answer)).title


@pytest.mark.parametrize("check_of", [check.doubled, check.square_slope])
def test_garbage_is_refused(check_of: Callable[[Function], None], garbage: Function) -> None:
    with pytest.raises(NotYet):
        check_of(garbage)
