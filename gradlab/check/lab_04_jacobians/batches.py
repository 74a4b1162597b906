"""The check of the Jacobians at many points, in one call."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_unchanged, require_unwatched
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_04_jacobians import probes
from gradlab.check.lab_04_jacobians.slopes import SQUARES, jacobian, slopes
from gradlab.check.values import numbers, require_shape
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor

_PROBES = ((probes.square, 3), (probes.taller, 2), (probes.wider, 3))
_POINTS = 4


def _bound(function: Function, points: Tensor, f: Function) -> object:
    return function(f, points)


@announced
def all_at_once(function: Function, *, on: Function | None = None, at: Tensor | None = None) -> None:
    """Check a function ``jacobians(f, points)``: points (n, d) → (n, m, d), without a loop in Python.

    Args:
        function: the student's.
        on: another f than the check's own: (…, d) → (…, m).
        at: points for `on`.

    Raises:
        NotYet: a Jacobian differs, or f is called or gone back through more than once.
    """
    require_callable(function)
    cases = [(f, 0.4 + torch.rand(_POINTS, count, dtype=torch.float64)) for f, count in _PROBES]
    for f, points in [(on, at)] if on is not None and at is not None else cases:
        tables, given = torch.stack([jacobian(f, point) for point in points]), points.clone()
        run = functools.partial(_bound, function, given)
        result = slopes(run, f, SQUARES)
        agree(result, tables, _mistakes(tables), given="random points", shape=tuple(points.shape))
        require_unchanged("`points`", points, given)
        require_unwatched("`points`", given)
    _refuse_loop(function)


def _mistakes(tables: Tensor) -> Iterator[Variant]:
    count = len(tables)
    yield Variant("transposed-jacobian", "jac-transposed", tables.mT)
    yield Variant("jac-axes", "jac-axes", tables.movedim(1, 0))
    yield Variant("jac-axes", "jac-axes", tables.permute(2, 0, 1))
    yield Variant("jac-axes", "jac-axes", tables.permute(1, 2, 0))
    yield Variant("jac-summed", "jac-summed", tables.sum(1))
    yield Variant("jac-points-summed", "jac-points-summed", tables.sum(0))
    yield Variant("sum-for-mean", "jac-mean", tables / count)
    yield Variant("missing-zero-grad", "jac-rows-added", tables.cumsum(1))
    yield Variant("jac-one-row", "jac-one-point", tables[0])
    cross = torch.einsum("nmd,nk->nmkd", tables, torch.eye(count, dtype=tables.dtype))
    yield Variant("jac-cross", "jac-cross", cross)


def _refuse_loop(function: Function) -> None:
    points = 0.4 + torch.rand(_POINTS, 3, dtype=torch.float64)
    tables = torch.stack([jacobian(probes.square, point) for point in points])
    run = functools.partial(_bound, function, points.clone())
    found = numbers(slopes(run, probes.numbered, SQUARES))
    require_shape(found, tables.shape, points.shape)
    factors = (found * tables).sum(-1) / (tables * tables).sum(-1)
    if bool((factors[:, :1] / factors - 1).abs().max() > 1e-3):
        raise not_yet("jac-loop", "jac-loop")
    if bool((factors[:1] / factors - 1).abs().max() > 1e-3):
        raise not_yet("loop-over-starts", "jac-loop-points")
