"""The checks of gradient descent: its path (descend), its end (find-bug), many starts at once (descend-all)."""

import functools
from collections.abc import Callable, Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_left_alone, require_unchanged
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_06_minimum.descent_path import Path, is_descent, path_with_gradients, require_descent
from gradlab.check.lab_06_minimum.loop_timing import ratio_of_a_loop, shortest_time
from gradlab.check.probes import bowl
from gradlab.check.training_loops import run_descent
from gradlab.check.values import is_tensor, numbers, require_device, require_finite, require_shape

_MANY_STARTS = 1_000
_FLAT = 0.1
_FLAT_FOR_SOME = 0.05

_RISING = 0.9
"""A learning rate that is too high for the curvatures of `_steep_bowl`."""


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


def _cases(
    draw: Callable[[], torch.Tensor], start: torch.Tensor | None, lr: float | None, steps: int
) -> Iterator[tuple[torch.Tensor, float, int]]:
    """Start, rate and number of steps of each descent: in float64, and with a start that was drawn, in float32 too."""
    begin = draw() if start is None else start
    rate = random_rate() if lr is None else lr
    yield begin, rate, steps
    if start is None:
        yield begin.to(torch.float32), rate, 2


def _bound(function: Function, start: torch.Tensor, lr: float, f: Function, steps: int) -> object:
    return function(f, start, lr, steps)


@announced
def descent(
    function: Function,
    *,
    on: Function,
    start: torch.Tensor | None = None,
    lr: float | None = None,
    steps: int = 6,
) -> None:
    """Check a function ``descend(f, start, lr, steps)`` that returns the path of gradient descent.

    Args:
        function: the student's.
        on: f, which maps a point (d,) to a scalar tensor.
        start: where to begin, (d,); by default a random point of [0, 10]², once in float64 and once in float32.
        lr: learning rate; by default random.
        steps: how many steps.
    """
    require_callable(function, on)
    for case in _cases(lambda: random_start(on), start, lr, steps):
        _check_path(function, on, *case)
    if start is None:
        _check_at_rest(function, steps)
        for count in (2, 3):
            f, centre = _steep_bowl(count)
            _check_path(function, f, centre + 0.5 + torch.rand(count, dtype=torch.float64), _RISING, 3)


def _steep_bowl(count: int) -> tuple[Function, torch.Tensor]:
    """A bowl of so many variables, on which a descent at the rate `_RISING` goes uphill, and its centre."""
    centre = torch.rand(count, dtype=torch.float64) + 1
    matrix = torch.diag(torch.arange(2.0, 2.0 + count)) + 0.5
    return functools.partial(bowl, matrix=matrix.tolist(), centre=centre.tolist()), centre


def _check_at_rest(function: Function, steps: int) -> None:
    """Refuse a descent that stops where it is flat: it was asked for so many steps."""
    centre = torch.rand(2, dtype=torch.float64) + 1
    f = functools.partial(bowl, matrix=((2.0, 0.0), (0.0, 3.0)), centre=centre.tolist())
    for nearby in (0.0, 1e-5):
        begin = centre + nearby
        given = begin.clone()
        points = numbers(run_descent(lambda g, count: function(g, given, random_rate(), count), f, steps))  # noqa: B023 - called at once
        if points.ndim == 2 and len(points) < steps + 1:
            raise not_yet("stops-early", "stops-early", rows=len(points), steps=steps)
        require_shape(points, (steps + 1, 2), (2,))


def _check_path(function: Function, f: Function, start: torch.Tensor, lr: float, steps: int) -> None:
    given = start.detach().clone()
    points = numbers(run_descent(lambda g, count: function(g, given, lr, count), f, steps))
    begin = start.detach().to(device="cpu", dtype=torch.float64)
    _require_rows(f, points, begin, lr, steps)
    require_finite(points)
    path = path_with_gradients(f, points, lr)
    _require_beginning(f, path, begin)
    require_descent(f, path)
    require_left_alone("`start`", start, given)


def _require_rows(f: Function, points: torch.Tensor, start: torch.Tensor, lr: float, steps: int) -> None:
    """Refuse a path without a row for each point; one row too few is a mistake with a name."""
    if steps > 1 and points.shape == (steps, *start.shape) and bool(torch.isfinite(points).all()):
        whole = is_descent(path_with_gradients(f, points, lr))
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
    if _same(path.points[0], start - path.lr * gradient(f, start)) and is_descent(path):
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
    steps: int = 4,
) -> None:
    """Check a function ``descend(f, start, lr, steps)`` that returns the last point of gradient descent.

    The path is put together from calls with 1, 2, … steps. The arguments are those of `descent`.

    Raises:
        NotYet: an end point is not right, or it is watched by autograd, or the start is afterwards.
    """
    require_callable(function, on)
    for case in _cases(lambda: random_start(on), start, lr, steps):
        _check_ends(function, on, *case, "`start`")


