"""Mutants and right answers of the line's gradient, limits and fit, and of the penalty."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from gradlab.check import lab_05_descent as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Function = Callable[..., Any]


def gradient(theta: Any, x: Any, y: Any) -> Any:
    residual = theta[0] * x + theta[1] - y
    return 2 * np.array([np.mean(residual * x), np.mean(residual)])


def limits(x: Any) -> tuple[float, float]:
    low, high = np.linalg.eigvalsh(_hessian(x))
    return 2 / high, high / low


def _hessian(x: Any) -> Any:
    return 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])


def fit(x: Any, y: Any) -> tuple[float, float]:
    w, b = np.polyfit(x, y, 1)
    return w, b


def penalised(theta: Any, x: Any, y: Any, strength: float, chosen: slice = slice(None, -1)) -> Any:
    return ((x @ theta[:-1] + theta[-1] - y) ** 2).mean() + strength * (theta[chosen] ** 2).sum()


def test_right_answers_pass(passes: Passes) -> None:
    passes(check.line_gradient, gradient)
    passes(check.stable_rate, limits)
    passes(check.scaled_fit, fit)
    passes(check.scaled_fit, fit, centre=-300.0, spread=40.0)
    for features in (1, 2, 6):
        passes(check.penalised_loss, penalised, features=features)


def test_a_wrong_gradient_is_named(named: Named) -> None:
    for answer, name, words in [
        (lambda t, x, y: gradient(t, x, y) * [len(x), 1], "scalar-averaged", "single number"),
        (lambda t, x, y: gradient(t, x, y) * len(x), "sum-for-mean", "a mean and a sum"),
        (lambda t, x, y: gradient(t, x, y)[[1, 1]], "missing-inner-derivative", "chain rule"),
        (lambda t, x, y: gradient(t, x, y)[::-1], None, "exchanged"),
        (lambda t, x, y: -gradient(t, x, y), None, "wrong way round"),
        (lambda t, x, y: gradient(t, x, y) / 2, None, "one factor"),
        (lambda t, x, y: gradient(t, x, y) * [1, 0], "one-variable-only", "one axis"),
        (lambda t, x, y: gradient(t, x, y)[0], None, "another shape"),
    ]:
        named(check.line_gradient, answer, name, words)


def test_wrong_limits_are_named(refused: Refused) -> None:
    for answer, words in [
        (lambda x: limits(x)[::-1], "exchanged"),
        (lambda x: (limits(x)[0] / 2, limits(x)[1]), "from the Hessian"),
        (lambda x: (limits(x)[0], limits(x)[1] ** 0.5), "root of the condition number"),
        (lambda x: (limits(x)[0], 1 / limits(x)[1]), "two eigenvalues"),
        (lambda x: (1 / np.mean(x * x), 1), "bias is missing"),
        (lambda x: (0.123, 4.56), "does not follow from the inputs"),
    ]:
        with case(answer, words):
            assert words in refused(check.stable_rate, answer).title


def changed_fit(change: Function, x: Any, y: Any) -> object:
    return change(*fit(x, y), x.mean(), x.std())


def test_a_wrong_fit_is_named(refused: Refused) -> None:
    for change, words in [
        (lambda w, b, m, s: (w * s, b + w * m), "scaled inputs"),
        (lambda w, b, m, s: (w, b + w * m), "height is not"),
        (lambda w, b, m, s: (b, w), "exchanged"),
        (lambda w, b, m, s: (float("nan"), b), "too high"),
        (lambda w, b, m, s: (1e9, b), "too high"),
        (lambda w, b, m, s: (w / 2, b / 2), "isn't there yet"),
    ]:
        with case(change, words):
            assert words in refused(check.scaled_fit, partial(changed_fit, change)).title


def test_a_wrong_penalty_is_named(refused: Refused) -> None:
    for chosen, name, words in [
        (slice(1, None), "regularises-bias", "another parameter"),
        (slice(-1, None), "regularises-bias", "another parameter"),
        (slice(None), None, "the bias as well"),
        (slice(0, 0), None, "another one"),
    ]:
        with case(chosen, name, words):
            diagnosis = refused(check.penalised_loss, partial(penalised, chosen=chosen))
            assert diagnosis.misconception == name
            assert words in diagnosis.title


def test_a_penalty_that_autograd_does_not_see_is_named(refused: Refused) -> None:
    def detached(theta: Any, x: Any, y: Any, strength: float) -> Any:
        return penalised(theta, x, y, 0) + strength * (theta[:-1].detach() ** 2).sum()

    assert refused(check.penalised_loss, detached).misconception == "data-attribute"
    assert refused(check.penalised_loss, lambda *a: float(penalised(*a))).misconception == "graph-cut"
    assert refused(check.penalised_loss, lambda *a: penalised(*a).detach()).misconception == "graph-cut"


def test_garbage_is_refused(refused: Refused) -> None:
    for run in [check.line_gradient, check.stable_rate, check.scaled_fit, check.penalised_loss]:
        refuse_garbage(refused, run)


def test_a_loss_of_complex_numbers_is_refused(refused: Refused) -> None:
    refused(check.penalised_loss, lambda *_: torch.zeros((), dtype=torch.complex64))
