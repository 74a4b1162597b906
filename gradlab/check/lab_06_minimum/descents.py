"""Checks of a descent from one start."""

import functools
from collections.abc import Callable

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged, require_unwatched
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_06_minimum.paths import Path, follow, follows, measured
from gradlab.check.rounds import run
from gradlab.check.values import is_tensor, numbers, require_finite, require_shape

_ROUNDS = 6
_ENDS = 4
_FLAT = 0.1


def random_start(f: Function) -> torch.Tensor:
    """Draw a start in [0, 10]² where f has a slope along every axis, so that no mistake stays invisible."""
    start = torch.rand(2, dtype=torch.float64) * 10
    for _ in range(8):
        if bool((gradient(f, start).abs() > _FLAT).all()):
            break
        start = torch.rand(2, dtype=torch.float64) * 10
    return start


def random_rate() -> float:
    """Draw a learning rate between 0.05 and 0.15."""
    return 0.05 + 0.1 * float(torch.rand((), dtype=torch.float64))


def _bound(function: Function, start: torch.Tensor, lr: float, f: Function, steps: int) -> object:
    return function(f, start, lr, steps)


@announced
def descent(
    function: Function,
    *,
    on: Function,
    start: torch.Tensor | None = None,
    lr: float | None = None,
    steps: int | None = None,
) -> None:
    """Check a function ``descend(f, start, lr, steps)`` that returns the path of gradient descent.

    Args:
        function: the student's.
        on: f, which maps a point (d,) to a scalar tensor.
        start: where to begin, (d,); by default a random point of [0, 10]², once in float64 and once in float32.
        lr: learning rate; by default random.
        steps: how many steps; by default 6.

    Raises:
        NotYet: the path is not right.
    """
    require_callable(function, on)
    begin = random_start(on) if start is None else start
    rate = random_rate() if lr is None else lr
    _check_path(function, on, begin, rate, _ROUNDS if steps is None else steps)
    if start is None:
        _check_path(function, on, begin.to(torch.float32), rate, 2)


def _check_path(function: Function, f: Function, start: torch.Tensor, lr: float, steps: int) -> None:
    given = start.detach().clone()
    points = numbers(run(functools.partial(_bound, function, given, lr), f, steps))
    begin = start.detach().to(device="cpu", dtype=torch.float64)
    _require_rows(f, points, begin, lr, steps)
    require_finite(points)
    path = measured(f, points, lr)
    _require_beginning(f, path, begin)
    follow(f, path)
    require_unchanged("`start`", start, given)
    require_unwatched("`start`", given)


def _require_rows(f: Function, points: torch.Tensor, start: torch.Tensor, lr: float, steps: int) -> None:
    """Refuse a path without a row for each point; one row too few is a mistake with a name."""
    if steps > 1 and points.shape == (steps, *start.shape) and bool(torch.isfinite(points).all()):
        whole = follows(measured(f, points, lr))
        if whole and _same(points[0], start):
            raise not_yet("stale-point", "one-row-short-end")
        if whole and _same(points[0], start - lr * gradient(f, start)):
            raise not_yet("stale-point", "one-row-short-start")
        if bool((points == points[0]).all()) and not _same(points[0], start):
            raise not_yet("same-object", "same-object", rows=steps)
    require_shape(points, (steps + 1, *start.shape), start.shape)


def _require_beginning(f: Function, path: Path, start: torch.Tensor) -> None:
    """Refuse a path whose first row is not the start."""
    if _same(path.points[0], start):
        return
    if bool((path.points == path.points[0]).all()):
        raise not_yet("same-object", "same-object", rows=len(path.points))
    if _same(path.points[0], start - path.lr * gradient(f, start)) and follows(path):
        raise not_yet("stale-point", "early-by-one")
    raise not_yet("wrong-beginning", "wrong-beginning")


def _same(point: torch.Tensor, other: torch.Tensor) -> bool:
    return bool(torch.allclose(point, other, rtol=1e-5, atol=1e-5))


@announced
def end_point(
    function: Function,
    *,
    on: Function,
    start: torch.Tensor | None = None,
    lr: float | None = None,
    steps: int | None = None,
) -> None:
    """Check a function ``descend(f, start, lr, steps)`` that returns the last point of gradient descent.

    The path is put together from calls with 1, 2, … steps, by default 4. The arguments are those of `descent`.

    Raises:
        NotYet: an end point is not right, or it is watched by autograd, or the start is afterwards.
    """
    require_callable(function, on)
    begin = random_start(on) if start is None else start
    rate = random_rate() if lr is None else lr
    _check_ends(function, on, begin, rate, _ENDS if steps is None else steps)
    if start is None:
        _check_ends(function, on, begin.to(torch.float32), rate, 2)


def _check_ends(function: Function, f: Function, start: torch.Tensor, lr: float, steps: int) -> None:
    begin = start.detach().to(device="cpu", dtype=torch.float64)
    ends = {0: begin}
    # The longest run comes first: some errors need a second round to show.
    for count in (steps, *range(1, steps)):
        given = start.detach().clone()
        result = run(functools.partial(_bound, function, given, lr), f, count)
        end = numbers(result)
        if end.shape == (count + 1, *begin.shape):
            raise not_yet("whole-path", "whole-path", rows=count + 1, steps=count)
        require_shape(end, begin.shape, begin.shape)
        require_finite(end)
        require_unchanged("`start`", start, given)
        require_unwatched("`start`", given)
        ends[count] = end
        tracked = is_tensor(result) and bool(getattr(result, "requires_grad", False))
    follow(f, measured(f, torch.stack([ends[count] for count in range(steps + 1)]), lr), of_ends=True)
    if tracked:
        raise not_yet("still-tracked", "still-tracked")


@announced
def unchanged(*arguments: object, after: Callable[[], object]) -> None:
    """Check that a call leaves tensors or arrays as they were.

    Args:
        arguments: the tensors or arrays.
        after: makes the call.

    Raises:
        NotYet: one of them has other values than before, or the call raised.
    """
    before = [numbers(argument) for argument in arguments]
    call(after)
    for number, (argument, values) in enumerate(zip(arguments, before, strict=True), start=1):
        require_unchanged(words.LABELS["argument"].format(number=number), values, numbers(argument))
