"""Guesses about tensors: what a wrong one is called."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import Diagnosis, NotYet
from gradlab.check import lab_01_autograd as check

Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]

WATCHED = torch.ones(2, requires_grad=True)
SPECIMENS = {
    "A": torch.ones(2),
    "B": WATCHED * 10,
    "C": (torch.ones(2) * 10).requires_grad_(),
    "D": WATCHED.detach(),
    "E": torch.ones(2) + WATCHED,
}
RIGHT = {"A": "unwatched", "B": "result", "C": "leaf", "D": "unwatched", "E": "result"}


def test_right_guesses_pass(passes: Passes) -> None:
    passes(lambda: check.specimen_guesses(lambda: RIGHT, SPECIMENS))


@pytest.mark.parametrize(
    ("wrong", "name", "title"),
    [
        ({"A": "leaf"}, None, "nobody asked"),
        ({"B": "leaf"}, "not-a-leaf", ""),
        ({"C": "result"}, None, "moment of the marking"),
        ({"D": "result"}, "forward-untracked", ""),
        ({"E": "unwatched"}, None, "one watched input"),
        ({"B": "watched"}, None, "none of the three words"),
    ],
)
def test_a_wrong_guess_is_named(wrong: dict[str, str], name: str | None, title: str, refused: Refused) -> None:
    diagnosis = refused(lambda: check.specimen_guesses(lambda: RIGHT | wrong, SPECIMENS))

    assert diagnosis.misconception == name
    assert title in diagnosis.title


def test_the_wrong_letter_is_not_given_away(refused: Refused) -> None:
    diagnosis = refused(lambda: check.specimen_guesses(lambda: RIGHT | {"B": "leaf"}, SPECIMENS))

    assert "1 of the 5" in diagnosis.seen
    assert "B" not in diagnosis.seen


@pytest.mark.parametrize("strange", [{}, {"A": 1}, RIGHT | {"B": ["leaf"]}, RIGHT | {"B": None}])
def test_strange_dictionaries_are_refused(strange: dict[str, object], refused: Refused) -> None:
    refused(lambda: check.specimen_guesses(lambda: strange, SPECIMENS))


def test_garbage_is_refused(garbage: Callable[..., object]) -> None:
    with pytest.raises(NotYet):
        check.specimen_guesses(garbage, SPECIMENS)
