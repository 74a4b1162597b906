"""The checks of Jacobians: by hand (entries), by backward passes (row, rows, find-bug, at-once).

The number of passes that they take (passes) is here, too.
"""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_left_alone, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_04_jacobians import sample_functions
from gradlab.check.lab_04_jacobians.run import FUNCTIONS, jacobian, random_tensor, run_for_gradients
from gradlab.check.values import numbers, require_shape

Tensor = torch.Tensor

_POINTS = 4


@announced
def entries(function: Function) -> None:
    """Check a function ``entries(x)`` that returns the Jacobian of (x₁² x₂, sin 3x₂, x₁ + x₂) at x."""
    require_callable(function)
    for _ in range(2):
        x = random_tensor(2)
        given = x.clone()
        expected = _table(x, 3 * torch.cos(3 * x[1]))
        with without(AUTOGRAD):
            result = call(function, given)
        agree(
            result,
            expected,
            _entries_mistakes(x, expected),
            given=words.FRAGMENTS["random-point"],
            shape=(2,),
        )
        require_unchanged("`x`", x, given)


def _table(x: torch.Tensor, wave: torch.Tensor) -> torch.Tensor:
    a, b = x[0], x[1]
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    return torch.stack([torch.stack([2 * a * b, a**2]), torch.stack([zero, wave]), torch.stack([one, one])])


def _entries_mistakes(x: torch.Tensor, expected: torch.Tensor) -> Iterator[KnownMistake[Tensor]]:
    wave = torch.cos(3 * x[1])
    yield KnownMistake("transposed-jacobian", "jac-transposed", expected.T)
    yield KnownMistake("missing-inner-derivative", "jac-inner", _table(x, wave))
    yield KnownMistake("missing-inner-derivative", "jac-inner", _table(x, wave).T)
    yield KnownMistake("jac-sign", "jac-cosine-sign", _table(x, -3 * wave))
    yield KnownMistake("jac-columns", "jac-columns", expected.flip(1))
    yield KnownMistake("jac-summed", "jac-summed", expected.sum(0))
    yield KnownMistake("transposed-jacobian", "jac-reshaped", expected.T.reshape(3, 2))
    flat = expected.clone()
    flat[1, 0] = flat[1, 1]
    yield KnownMistake("jac-zero", "jac-zero", flat)


def _check(
    function: Function, f: Function, x: Tensor, expected: Tensor, mistakes: Iterator[KnownMistake[Tensor]], *more: int
) -> None:
    """Compare ``function(f, x, *more)`` with what is expected; x is one point (d,) or several (n, d)."""
    name, described = ("`x`", "random-point") if x.ndim == 1 else ("`points`", "random-points")
    given = x.clone()
    result = run_for_gradients(lambda g: function(g, given, *more), f)
    agree(result, expected, mistakes, given=words.FRAGMENTS[described], shape=tuple(x.shape))
    require_left_alone(name, x, given)


@announced
def row(function: Function, *, on: Function | None = None, at: Tensor | None = None) -> None:
    """Check a function ``row(f, x, i)`` that returns row i of the Jacobian of f at x (d,), shape (d,).

    Args:
        function: the student's.
        on: another f than the check's own.
        at: where, with `on`.
    """
    require_callable(function)
    cases = [(on, at)] if on is not None and at is not None else [(f, random_tensor(count)) for f, count in FUNCTIONS]
    for f, x in cases:
        table = jacobian(f, x)
        for i in range(len(table)):
            _check(function, f, x, table[i], _row_mistakes(table, i), i)


def _row_mistakes(table: Tensor, i: int) -> Iterator[KnownMistake[Tensor]]:
    if i < table.shape[1]:
        yield KnownMistake("transposed-jacobian", "jac-column-for-row", table[:, i])
    yield KnownMistake("jac-tuple", "jac-tuple", table[i : i + 1])
    yield KnownMistake("jac-summed", "jac-summed", table.sum(0))
    yield KnownMistake("sum-for-mean", "jac-mean", table.mean(0))
    yield KnownMistake("sum-for-mean", "jac-mean", table[i] / len(table))
    yield KnownMistake("jac-whole", "jac-whole", table)
    yield KnownMistake("jac-whole", "jac-entry", table[i, min(i, table.shape[1] - 1)])
    yield KnownMistake("missing-zero-grad", "jac-row-added", table[: i + 1].sum(0))
    yield KnownMistake("jac-other-row", "jac-other-row", table[i - 1])
    yield KnownMistake("jac-other-row", "jac-other-row", table[(i + 1) % len(table)])
    for j in range(len(table)):
        yield KnownMistake("jac-other-row", "jac-other-row", table[j])


@announced
def jacobian_rows(function: Function, *, on: Function | None = None, at: Tensor | None = None) -> None:
    """Check a function ``jacobian(f, x)`` that returns the Jacobian of f at x (d,), shape (m, d).

    The arguments are those of `row`.
    """
    require_callable(function)
    cases = [(on, at)] if on is not None and at is not None else [(f, random_tensor(count)) for f, count in FUNCTIONS]
    for f, x in cases:
        table = jacobian(f, x)
        _check(function, f, x, table, _table_mistakes(table))


