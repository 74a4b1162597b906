"""The check of the slope of a program with a loop and two branches, along the way that it runs (branches)."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.values import plain_number

_ROUNDS_IN_NOTEBOOK = 2


@announced
def run_slope(function: Function) -> None:
    """Check a function ``slope_of_run(x)``: the slope of 3ⁿ x, squared and over 10, or 100 over it, as it runs.

    Args:
        function: the student's: a positive number → a number.
    """
    require_callable(function)
    for rounds in (1, 2, 3, 0):
        # In the branch above 20 each mistake shows by itself: y/5 at x is the slope without the rounds.
        for least in (21, 11):
            y = least + 7 * float(torch.rand(()))
            x = y / 3**rounds
            with without(AUTOGRAD):
                found = plain_number(call_plain(function, x))
            agree(found, 3**rounds * _outer(y), _mistakes(x, y, rounds), given=f"x = {x:.3g}", kind="number")


def _outer(y: float, *, other: bool = False) -> float:
    """The derivative of the branch that runs for this y, or of the other one."""
    return -100 / y**2 if (y > 20) != other else y / 5


def _mistakes(x: float, y: float, rounds: int) -> Iterator[KnownMistake[float]]:
    inner = 3**rounds
    yield KnownMistake("other-branch", "other-branch", inner * _outer(y, other=True))
    yield KnownMistake("other-branch", "both-branches", inner * (_outer(y) + _outer(y, other=True)))
    yield KnownMistake("missing-inner-derivative", "rounds-forgotten", _outer(y))
    yield KnownMistake("outer-not-at-inner", "outer-at-start", inner * (x / 5))
    yield KnownMistake("outer-not-at-inner", "outer-at-start", inner * (-100 / x**2))
    yield KnownMistake("rounds-counted", "rounds-fixed", 3**_ROUNDS_IN_NOTEBOOK * _outer(y))
    yield KnownMistake("rounds-counted", "rounds-one-more", 3 * inner * _outer(y))
    yield KnownMistake("rounds-counted", "rounds-one-less", inner / 3 * _outer(y))
    yield KnownMistake("rounds-counted", "rounds-added", 3 * rounds * _outer(y))
    yield KnownMistake("value-as-slope", "value-as-slope", 100 / y if y > 20 else y**2 / 10)
