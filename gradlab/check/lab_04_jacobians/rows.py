"""The checks of one row of a Jacobian, and of all of them one after the other."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_unchanged, require_unwatched
from gradlab.check.lab_04_jacobians import probes
from gradlab.check.lab_04_jacobians.slopes import SQUARES, jacobian, slopes
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor

_PROBES = ((probes.square, 3), (probes.taller, 2), (probes.wider, 3))


def _point(count: int) -> Tensor:
    return 0.4 + torch.rand(count, dtype=torch.float64)


def _one_row(function: Function, x: Tensor, i: int, f: Function) -> object:
    return function(f, x, i)


@announced
def row(function: Function, *, on: Function | None = None, at: Tensor | None = None) -> None:
    """Check a function ``row(f, x, i)`` that returns row i of the Jacobian of f at x (d,), shape (d,).

    Args:
        function: the student's.
        on: another f than the check's own.
        at: where, with `on`.

    Raises:
        NotYet: a row differs.
    """
    require_callable(function)
    cases = [(on, at)] if on is not None and at is not None else [(f, _point(count)) for f, count in _PROBES]
    for f, x in cases:
        table = jacobian(f, x)
        for i in range(len(table)):
            given = x.clone()
            run = functools.partial(_one_row, function, given, i)
            result = slopes(run, f, SQUARES)
            agree(result, table[i], _row_mistakes(table, i), given="a random point", shape=tuple(x.shape))
            require_unchanged("`x`", x, given)
            require_unwatched("`x`", given)


def _row_mistakes(table: Tensor, i: int) -> Iterator[Variant]:
    if i < table.shape[1]:
        yield Variant("transposed-jacobian", "jac-column-for-row", table[:, i])
    yield Variant("jac-tuple", "jac-tuple", table[i : i + 1])
    yield Variant("jac-summed", "jac-summed", table.sum(0))
    yield Variant("sum-for-mean", "jac-mean", table.mean(0))
    yield Variant("sum-for-mean", "jac-mean", table[i] / len(table))
    yield Variant("jac-whole", "jac-whole", table)
    yield Variant("jac-whole", "jac-entry", table[i, min(i, table.shape[1] - 1)])
    yield Variant("missing-zero-grad", "jac-row-added", table[: i + 1].sum(0))
    yield Variant("jac-other-row", "jac-other-row", table[i - 1])
    yield Variant("jac-other-row", "jac-other-row", table[(i + 1) % len(table)])
    for j in range(len(table)):
        yield Variant("jac-other-row", "jac-other-row", table[j])


def _all_rows(function: Function, x: Tensor, f: Function) -> object:
    return function(f, x)


@announced
def jacobian_rows(function: Function, *, on: Function | None = None, at: Tensor | None = None) -> None:
    """Check a function ``jacobian(f, x)`` that returns the Jacobian of f at x (d,), shape (m, d).

    Args:
        function: the student's.
        on: another f than the check's own.
        at: where, with `on`.

    Raises:
        NotYet: the table differs.
    """
    require_callable(function)
    cases = [(on, at)] if on is not None and at is not None else [(f, _point(count)) for f, count in _PROBES]
    for f, x in cases:
        table, given = jacobian(f, x), x.clone()
        run = functools.partial(_all_rows, function, given)
        result = slopes(run, f, SQUARES)
        agree(result, table, _table_mistakes(table), given="a random point", shape=tuple(x.shape))
        require_unchanged("`x`", x, given)
        require_unwatched("`x`", given)


def _table_mistakes(table: Tensor) -> Iterator[Variant]:
    sums = table.cumsum(0)
    count = len(table)
    yield Variant("transposed-jacobian", "jac-transposed", table.T)
    yield Variant("missing-zero-grad", "jac-rows-added", sums)
    yield Variant("missing-zero-grad", "jac-rows-added-columns", sums.T)
    yield Variant("jac-alias", "jac-alias-sum", table.sum(0).expand(count, -1))
    yield Variant("jac-alias", "jac-alias-sum", table.sum(0).expand(count, -1).T)
    yield Variant("jac-alias", "jac-alias-last", table[-1].expand(count, -1))
    yield Variant("jac-alias", "jac-alias-last", table[-1].expand(count, -1).T)
    yield Variant("jac-alias", "jac-alias-zero", torch.zeros_like(table))
    yield Variant("jac-summed", "jac-summed", table.sum(0))
    yield Variant("sum-for-mean", "jac-mean", table / count)
    yield Variant("sum-for-mean", "jac-mean", table.mean(0))
    yield Variant("jac-one-row", "jac-one-row", table[0])
    yield Variant("jac-one-row", "jac-one-row", table[-1])
    yield Variant("jac-one-row", "jac-flat", table.flatten())
    if table.shape[0] != table.shape[1]:
        yield Variant("transposed-jacobian", "jac-reshaped", table.T.reshape(table.shape))
    if table.shape[1] < count:
        yield Variant("transposed-jacobian", "jac-too-few", table[: table.shape[1]])