def _table_mistakes(table: Tensor) -> Iterator[KnownMistake[Tensor]]:
    sums = table.cumsum(0)
    count = len(table)
    yield KnownMistake("transposed-jacobian", "jac-transposed", table.T)
    yield KnownMistake("missing-zero-grad", "jac-rows-added", sums)
    yield KnownMistake("missing-zero-grad", "jac-rows-added-columns", sums.T)
    yield KnownMistake("jac-alias", "jac-alias-sum", table.sum(0).expand(count, -1))
    yield KnownMistake("jac-alias", "jac-alias-sum", table.sum(0).expand(count, -1).T)
    yield KnownMistake("jac-alias", "jac-alias-last", table[-1].expand(count, -1))
    yield KnownMistake("jac-alias", "jac-alias-last", table[-1].expand(count, -1).T)
    yield KnownMistake("jac-alias", "jac-alias-zero", torch.zeros_like(table))
    yield KnownMistake("jac-summed", "jac-summed", table.sum(0))
    yield KnownMistake("sum-for-mean", "jac-mean", table / count)
    yield KnownMistake("sum-for-mean", "jac-mean", table.mean(0))
    yield KnownMistake("jac-one-row", "jac-one-row", table[0])
    yield KnownMistake("jac-one-row", "jac-one-row", table[-1])
    yield KnownMistake("jac-one-row", "jac-flat", table.flatten())
    if table.shape[0] != table.shape[1]:
        yield KnownMistake("transposed-jacobian", "jac-reshaped", table.T.reshape(table.shape))
    if table.shape[1] < count:
        yield KnownMistake("transposed-jacobian", "jac-too-few", table[: table.shape[1]])


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
    cases = [(f, random_tensor(_POINTS, count)) for f, count in FUNCTIONS]
    for f, points in [(on, at)] if on is not None and at is not None else cases:
        tables = torch.stack([jacobian(f, point) for point in points])
        _check(function, f, points, tables, _tables_mistakes(tables))
    _refuse_loop(function)


def _tables_mistakes(tables: Tensor) -> Iterator[KnownMistake[Tensor]]:
    count = len(tables)
    yield KnownMistake("transposed-jacobian", "jac-transposed", tables.mT)
    yield KnownMistake("jac-axes", "jac-axes", tables.movedim(1, 0))
    yield KnownMistake("jac-axes", "jac-axes", tables.permute(2, 0, 1))
    yield KnownMistake("jac-axes", "jac-axes", tables.permute(1, 2, 0))
    yield KnownMistake("jac-summed", "jac-summed", tables.sum(1))
    yield KnownMistake("jac-points-summed", "jac-points-summed", tables.sum(0))
    yield KnownMistake("sum-for-mean", "jac-mean", tables / count)
    yield KnownMistake("missing-zero-grad", "jac-rows-added", tables.cumsum(1))
    yield KnownMistake("jac-one-row", "jac-one-point", tables[0])
    cross = torch.einsum("nmd,nk->nmkd", tables, torch.eye(count, dtype=tables.dtype))
    yield KnownMistake("jac-cross", "jac-cross", cross)


def _refuse_loop(function: Function) -> None:
    points = random_tensor(_POINTS, 3)
    tables = torch.stack([jacobian(sample_functions.square, point) for point in points])
    given = points.clone()
    found = numbers(run_for_gradients(lambda g: function(g, given), sample_functions.square_scaled_by_call_and_pass))
    require_shape(found, tables.shape, points.shape)
    factors = (found * tables).sum(-1) / (tables * tables).sum(-1)
    if bool((factors[:, :1] / factors - 1).abs().max() > 1e-3):
        raise not_yet("jac-loop", "jac-loop")
    if bool((factors[:1] / factors - 1).abs().max() > 1e-3):
        raise not_yet("loop-over-starts", "jac-loop-points")


@announced
def cost(function: Function) -> None:
    """Check a function ``passes(inputs, outputs)`` that returns how many passes J takes: reverse mode, forward mode."""
    require_callable(function)
    drawn = torch.randint(6, 90, (2,)).tolist()
    for inputs, outputs in ((drawn[0], drawn[0] + drawn[1]), (1_000_003, 1), (2, 5_000)):
        pair = torch.tensor([float(outputs), float(inputs)], dtype=torch.float64)
        both = float(inputs * outputs)
        agree(
            call(function, inputs, outputs),
            pair,
            (
                KnownMistake("jac-cost-swapped", "jac-cost-swapped", pair.flip(0)),
                KnownMistake("jac-cost-entries", "jac-cost-entries", torch.full((2,), both, dtype=torch.float64)),
                KnownMistake("jac-cost-entries", "jac-cost-entries", torch.tensor(both, dtype=torch.float64)),
                KnownMistake("jac-cost-same", "jac-cost-same", pair[:1].expand(2)),
                KnownMistake("jac-cost-same", "jac-cost-same", pair[1:].expand(2)),
                KnownMistake("jac-cost-same", "jac-cost-one", torch.ones(2, dtype=torch.float64)),
                KnownMistake("jac-cost-same", "jac-cost-cheaper", pair.min()),
                KnownMistake("jac-cost-measured", "jac-cost-measured", pair + 1),
            ),
            kind="pair",
            given=words.FRAGMENTS["inputs-and-outputs"].format(inputs=inputs, outputs=outputs),
            tolerance=1e-9,
        )
