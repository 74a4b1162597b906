"""The check of gradient descent with an engine of one's own (descend)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.forbidden import AUTOGRAD, OPTIMISERS, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_08_engine.draws import Tensor, random_sizes, randoms
from gradlab.check.lab_08_engine.nodes import NOT_WRAPPED, bowl
from gradlab.check.values import numbers, require_finite, require_shape

_WRITTEN_IN = (0.5, 0.1, 0.01)
"""Learning rates that are likely to stand in the code in place of the one that is given."""
_FLOOR = -1000.0
"""The least loss. It is negative, so that nobody takes a small loss for the end."""


@dataclass(frozen=True)
class _Descent:
    """A descent on `bowl`, and what may be different in it.

    Attributes:
        start: the parameters to begin with.
        centres: where the loss is least.
        steepness: how strongly it rises.
        lr: the learning rate.
        steps: how many steps.
        accumulates: whether the gradients of all rounds add up.
        frozen: whether the first gradient is used in every round.
        resting: the numbers of the parameters that never move.
    """

    start: Sequence[Tensor]
    centres: Sequence[Tensor]
    steepness: float
    lr: float
    steps: int
    accumulates: bool = False
    frozen: bool = False
    resting: tuple[int, ...] = ()

    def end(self) -> Tensor:
        """All numbers after the last step, in one vector."""
        first, centre = (torch.cat([each.reshape(-1) for each in part]) for part in (self.start, self.centres))
        place, total = first, torch.zeros_like(first)
        moves = torch.cat(
            [torch.full((each.numel(),), number not in self.resting) for number, each in enumerate(self.start)]
        )
        for _ in range(self.steps):
            away = (first if self.frozen else place) - centre
            slope = self.steepness * (away + away.mean())
            total = total + slope if self.accumulates else slope
            place = torch.where(moves, place - self.lr * total, place)
        return place


@announced
def engine_descent(function: Function, *, steps: int = 4) -> None:
    """Check a function ``descend(loss_of, start, lr, steps)`` that trains with the student's own engine.

    Args:
        function: the student's.
        steps: how many steps it is asked for.
    """
    require_callable(function)
    n, m = random_sizes(2)
    shapes = ((n, m), (m,), ())
    right = _Descent(
        [randoms(shape) for shape in shapes],
        [randoms(shape) for shape in shapes],
        0.7 + float(torch.rand(())),
        0.13 + 0.1 * float(torch.rand(())),
        steps,
    )
    rising = replace(right, lr=2.5 / right.steepness)
    for each in (right, rising, replace(right, steps=1), replace(right, steps=0)):
        _check(function, each)


def _check(function: Function, right: _Descent) -> None:
    loss_of = partial(bowl, centres=[each.tolist() for each in right.centres], steepness=right.steepness, floor=_FLOOR)
    given = [each.clone() for each in right.start]
    try:
        with without(AUTOGRAD, OPTIMISERS):
            result = call_plain(function, loss_of, given, right.lr, right.steps)
    except NotYet as refused:
        raise _explained(refused) from refused.__cause__
    for before, after in zip(right.start, given, strict=True):
        require_unchanged("`start`", before, after)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), tuple | list) or len(result) != len(right.start):  # type: ignore[arg-type]
        raise not_yet("parts-missing", "parts-missing", count=len(right.start))
    found = [numbers(part) for part in result]  # type: ignore[attr-defined]
    for part, start in zip(found, right.start, strict=True):
        require_shape(part, start.shape, start.shape)
        require_finite(part)
    joined = torch.cat([part.reshape(-1) for part in found])
    description = words.FRAGMENTS["steps-of-descent"].format(steps=right.steps)
    agree(joined, right.end(), _mistakes(right), given=description)


def _explained(refused: NotYet) -> NotYet:
    error = refused.__cause__
    message = "" if error is None else message_of(error)
    if message == NOT_WRAPPED:
        return not_yet("not-wrapped", "not-wrapped")
    if isinstance(error, TypeError | AttributeError) and "NoneType" in message:
        return not_yet("no-gradient-there", "error", name=type(error).__name__, message=message)
    return refused


def _mistakes(right: _Descent) -> Iterator[KnownMistake[Tensor]]:
    start = torch.cat([each.reshape(-1) for each in right.start])
    yield KnownMistake("engine-stands-still", "engine-stands-still", start)
    yield KnownMistake("missing-zero-grad", "engine-piles-up", replace(right, accumulates=True).end())
    yield KnownMistake("ascent-sign", "uphill", replace(right, lr=-right.lr).end())
    yield KnownMistake("ascent-sign", "uphill", replace(right, lr=-right.lr, accumulates=True).end())
    yield KnownMistake("old-gradient", "old-gradient", replace(right, frozen=True).end())
    yield KnownMistake("old-gradient", "old-gradient", replace(right, frozen=True, accumulates=True).end())
    yield KnownMistake("too-many-steps", "one-step-more", replace(right, steps=right.steps + 1).end())
    if right.steps > 1:
        yield KnownMistake("engine-too-few", "engine-step-less", replace(right, steps=right.steps - 1).end())
        yield KnownMistake("engine-too-few", "engine-only-one", replace(right, steps=1).end())
    every = range(len(right.start))
    for number in every:
        yield KnownMistake("engine-rests", "engine-rests", replace(right, resting=(number,)).end())
        others = tuple(other for other in every if other != number)
        yield KnownMistake("engine-rests", "engine-rests", replace(right, resting=others).end())
    for rate in _WRITTEN_IN:
        yield KnownMistake("scaled-steps", "engine-own-rate", replace(right, lr=rate).end())
