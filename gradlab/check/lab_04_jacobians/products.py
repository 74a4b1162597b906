"""The checks of products with a Jacobian: pulled back (pull), pushed forward (push), of a loss (weight-gradient)."""

import functools
from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_left_alone, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_04_jacobians import sample_functions
from gradlab.check.lab_04_jacobians.run import FUNCTIONS, GradientProbes, jacobian, random_tensor, run_for_gradients
from gradlab.check.missing_gradients import Run, error_with
from gradlab.check.values import numbers

Tensor = torch.Tensor


def _applied(function: Function, x: Tensor, v: Tensor, f: Function) -> object:
    return function(f, x, v)


def _other_way(function: Function, f: Function, x: Tensor, length: int) -> bool:
    """Say whether a function that failed works with a v of the other length."""
    try:
        with torch.enable_grad():
            return numbers(function(f, x.clone(), torch.ones(length, dtype=x.dtype))) is not None
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False


@announced
def pulled_back(function: Function) -> None:
    """Check a function ``vjp(f, x, v)`` that returns Jᵀ v, shape (d,), for v of shape (m,).

    Raises:
        NotYet: the product differs, or it takes more than one backward pass.
    """
    require_callable(function)
    for f, count in FUNCTIONS:
        x = random_tensor(count)
        table = jacobian(f, x)
        v = random_tensor(len(table))
        _check(function, f, x, v, table.T @ v, _pull_mistakes(table, v), count)
    x, v = random_tensor(3), random_tensor(3)
    built = jacobian(sample_functions.square, x).T @ (v * torch.arange(1, 4, dtype=torch.float64))
    _require_one_pass_of_square(function, x, v, built)


def _pull_mistakes(table: Tensor, v: Tensor) -> Iterator[KnownMistake[Tensor]]:
    if len(v) == table.shape[1]:
        yield KnownMistake("jvp-for-vjp", "jac-pushed", table @ v)
    yield KnownMistake("jac-tuple", "jac-tuple", (table.T @ v)[None])
    yield KnownMistake("jac-ones", "jac-ones", table.sum(0))
    yield KnownMistake("jac-whole", "jac-whole", table)
    yield KnownMistake("jac-unsummed", "jac-unsummed", v[:, None] * table)
    yield KnownMistake("jac-dot", "jac-dot", (table.T @ v).sum())
    yield KnownMistake("sum-for-mean", "jac-mean", table.T @ v / len(v))
    yield KnownMistake("jac-v-twice", "jac-v-twice", table.T @ v**2)


@announced
def pushed_forward(function: Function) -> None:
    """Check a function ``jvp(f, x, v)`` that returns J v, shape (m,), for v of shape (d,).

    Raises:
        NotYet: the product differs, or the Jacobian is built row by row.
    """
    require_callable(function)
    for f, count in FUNCTIONS:
        x, v = random_tensor(count), random_tensor(count)
        table = jacobian(f, x)
        _check(function, f, x, v, table @ v, _push_mistakes(f, x, table, v), len(table))
    x, v = random_tensor(3), random_tensor(3)
    built = torch.arange(1, 4, dtype=torch.float64) * (jacobian(sample_functions.square, x) @ v)
    _require_one_pass_of_square(function, x, v, built)


def _push_mistakes(f: Function, x: Tensor, table: Tensor, v: Tensor) -> Iterator[KnownMistake[Tensor]]:
    if len(table) == len(v):
        yield KnownMistake("jvp-for-vjp", "jac-pulled", table.T @ v)
    value = f(x.detach())
    yield KnownMistake("jac-pair", "jac-pair", torch.stack([value, table @ v]))
    yield KnownMistake("jac-value", "jac-value", value)
    yield KnownMistake("jac-whole", "jac-whole", table)
    yield KnownMistake("jac-unsummed", "jac-unsummed", table * v)
    yield KnownMistake("jac-ones", "jac-ones", table.sum(1))
    yield KnownMistake("jac-step", "jac-step", f(x.detach() + v) - value)
    yield KnownMistake("jac-step", "jac-unit", table @ (v / v.norm()))
    yield KnownMistake("jac-dot", "jac-dot", (table @ v).sum())


def _check(
    function: Function,
    f: Function,
    x: Tensor,
    v: Tensor,
    expected: Tensor,
    mistakes: Iterator[KnownMistake[Tensor]],
    other: int,
) -> None:
    given, weights = x.clone(), v.clone()
    try:
        result = run_for_gradients(lambda g: function(g, given, weights), f)
    except AssertionError:
        if f is not sample_functions.square and other != len(v) and _other_way(function, f, x, other):
            raise not_yet("jvp-for-vjp", "jac-other-length", length=len(v), other=other) from None
        raise
    agree(result, expected, mistakes, given=words.FRAGMENTS["random-point-and-v"], shape=tuple(x.shape))
    require_left_alone("`x`", x, given)
    require_unchanged("`v`", v, weights)


