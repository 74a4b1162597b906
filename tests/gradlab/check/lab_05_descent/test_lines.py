"""Mutants and right answers of the line's gradient, limits and fit, and of the penalty."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gradlab.check import Diagnosis
from gradlab.check import lab_05_descent as check

Function = Callable[..., Any]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


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
    passes(lambda: check.line_gradient(gradient))
    passes(lambda: check.stable_rate(limits))
    passes(lambda: check.scaled_fit(fit))
    passes(lambda: check.scaled_fit(fit, centre=-300.0, spread=40.0))
    for features in (1, 2, 6):
        passes(lambda features=features: check.penalised_loss(penalised, features=features))


@pytest.mark.parametrize(
    ("answer", "name", "words"),
    [
        (lambda t, x, y: gradient(t, x, y) * [len(x), 1], "scalar-averaged", "single number"),
        (lambda t, x, y: gradient(t, x, y) * len(x), "sum-for-mean", "a mean and a sum"),
        (lambda t, x, y: gradient(t, x, y)[[1, 1]], "missing-inner-derivative", "chain rule"),
        (lambda t, x, y: gradient(t, x, y)[::-1], None, "exchanged"),
        (lambda t, x, y: -gradient(t, x, y), None, "wrong way round"),
        (lambda t, x, y: gradient(t, x, y) / 2, None, "one factor"),
        (lambda t, x, y: gradient(t, x, y) * [1, 0], "one-variable-only", "one axis"),
        (lambda t, x, y: gradient(t, x, y)[0], None, "another shape"),
    ],
)
def test_a_wrong_gradient_is_named(answer: Function, name: str | None, words: str, refused: Refused) -> None:
    diagnosis = refused(lambda: check.line_gradient(answer))
    assert diagnosis.misconception == name
    assert words in diagnosis.title


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: limits(x)[::-1], "exchanged"),
        (lambda x: (limits(x)[0] / 2, limits(x)[1]), "from the Hessian"),
        (lambda x: (limits(x)[0], limits(x)[1] ** 0.5), "root of the condition number"),
        (lambda x: (limits(x)[0], 1 / limits(x)[1]), "two eigenvalues"),
        (lambda x: (1 / np.mean(x * x), 1), "bias is missing"),
        (lambda x: (0.123, 4.56), "does not follow from the inputs"),
    ],
)
def test_wrong_limits_are_named(answer: Function, words: str, refused: Refused) -> None:
    assert words in refused(lambda: check.stable_rate(answer)).title


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w, b, m, s: (w * s, b + w * m), "scaled inputs"),
        (lambda w, b, m, s: (w, b + w * m), "height is not"),
        (lambda w, b, m, s: (b, w), "exchanged"),
        (lambda w, b, m, s: (float("nan"), b), "too high"),
        (lambda w, b, m, s: (1e9, b), "too high"),
        (lambda w, b, m, s: (w / 2, b / 2), "isn't there yet"),
    ],
)
def test_a_wrong_fit_is_named(change: Function, words: str, refused: Refused) -> None:
    def answer(x: Any, y: Any) -> object:
        return change(*fit(x, y), x.mean(), x.std())

    assert words in refused(lambda: check.scaled_fit(answer)).title


@pytest.mark.parametrize(
    ("chosen", "name", "words"),
    [
        (slice(1, None), "regularises-bias", "another parameter"),
        (slice(-1, None), "regularises-bias", "another parameter"),
        (slice(None), None, "the bias as well"),
        (slice(0, 0), None, "another one"),
    ],
)
def test_a_wrong_penalty_is_named(chosen: slice, name: str | None, words: str, refused: Refused) -> None:
    diagnosis = refused(lambda: check.penalised_loss(lambda *a: penalised(*a, chosen)))
    assert diagnosis.misconception == name
    assert words in diagnosis.title


def test_a_penalty_that_autograd_does_not_see_is_named(refused: Refused) -> None:
    def detached(theta: Any, x: Any, y: Any, strength: float) -> Any:
        return penalised(theta, x, y, 0) + strength * (theta[:-1].detach() ** 2).sum()

    assert refused(lambda: check.penalised_loss(detached)).misconception == "data-attribute"
    assert refused(lambda: check.penalised_loss(lambda *a: float(penalised(*a)))).misconception == "graph-cut"
    assert refused(lambda: check.penalised_loss(lambda *a: penalised(*a).detach())).misconception == "graph-cut"


@pytest.mark.parametrize("run", [check.line_gradient, check.stable_rate, check.scaled_fit, check.penalised_loss])
def test_garbage_is_refused(run: Function, garbage: Function, refused: Refused) -> None:
    refused(lambda: run(garbage))


def test_a_loss_of_complex_numbers_is_refused(refused: Refused) -> None:
    refused(lambda: check.penalised_loss(lambda *_: torch.zeros((), dtype=torch.complex64)))
