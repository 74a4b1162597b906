"""The check of the slope of a program with a loop and two branches, along the way that it runs (branches)."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known_values
from gradlab.check.values import plain_number

_ROUNDS_IN_NOTEBOOK = 2
_LIMITS = [(0, 10.0), (0, 20.0)]
"""Where the program decides: no round for 10, and the square for 20."""


@announced
def run_slope(function: Function) -> None:
    """Check a function ``slope_of_run(x)``: the slope of 3ⁿ x, squared and over 10, or 100 over it, as it runs.

    Args:
        function: the student's: a positive number → a number.
    """
    require_callable(function)
    # In the branch above 20 each mistake shows by itself: y/5 at x is the slope without the rounds.
    runs = [(rounds, least + 7 * float(torch.rand(()))) for rounds in (1, 2, 3, 0, 6) for least in (21, 11)]
    runs += _LIMITS
    found = []
    for rounds, y in runs:
        with without(AUTOGRAD):
            found.append(plain_number(call_plain(function, y / 3**rounds)))
    _refuse_fewer_rounds(found, runs)
    for number, (rounds, y) in zip(found, runs, strict=True):
        x = y / 3**rounds
        agree(number, 3**rounds * _outer(y), _mistakes(x, y, rounds), given=f"x = {x:.3g}", kind="number")


def _refuse_fewer_rounds(found: list[float], runs: list[tuple[int, float]]) -> None:
    """Refuse a loop that ends too early. For a single x, its slope is also that of other mistakes."""
    wanted = torch.tensor([3**rounds * _outer(y) for rounds, y in runs], dtype=torch.float64)
    answers = torch.tensor(found, dtype=torch.float64)
    fewer = []
    for most in range(1, 6):
        left_out = [max(rounds - most, 0) for rounds, _ in runs]
        slopes = [3 ** (rounds - less) * _outer(y / 3**less) for (rounds, y), less in zip(runs, left_out, strict=True)]
        outcome = torch.tensor(slopes, dtype=torch.float64)
        fewer.append(KnownMistake("rounds-counted", "rounds-at-most", outcome, {"count": most}))
    always = torch.tensor([9 * _outer(9 * y / 3**rounds) for rounds, y in runs], dtype=torch.float64)
    refuse_known_values(answers, wanted, [*fewer, KnownMistake("rounds-counted", "rounds-fixed", always)])


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
    yield KnownMistake("rounds-counted", "rounds-one-more", 3 * inner * _outer(3 * y))
    yield KnownMistake("rounds-counted", "rounds-one-less", inner / 3 * _outer(y))
    yield KnownMistake("rounds-counted", "rounds-added", 3 * rounds * _outer(y))
    yield KnownMistake("value-as-slope", "value-as-slope", 100 / y if y > 20 else y**2 / 10)
