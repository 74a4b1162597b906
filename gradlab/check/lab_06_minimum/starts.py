"""The check of a descent from many starts at once."""

import functools

import torch

from gradlab.check import probes
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged, require_unwatched
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_06_minimum.descents import random_rate
from gradlab.check.lab_06_minimum.paths import follow, measured
from gradlab.check.lab_06_minimum.speed import quickest, slows_down
from gradlab.check.rounds import run
from gradlab.check.values import is_tensor, numbers, require_device, require_finite, require_shape

_STARTS = 5
_ROUNDS = 4
_MANY = 1_000
_FLAT = 0.05


def random_starts(f: Function, count: int = _STARTS) -> torch.Tensor:
    """Draw starts (count, 2) in [0, 10]² where f has a slope along every axis."""
    points = torch.rand(8 * count, 2, dtype=torch.float64) * 10
    steep = (gradient(f, points).abs() > _FLAT).all(dim=-1)
    chosen = torch.cat([points[steep], points[~steep]])
    return chosen[:count].clone()


@announced
def descent_all(
    function: Function,
    *,
    on: Function,
    starts: torch.Tensor | None = None,
    lr: float | None = None,
    steps: int | None = None,
) -> None:
    """Check a function ``descend_all(f, starts, lr, steps)`` that returns the last point of each descent.

    Paths are put together from calls with 1, 2, … steps and followed. Then a function whose slope counts the points of
    one call shows whether all of them move together; if not, time decides.

    Args:
        function: the student's: starts (n, 2) → end points (n, 2), detached, on the device of the starts.
        on: f, which maps points (…, 2) to values (…).
        starts: where to begin, (n, 2); by default five random points of [0, 10]².
        lr: learning rate; by default random.
        steps: how many steps to follow; by default 4.

    Raises:
        NotYet: an end point is wrong, or the starts are handled one by one.
    """
    require_callable(function, on)
    begin = random_starts(on) if starts is None else starts
    rate = random_rate() if lr is None else lr
    _check_ends(function, on, begin, rate, _ROUNDS if steps is None else steps)
    if starts is None:
        _check_ends(function, on, begin.to(torch.float32), rate, 2)
    _refuse_loop(function, on, begin, rate)


def _check_ends(function: Function, f: Function, starts: torch.Tensor, lr: float, steps: int) -> None:
    begin = starts.detach().to(device="cpu", dtype=torch.float64)
    ends: dict[int, torch.Tensor] = {0: begin}
    # The longest run comes first: some errors need a second round to show.
    for count in (steps, *range(1, steps)):
        given = starts.detach().clone()
        result = run(functools.partial(_bound, function, given, lr), f, count)
        end = numbers(result)
        if end.shape == (count + 1, *begin.shape):
            raise not_yet("whole-path", "whole-path", rows=count + 1, steps=count)
        require_shape(end, begin.shape, begin.shape)
        require_finite(end)
        require_device(result, starts)
        require_unchanged("`starts`", starts, given)
        require_unwatched("`starts`", given)
        ends[count] = end
        tracked = is_tensor(result) and bool(getattr(result, "requires_grad", False))
    follow(f, measured(f, torch.stack([ends[count] for count in range(steps + 1)]), lr), of_ends=True)
    if tracked:
        raise not_yet("still-tracked", "still-tracked")


def _bound(function: Function, starts: torch.Tensor, lr: float, f: Function, steps: int) -> object:
    return function(f, starts, lr, steps)


def _refuse_loop(function: Function, f: Function, starts: torch.Tensor, lr: float) -> None:
    begin = starts.detach().to(device="cpu", dtype=torch.float64)
    counted = numbers(call(function, probes.counting_rows, starts.detach().clone(), lr, 1))
    if counted.shape == begin.shape and bool(((begin - counted) / lr > len(begin) - 0.5).all()):
        return
    # A function that maps over the rows without a Python loop (torch.func.vmap) sees single points too: time decides.
    few = torch.rand(2, 2, dtype=torch.float64) * 10
    many = torch.rand(_MANY, 2, dtype=torch.float64) * 10
    unit = quickest(lambda: call(function, f, few.clone(), lr, 1))
    ratio = slows_down(lambda: call(function, f, many.clone(), lr, 1), unit)
    if ratio is not None:
        raise not_yet("loop-over-starts", "one-by-one", many=_MANY, ratio=f"{ratio:.0f}")