def _require_one_pass_of_square(function: Function, x: Tensor, v: Tensor, built: Tensor) -> None:
    run = functools.partial(_applied, function, x, v)
    result = run_for_gradients(run, sample_functions.square_scaled_by_pass)
    _require_one_pass(run, result, built, sample_functions.square_of_one_vector)


def _require_one_pass(run: Run, scaled: object, built: Tensor, of_one_vector: Function) -> None:
    """Refuse a Jacobian that is built on the way, row by row or in a batch.

    Args:
        run: the student's function.
        scaled: what it gives for a function whose n-th backward pass is n times too large.
        built: what it gives then if each output has a backward pass of its own.
        of_one_vector: a function through which only one vector at a time can go.
    """
    if close(numbers(scaled), built):
        raise not_yet("jac-built", "jac-built")
    if error_with(run, of_one_vector) == sample_functions.MANY_VECTORS:
        raise not_yet("jac-built", "jac-batched")


@announced
def loss_gradient(function: Function) -> None:
    """Check a function ``weight_gradient(model, w, y)``: the gradient of the mean squared error, shape (m,).

    Raises:
        NotYet: it differs, or takes more than one backward pass.
    """
    require_callable(function)
    for count, weights in ((3, 3), (5, 3), (2, 4)):
        features = torch.rand(count, weights, dtype=torch.float64).tolist()
        model, scaled, of_one_vector, *of_gradients = (
            functools.partial(f, features=features)
            for f in (
                sample_functions.predictions,
                sample_functions.predictions_scaled_by_pass,
                sample_functions.predictions_of_one_vector,
                sample_functions.predictions_keep_grad_of_weights,
                sample_functions.predictions_keep_grad_of_value,
                sample_functions.predictions_raise_in_backward,
            )
        )
        probes = GradientProbes(*of_gradients)
        w = random_tensor(weights)
        # Some predictions are too large and some too small: signs must count.
        y = model(w) + (0.5 + torch.rand(count, dtype=torch.float64)) * (-1.0) ** torch.arange(count)
        given, targets = w.clone(), y.clone()
        run = functools.partial(_applied, function, given, targets)
        table, error = jacobian(model, w), model(w) - y
        result, expected = run_for_gradients(run, model, probes), table.T @ (2 / count * error)
        agree(
            result,
            expected,
            _loss_mistakes(table, error, w),
            given=words.FRAGMENTS["random-weights"],
            shape=tuple(w.shape),
        )
        require_left_alone("`w`", w, given)
        require_unchanged("`y`", y, targets)
        built = table.T @ (2 / count * error * torch.arange(1, count + 1, dtype=torch.float64))
        _require_one_pass(run, run_for_gradients(run, scaled, probes), built, of_one_vector)


def _loss_mistakes(table: Tensor, error: Tensor, w: Tensor) -> Iterator[KnownMistake[Tensor]]:
    count = len(error)
    if count == len(w):
        yield KnownMistake("jvp-for-vjp", "jac-pushed", table @ (2 / count * error))
    yield KnownMistake("jac-tuple", "jac-tuple", (table.T @ (2 / count * error))[None])
    yield KnownMistake("sum-for-mean", "jac-loss-sum", table.T @ (2 * error))
    yield KnownMistake("sum-for-mean", "jac-over-weights", table.T @ (2 * error) / len(w))
    yield KnownMistake("jac-two", "jac-two", table.T @ error / count)
    yield KnownMistake("jac-two", "jac-two-sum", table.T @ error)
    yield KnownMistake("jac-two", "jac-four", table.T @ error * 4 / count)
    yield KnownMistake("jac-ones", "jac-ones", table.sum(0))
    yield KnownMistake("jac-ones", "jac-ones", table.mean(0))
    yield KnownMistake("jac-loss-values", "jac-loss-values", table.T @ error**2)
    yield KnownMistake("jac-loss-values", "jac-loss-values", table.T @ (error**2 / count))
    yield KnownMistake("jac-whole", "jac-whole", table)
    yield KnownMistake("jac-unsummed", "jac-unsummed", (2 / count * error)[:, None] * table)
    yield KnownMistake("jac-stopped", "jac-stopped", 2 / count * error)
