"""The check of the nearest of several minima (basins)."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.lab_06_minimum.loop_timing import ratio_of_a_loop, shortest_time
from gradlab.check.values import holds_integers, kind_of, numbers, require_finite, require_shape

_MANY = 5_000
_POINTS_FOR_EACH_MISTAKE = 3
_AXES = ("x₁", "x₂")


def _distances(points: torch.Tensor, minima: torch.Tensor, order: float = 2) -> torch.Tensor:
    return torch.cdist(points, minima, p=order)


def _points_with_one_nearest(count: int, minima: torch.Tensor) -> torch.Tensor:
    """Draw points of [0, 10]² that are clearly nearer to one minimum than to any other: shape (count, 2).

    Each known mistake is wrong about some of the first ones, where it is wrong about any: chance must not hide it.
    """
    points = torch.rand(40 * count, 2, dtype=torch.float64) * 10
    nearest = _distances(points, minima).sort(dim=1).values
    points = points[nearest[:, 1] - nearest[:, 0] > 1e-2]
    right = _distances(points, minima).argmin(dim=1)
    outcomes = [mistake.outcome for mistake in _mistakes(points, minima)]
    revealing = [(chosen != right).nonzero().flatten()[:_POINTS_FOR_EACH_MISTAKE] for chosen in outcomes]
    order = torch.cat([*revealing, torch.arange(len(points))]).tolist()
    return points[list(dict.fromkeys(order))[:count]]


def _mistakes(points: torch.Tensor, minima: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("wrong-index", "farthest", _distances(points, minima).argmax(dim=1))
    yield KnownMistake("other-distance", "manhattan", _distances(points, minima, 1).argmin(dim=1))
    yield KnownMistake("other-distance", "largest-difference", _distances(points, minima, torch.inf).argmin(dim=1))
    for column, axis in enumerate(_AXES):
        along = _distances(points[:, [column]], minima[:, [column]])
        yield KnownMistake("other-distance", "one-coordinate", along.argmin(dim=1), {"axis": axis})


@announced
def nearest(function: Function) -> None:
    """Check a function ``nearest(points, minima)`` that returns the index of the nearest minimum for each point.

    It is tried with fewer minima than points, with as many, and with float32; its time must not grow with the number
    of points as that of a Python loop does.

    Raises:
        NotYet: an index is wrong, or the points are handled one by one.
    """
    require_callable(function)
    for count, rows in ((60, 5), (7, 7), (1, 3)):
        minima = torch.rand(rows, 2, dtype=torch.float64) * 10
        _check_indices(function, _points_with_one_nearest(count, minima), minima)
    minima = torch.rand(4, 2) * 10
    _check_indices(function, _points_with_one_nearest(9, minima.to(torch.float64)).to(torch.float32), minima)
    _refuse_loop(function)


def _refuse_loop(function: Function) -> None:
    points, minima = torch.rand(_MANY, 2, dtype=torch.float64), torch.rand(4, 2, dtype=torch.float64)
    # The time of a call on one point is added: it is what the call itself costs, to another process perhaps.
    call_itself = shortest_time(lambda: call(function, points[:1], minima))
    unit = call_itself + shortest_time(lambda: (points[:, None] - minima).norm(dim=-1).argmin(dim=1))
    ratio = ratio_of_a_loop(lambda: call(function, points, minima), unit)
    if ratio is not None:
        raise not_yet("loop-over-starts", "one-by-one", many=_MANY, ratio=f"{ratio:.0f}")


def _check_indices(function: Function, points: torch.Tensor, minima: torch.Tensor) -> None:
    given, others = points.clone(), minima.clone()
    result = call(function, given, others)
    indices = numbers(result)
    _require_one_each(indices, len(points), len(minima))
    require_finite(indices)
    if not (holds_integers(result) and bool((indices == indices.round()).all())):
        raise not_yet("not-an-index", "index-kind", dtype=getattr(result, "dtype", kind_of(result)))
    if bool(((indices < 0) | (indices >= len(minima))).any()):
        raise not_yet("wrong-index", "index-range", total=len(minima), last=len(minima) - 1)
    wrong = int((indices.long() != _distances(points, minima).argmin(dim=1)).sum())
    if wrong:
        refuse_known(_mistakes(points, minima), lambda chosen: torch.equal(indices.long(), chosen))
        raise not_yet("wrong-index", "indices", count=wrong, total=len(points))
    require_unchanged("`points`", points, given)
    require_unchanged("`minima`", minima, others)


def _require_one_each(indices: torch.Tensor, points: int, minima: int) -> None:
    """Refuse another shape than (points,): which one it is shows what was mixed up."""
    if indices.shape == (points,):
        return
    if indices.shape in {(points, minima), (minima, points)}:
        raise not_yet("wrong-shape", "not-reduced")
    if indices.shape == (minima,):
        raise not_yet("wrong-shape", "axis", points=points, minima=minima)
    if points == minima:
        raise not_yet("broadcast-residual", "same-count")
    require_shape(indices, (points,), (points, 2))
