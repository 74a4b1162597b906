"""Mutants and right answers of measured slopes, of an inspector of slopes, and of two slopes found by hand."""

from collections.abc import Callable

import torch

from gradlab.check import lab_01_autograd as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Curve = Callable[[Tensor], Tensor]
Function = Callable[..., object]


def central(f: Curve, x: Tensor, h: float) -> Tensor:
    return (f(x + h) - f(x - h)) / (2 * h)


def agrees(f: Curve, df: Curve, x: Tensor) -> Tensor:
    measured = central(f, x, 1e-5)
    return ((df(x) - measured).abs() <= 1e-6 * (1 + measured.abs())).all()


def pulse(x: Tensor) -> Tensor:
    return (1 - x / 2) * torch.exp(-x / 2)


def error(w: Tensor, x: Tensor, target: float) -> Tensor:
    return 2 * (w @ x - target) * x


def difference(f: Curve, df: Curve, x: Tensor) -> Tensor:
    return df(x) - central(f, x, 1e-5)


def test_a_right_answer_passes(passes: Passes) -> None:
    for check_of, answer in [
        (check.central_difference, central),
        (check.inspection, agrees),
        (check.inspection, lambda f, df, x: bool(agrees(f, df, x))),
        (check.pulse_slope, pulse),
        (check.pulse_slope, lambda x: pulse(x).tolist()),
        (check.squared_error_gradient, error),
        (check.squared_error_gradient, lambda w, x, target: error(w.float(), x.float(), target)),
    ]:
        passes(check_of, answer)


def test_a_wrong_difference_is_named(refused: Refused) -> None:
    for answer, title in [
        (lambda f, x, h: (f(x + h) - f(x)) / h, "one side only"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / h, "the run is not"),
        (lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h, "the run is not"),
        (lambda f, x, h: central(f, x, 1e-4), "the width that was given"),
        (lambda f, x, h: central(f, x.double(), h), "changed their type"),
        (lambda f, x, h: -central(f, x, h), "sign"),
    ]:
        with case(answer, title):
            assert title in refused(check.central_difference, answer).title


def test_a_wrong_inspector_is_named(refused: Refused) -> None:
    for answer, title in [
        (lambda f, df, x: False, "a right derivative is refused"),
        (lambda f, df, x: True, "a wrong derivative is accepted"),
        (lambda f, df, x: (difference(f, df, x) < 1e-6).all(), "to one side only"),
        (lambda f, df, x: difference(f, df, x).mean().abs() < 1e-6, "cancel"),
        (lambda f, df, x: (difference(f, df, x).abs() < 1e-6).any(), "wrong at some places"),
        (lambda f, df, x: torch.allclose(df(x), central(f, x, 1e-5)), "small errors slip through"),
        (lambda f, df, x: (difference(f, df, x).abs() < 1e-6).all(), "does not fit all slopes"),
        (lambda f, df, x: difference(f, df, x).abs() < 1e-6, "one verdict"),
    ]:
        with case(answer, title):
            assert title in refused(check.inspection, answer).title


def test_an_inspector_that_asks_autograd_is_named(refused: Refused) -> None:
    def trusting(f: Curve, df: Curve, x: Tensor) -> bool:
        leaf = x.clone().requires_grad_()
        return torch.allclose(df(x), torch.autograd.grad(f(leaf).sum(), leaf)[0], rtol=1e-6, atol=1e-6)

    assert "believes autograd" in refused(check.inspection, trusting).title


def test_a_wrong_pulse_is_named(named: Named) -> None:
    for answer, name in [
        (lambda x: (1 + x) * torch.exp(-x / 2), "missing-inner-derivative"),
        (lambda x: torch.exp(-x / 2) - x / 2 * torch.exp(-x / 2) * x, "exp-derivative"),
        (lambda x: torch.exp(-x / 2) - x / 2 * (-x / 2) * torch.exp(-x / 2 - 1), "exp-derivative"),
        (lambda x: -0.5 * torch.exp(-x / 2), None),
    ]:
        named(check.pulse_slope, answer, name)


def test_a_wrong_error_is_named(named: Named) -> None:
    for answer, name in [
        (lambda w, x, target: -2 * (target - w @ x), "missing-inner-derivative"),
        (lambda w, x, target: -error(w, x, target), "missing-inner-derivative"),
        (lambda w, x, target: error(w, x, target) / 2, "wrong-coefficient"),
        (lambda w, x, target: error(w, x, target) / len(w), "sum-for-mean"),
        (lambda w, x, target: error(x, w, target), None),
        (lambda w, x, target: -2 * (target - w * x) * x, None),
    ]:
        named(check.squared_error_gradient, answer, name)


def test_garbage_is_refused(refused: Refused) -> None:
    for check_of in [check.central_difference, check.inspection, check.pulse_slope, check.squared_error_gradient]:
        refuse_garbage(refused, check_of)
