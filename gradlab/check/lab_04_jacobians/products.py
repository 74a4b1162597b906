"""The checks of the two products with a Jacobian: pulled back, and pushed forward."""

import functools

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_unchanged, require_unwatched
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import complains
from gradlab.check.lab_04_jacobians import probes
from gradlab.check.lab_04_jacobians.slopes import SQUARES, jacobian, slopes
from gradlab.check.values import numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor

_PROBES = ((probes.square, 3), (probes.taller, 2), (probes.wider, 3))


def _bound(function: Function, x: Tensor, v: Tensor, f: Function) -> object:
    return function(f, x, v)


def _other_way(function: Function, f: Function, x: Tensor, length: int) -> bool:
    """Say whether a function that failed works with a v of the other length."""
    try:
        with torch.enable_grad():
            return numbers(function(f, x.clone(), torch.ones(length, dtype=x.dtype))) is not None
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False


def _random(*shape: int) -> Tensor:
    return 0.4 + torch.rand(*shape, dtype=torch.float64)


@announced
def pulled_back(function: Function) -> None:
    """Check a function ``vjp(f, x, v)`` that returns Jᵀ v, shape (d,), for v of shape (m,).

    Raises:
        NotYet: the product differs, or it takes more than one backward pass.
    """
    require_callable(function)
    for f, count in _PROBES:
        x = _random(count)
        table = jacobian(f, x)
        v = _random(len(table))
        _check(function, f, x, v, table.T @ v, _pull_mistakes(table, v), count)
    x, v = _random(3), _random(3)
    _require_one_pass(function, x, v, jacobian(probes.square, x).T @ (v * torch.arange(1, 4, dtype=torch.float64)))


def _pull_mistakes(table: Tensor, v: Tensor) -> list[Variant]:
    made = [
        Variant("jac-tuple", "jac-tuple", (table.T @ v)[None]),
        Variant("jac-ones", "jac-ones", table.sum(0)),
        Variant("jac-whole", "jac-whole", table),
        Variant("jac-unsummed", "jac-unsummed", v[:, None] * table),
        Variant("jac-dot", "jac-dot", (table.T @ v).sum()),
        Variant("sum-for-mean", "jac-mean", table.T @ v / len(v)),
        Variant("jac-v-twice", "jac-v-twice", table.T @ v**2),
    ]
    if len(v) == table.shape[1]:
        made.insert(0, Variant("jvp-for-vjp", "jac-pushed", table @ v))
    return made


@announced
def pushed_forward(function: Function) -> None:
    """Check a function ``jvp(f, x, v)`` that returns J v, shape (m,), for v of shape (d,).

    Raises:
        NotYet: the product differs, or the Jacobian is built row by row.
    """
    require_callable(function)
    for f, count in _PROBES:
        x, v = _random(count), _random(count)
        table = jacobian(f, x)
        _check(function, f, x, v, table @ v, _push_mistakes(f, x, table, v), len(table))
    x, v = _random(3), _random(3)
    _require_one_pass(function, x, v, torch.arange(1, 4, dtype=torch.float64) * (jacobian(probes.square, x) @ v))


def _push_mistakes(f: Function, x: Tensor, table: Tensor, v: Tensor) -> list[Variant]:
    value = f(x.detach())
    made = [
        Variant("jac-pair", "jac-pair", torch.stack([value, table @ v])),
        Variant("jac-value", "jac-value", value),
        Variant("jac-whole", "jac-whole", table),
        Variant("jac-unsummed", "jac-unsummed", table * v),
        Variant("jac-ones", "jac-ones", table.sum(1)),
        Variant("jac-step", "jac-step", f(x.detach() + v) - value),
        Variant("jac-step", "jac-unit", table @ (v / v.norm())),
        Variant("jac-dot", "jac-dot", (table @ v).sum()),
    ]
    if len(table) == len(v):
        made.insert(0, Variant("jvp-for-vjp", "jac-pulled", table.T @ v))
    return made


def _check(
    function: Function, f: Function, x: Tensor, v: Tensor, expected: Tensor, mistakes: list[Variant], other: int
) -> None:
    given, weights = x.clone(), v.clone()
    run = functools.partial(_bound, function, given, weights)
    try:
        result = slopes(run, f, SQUARES)
    except AssertionError:
        if f is not probes.square and other != len(v) and _other_way(function, f, x, other):
            raise not_yet("jvp-for-vjp", "jac-other-length", length=len(v), other=other) from None
        raise
    agree(result, expected, mistakes, given="a random point and a random v", shape=tuple(x.shape))
    require_unchanged("`x`", x, given)
    require_unwatched("`x`", given)
    require_unchanged("`v`", v, weights)


def _require_one_pass(function: Function, x: Tensor, v: Tensor, built: Tensor) -> None:
    """Refuse a Jacobian that is built on the way, row by row or in a batch.

    Args:
        function: the student's.
        x: a point (3,).
        v: a vector (3,).
        built: what comes out for `probes.counted` if each output has a backward pass of its own.
    """
    run = functools.partial(_bound, function, x, v)
    if close(numbers(slopes(run, probes.counted, SQUARES)), built):
        raise not_yet("jac-built", "jac-built")
    if complains(run, probes.narrow) == probes.WIDE:
        raise not_yet("jac-built", "jac-batched")
