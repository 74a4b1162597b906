"""Mutants and right answers of the two functions of one line."""

from collections.abc import Callable

import torch

from gradlab.check import lab_00_welcome as check
from tests.gradlab.check.cases import Passes, Refused, case, refuse_garbage

Function = Callable[..., object]


def test_a_right_answer_passes(passes: Passes) -> None:
    for check_of in [check.doubled, check.square_slope]:
        for answer in [lambda x: 2 * x, lambda x: x + x, lambda x: torch.tensor([x]) * 2.0]:
            passes(check_of, answer)


def test_a_mistake_is_named(refused: Refused) -> None:
    for check_of, answer, title in [
        (check.doubled, lambda x: x * x, "the square"),
        (check.doubled, lambda x: x + 2, "two is added"),
        (check.doubled, lambda x: x, "as it was"),
        (check.doubled, lambda x: None, "returns nothing"),
        (check.square_slope, lambda x: x, "a factor is lost"),
        (check.square_slope, lambda x: x**2, "not its derivative"),
        (check.square_slope, lambda x: 2, "always the same number"),
        (check.square_slope, lambda x: -2 * x, "sign"),
    ]:
        with case(check_of, answer, title):
            assert title in refused(check_of, answer).title


def test_garbage_is_refused(refused: Refused) -> None:
    for check_of in [check.doubled, check.square_slope]:
        refuse_garbage(refused, check_of)
