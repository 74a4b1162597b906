"""The check of a comparison of learning rates from the same starts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_left_alone
from gradlab.check.compare import close, factor
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.lab_06_minimum.descend import random_starts
from gradlab.check.training_loops import run_descent
from gradlab.check.values import numbers, require_finite, require_shape, rounded

_LOWEST = (0.02, 0.1, 0.3)


@dataclass(frozen=True)
class Descents:
    """Where descents from the same n starts end, with each of r rates.

    Attributes:
        ends: shape (r, n, 2).
        slopes: the gradients there, (r, n, 2).
        total: the sum of all gradients on the way and at the end, (r, n, 2).
    """

    ends: torch.Tensor
    slopes: torch.Tensor
    total: torch.Tensor

    @property
    def norms(self) -> torch.Tensor:
        """The norms of the gradients at the ends: (r, n)."""
        lengths: torch.Tensor = self.slopes.norm(dim=-1)
        return lengths


def _descents(
    f: Function, starts: torch.Tensor, rates: list[float], steps: int, *, memory: bool = False, scale: float = 1
) -> Descents:
    """Make descents; with a memory, each step is along the sum of all gradients so far."""
    lengths = scale * torch.tensor(rates, dtype=torch.float64).view(-1, 1, 1)
    ends = starts.expand(len(rates), *starts.shape)
    slopes = gradient(f, ends)
    total = slopes
    for _ in range(steps):
        ends = ends - lengths * (total if memory else slopes)
        slopes = gradient(f, ends)
        total = total + slopes
    return Descents(ends, slopes, total)


@announced
def sweep(
    function: Function,
    *,
    on: Function,
    starts: torch.Tensor | None = None,
    rates: list[float] | None = None,
    steps: int = 3,
) -> None:
    """Check a function ``sweep(f, starts, rates, steps)`` that returns final gradient norms, a row for each rate.

    Args:
        function: the student's: starts (n, 2), r rates → norms (r, n).
        on: f, which maps points (…, 2) to values (…).
        starts: where each rate begins, (n, 2); by default four random points of [0, 10]².
        rates: learning rates; by default three random ones.
        steps: how many steps.
    """
    require_callable(function, on)
    begin = (random_starts(on, 4) if starts is None else starts).detach()
    spread = torch.rand(len(_LOWEST), dtype=torch.float64).tolist()
    chosen = [low * (1 + part / 2) for low, part in zip(_LOWEST, spread, strict=True)] if rates is None else rates
    found, given = _answer_of(function, on, begin, chosen, steps)
    exact = begin.to(device="cpu", dtype=torch.float64)
    expected = _descents(on, exact, chosen, steps).norms
    if found.shape == expected.shape and close(found, expected, 1e-3):
        require_left_alone("`starts`", begin, given)
        return
    again, _ = _answer_of(function, on, begin, chosen, steps)
    if found.shape == again.shape and not close(again, found):
        raise not_yet("fresh-starts", "fresh-starts")
    refuse_known([KnownMistake("transposed", "transposed", expected.T)], lambda norms: close(found, norms, 1e-3))
    require_shape(found, expected.shape, begin.shape)
    require_finite(found)
    _refuse(found, expected, _mistakes(on, exact, chosen, steps))


def _answer_of(
    function: Function, f: Function, starts: torch.Tensor, rates: list[float], steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Call the student's function: the norms, and the starts as it left them."""
    given = starts.clone()
    result = run_descent(lambda g, count: function(g, given, list(rates), count), f, steps)
    return numbers(result), given


def _mistakes(
    f: Function, starts: torch.Tensor, rates: list[float], steps: int
) -> Iterator[KnownMistake[torch.Tensor]]:
    """What known mistakes make of the norms (r, n): those of the descents, then those of the norm itself."""
    begin, row = starts, []
    for lr in rates:
        moved = _descents(f, begin, [lr], steps)
        (begin,) = moved.ends
        row.append(moved.norms)
    yield KnownMistake("starts-moved", "starts-moved", torch.cat(row))
    yield KnownMistake("rate-ignored", "rate-ignored", row[0].expand(len(rates), -1))
    if steps:
        yield KnownMistake("stale-point", "norm-before", _descents(f, starts, rates, steps - 1).norms)
    yield KnownMistake("too-many-steps", "norm-after", _descents(f, starts, rates, steps + 1).norms)
    for scale, explanation, observation in (
        (1.0, "missing-zero-grad", "accumulated"),
        (-1.0, "ascent-sign", "sweep-uphill"),
        (1 / len(starts), "sum-for-mean", "sweep-mean"),
    ):
        wrong = _descents(f, starts, rates, steps, memory=scale == 1, scale=scale)
        for norms in (wrong.norms, wrong.norms * abs(scale), wrong.total.norm(dim=-1)):
            yield KnownMistake(explanation, observation, norms, {"count": len(starts)})
    right = _descents(f, starts, rates, steps)
    yield KnownMistake("other-measure", "squared-norm", right.slopes.square().sum(dim=-1))
    yield KnownMistake("other-measure", "absolute-norm", right.slopes.abs().sum(dim=-1))
    yield KnownMistake("other-measure", "largest-norm", right.slopes.abs().amax(dim=-1))
    yield KnownMistake("other-measure", "value-of-f", numbers(f(right.ends)))


def _refuse(found: torch.Tensor, expected: torch.Tensor, mistakes: Iterable[KnownMistake[torch.Tensor]]) -> NoReturn:
    """Refuse norms that are wrong, with the reason if it is a known one."""
    refuse_known(mistakes, lambda norms: close(found, norms, 1e-3))
    ratio = factor(found, expected)
    if ratio is not None and abs(ratio) > 1e-6:
        raise not_yet("other-measure", "norm-ratio", ratio=rounded(ratio))
    wrong = (found - expected).abs() > 1e-3 * expected.abs().max()
    row, column = (int(place) + 1 for place in wrong.nonzero()[0])
    raise not_yet("wrong-norms", "norms", count=int(wrong.sum()), total=wrong.numel(), row=row, column=column)
