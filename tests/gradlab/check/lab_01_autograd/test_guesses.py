"""Guesses about tensors: what a wrong one is called."""

import torch

from gradlab.check import lab_01_autograd as check
from tests.gradlab.check.cases import Passes, Refused, case, refuse_garbage

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
    passes(check.specimen_guesses, lambda: RIGHT, SPECIMENS)


def test_a_wrong_guess_is_named(refused: Refused) -> None:
    for wrong, name, title in [
        ({"A": "leaf"}, None, "nobody asked"),
        ({"B": "leaf"}, "not-a-leaf", ""),
        ({"C": "result"}, None, "moment of the marking"),
        ({"D": "result"}, "forward-untracked", ""),
        ({"E": "unwatched"}, None, "one watched input"),
        ({"B": "watched"}, None, "none of the three words"),
    ]:
        with case(wrong, name, title):
            diagnosis = refused(check.specimen_guesses, lambda wrong=wrong: RIGHT | wrong, SPECIMENS)

            assert diagnosis.misconception == name
            assert title in diagnosis.title


def test_the_wrong_letter_is_not_given_away(refused: Refused) -> None:
    diagnosis = refused(check.specimen_guesses, lambda: RIGHT | {"B": "leaf"}, SPECIMENS)

    assert "1 of the 5" in diagnosis.seen
    assert "B" not in diagnosis.seen


def test_strange_dictionaries_are_refused(refused: Refused) -> None:
    for strange in [{}, {"A": 1}, RIGHT | {"B": ["leaf"]}, RIGHT | {"B": None}]:
        with case(strange):
            refused(check.specimen_guesses, lambda strange=strange: strange, SPECIMENS)


def test_garbage_is_refused(refused: Refused) -> None:
    refuse_garbage(refused, check.specimen_guesses, SPECIMENS)