def _check_ends(function: Function, f: Function, start: torch.Tensor, lr: float, steps: int, name: str) -> None:
    """Compare the ends of descents with 1, 2, … steps with those of gradient descent.

    Args:
        function: the student's.
        f: the function to descend on.
        start: one start (d,), or many (n, d).
        lr: the learning rate.
        steps: the largest number of steps.
        name: how the student's function calls its start.
    """
    begin = start.detach().to(device="cpu", dtype=torch.float64)
    ends = {0: begin}
    # The longest run comes first: some errors need a second round to show.
    for count in (steps, *range(1, steps)):
        given = start.detach().clone()
        result = run_descent(functools.partial(_bound, function, given, lr), f, count)
        end = numbers(result)
        if end.shape == (count + 1, *begin.shape):
            raise not_yet("whole-path", "whole-path", rows=count + 1, steps=count)
        require_shape(end, begin.shape, begin.shape)
        require_finite(end)
        if start.ndim > 1:
            require_device(result, start)
        require_left_alone(name, start, given)
        ends[count] = end
        tracked = is_tensor(result) and bool(getattr(result, "requires_grad", False))
    points = torch.stack([ends[count] for count in range(steps + 1)])
    require_descent(f, path_with_gradients(f, points, lr), of_ends=True)
    if tracked:
        raise not_yet("still-tracked", "still-tracked")


def random_starts(f: Function, count: int = 5) -> torch.Tensor:
    """Draw starts (count, 2) in [0, 10]² where f has a slope along every axis."""
    points = torch.rand(8 * count, 2, dtype=torch.float64) * 10
    steep = (gradient(f, points).abs() > _FLAT_FOR_SOME).all(dim=-1)
    chosen = torch.cat([points[steep], points[~steep]])
    return chosen[:count].clone()


@announced
def descent_all(
    function: Function,
    *,
    on: Function,
    starts: torch.Tensor | None = None,
    lr: float | None = None,
    steps: int = 4,
) -> None:
    """Check a function ``descend_all(f, starts, lr, steps)`` that returns the last point of each descent.

    Paths are put together from calls with 1, 2, … steps and followed. Then a function whose slope counts the points of
    one call shows whether all of them move together; if not, time decides.

    Args:
        function: the student's: starts (n, 2) → end points (n, 2), detached, on the device of the starts.
        on: f, which maps points (…, 2) to values (…).
        starts: where to begin, (n, 2); by default five random points of [0, 10]².
        lr: learning rate; by default random.
        steps: how many steps to follow.

    Raises:
        NotYet: an end point is wrong, or the starts are handled one by one.
    """
    require_callable(function, on)
    cases = list(_cases(lambda: random_starts(on), starts, lr, steps))
    for case in cases:
        _check_ends(function, on, *case, "`starts`")
    if starts is None:
        f, centre = _steep_bowl(2)
        away = 0.5 + torch.rand(3, 2, dtype=torch.float64)
        for near in (1.0, 0.01):
            _check_ends(function, f, centre + near * away, _RISING, 2, "`starts`")
    begin, rate, _ = cases[0]
    _refuse_loop(function, on, begin, rate)


def counts_points(x: torch.Tensor) -> torch.Tensor:
    """Values whose gradient counts the points of one call: (n, d) → (n,) with gradient n, (d,) → () with gradient 1.

    It reaches the student's process by its qualified name.
    """
    return x.sum(-1) * (len(x) if x.ndim > 1 else 1)


def _refuse_loop(function: Function, f: Function, starts: torch.Tensor, lr: float) -> None:
    begin = starts.detach().to(device="cpu", dtype=torch.float64)
    counted = numbers(call(function, counts_points, starts.detach().clone(), lr, 1))
    if counted.shape == begin.shape and bool(((begin - counted) / lr > len(begin) - 0.5).all()):
        return
    # A function that maps over the rows without a Python loop (torch.func.vmap) sees single points too: time decides.
    few = torch.rand(2, 2, dtype=torch.float64) * 10
    many = torch.rand(_MANY_STARTS, 2, dtype=torch.float64) * 10
    unit = shortest_time(lambda: call(function, f, few.clone(), lr, 1))
    ratio = ratio_of_a_loop(lambda: call(function, f, many.clone(), lr, 1), unit)
    if ratio is not None:
        raise not_yet("loop-over-starts", "one-by-one", many=_MANY_STARTS, ratio=f"{ratio:.0f}")


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
