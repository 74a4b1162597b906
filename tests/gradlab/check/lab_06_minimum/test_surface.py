"""Mutants and right answers of the course's surface."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab import check
from gradlab.check.lab_06_minimum.surface import combination
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]

sin, cos = torch.sin, torch.cos

pytestmark = pytest.mark.filterwarnings("ignore:To copy construct", "ignore:Converting a tensor")


def by_unbind(x: Tensor) -> Tensor:
    a, b = x.unbind(dim=-1)
    return a.sin() * b.cos() + (a / 2).sin() * (b / 2).cos()


def by_product_formula(x: Tensor) -> Tensor:
    total, difference = x.sum(-1), x[..., 0] - x[..., 1]
    return (sin(total) + sin(difference) + sin(total / 2) + sin(difference / 2)) / 2


def in_single_precision(x: Tensor) -> Tensor:
    return by_unbind(x.float())


def in_place(x: Tensor) -> Tensor:
    result = torch.zeros(x.shape[:-1], dtype=x.dtype)
    for scale in (1.0, 0.5):
        result += sin(scale * x[..., 0]) * cos(scale * x[..., 1])
    return result


def by_einsum(x: Tensor) -> Tensor:
    scaled = torch.stack([x, x / 2])
    return torch.einsum("k...,k...->...", sin(scaled[..., 0]), cos(scaled[..., 1]))


def test_a_right_surface_passes(passes: Passes) -> None:
    for answer in [by_unbind, by_product_formula, in_single_precision, in_place, by_einsum]:
        passes(check.surface, answer)


def wrong(formula: Callable[[Tensor, Tensor], Tensor]) -> Function:
    return lambda x: formula(x[..., 0], x[..., 1])


def test_the_wrong_part_is_named(refused: Refused) -> None:
    for formula, words in [
        (lambda a, b: sin(a) * cos(b) + sin(a) * cos(b / 2), ["second term", "inside the function of x₁"]),
        (lambda a, b: sin(a) * cos(b) + sin(a / 2) * cos(b), ["second term", "inside the function of x₂"]),
        (lambda a, b: sin(a) * cos(b) + sin(2 * a) * cos(2 * b), ["second term", "inside its two functions"]),
        (lambda a, b: sin(a) * cos(b) + sin(a) * cos(b) / 2, ["second term", "halved"]),
        (lambda a, b: sin(a) * cos(b) + sin(a) * cos(b) / 4, ["second term", "halved"]),
        (lambda a, b: cos(a) * sin(b) + sin(a / 2) * cos(b / 2), ["first term", "which function"]),
        (lambda a, b: sin(a) * sin(b) + sin(a / 2) * cos(b / 2), ["first term", "which function"]),
        (lambda a, b: sin(a) * cos(b) + cos(a / 2) * cos(b / 2), ["second term", "which function"]),
        (lambda a, b: sin(a) * cos(b) - sin(a / 2) * cos(b / 2), ["second term", "sign"]),
        (lambda a, b: sin(a) * cos(b) * sin(a / 2) * cos(b / 2), ["second term", "joined"]),
        (lambda a, b: sin(a) + cos(b) + sin(a / 2) * cos(b / 2), ["first term", "factors"]),
        (lambda a, b: sin(a) * cos(b), ["second term", "missing"]),
        (lambda a, b: sin(a / 2) * cos(b / 2), ["first term", "missing"]),
        (lambda a, b: cos(a) * sin(b) + cos(a / 2) * sin(b / 2), ["as a whole", "which function"]),
    ]:
        with case(formula, words):
            diagnosis = refused(check.surface, wrong(formula))
            assert diagnosis.misconception == "wrong-coefficient"
            assert all(word in diagnosis.seen for word in words)


def by_numbers(x: Tensor) -> Tensor:
    rows = x.reshape(-1, 2).tolist()
    values = [math.sin(a) * math.cos(b) + math.sin(a / 2) * math.cos(b / 2) for a, b in rows]
    return torch.tensor(values).reshape(x.shape[:-1])


def by_numbers_watched(x: Tensor) -> Tensor:
    return by_numbers(x).to(x.dtype).requires_grad_()


def by_math(x: Tensor) -> float:
    return math.sin(x[..., 0]) * math.cos(x[..., 1])


def by_item(x: Tensor) -> float:
    return by_unbind(x).item()


def by_numpy(x: Tensor) -> Tensor:
    return torch.from_numpy(np.sin(x.numpy()[..., 0]))


def as_array(x: Tensor) -> object:
    return by_unbind(x).detach().numpy()


def in_no_grad(x: Tensor) -> Tensor:
    with torch.no_grad():
        return by_unbind(x)


def on_detached(x: Tensor) -> Tensor:
    return by_unbind(x.detach())


def data_in_one_factor(x: Tensor) -> Tensor:
    return sin(x[..., 0]) * cos(x.data[..., 1]) + sin(x[..., 0] / 2) * cos(x[..., 1] / 2)


def data_in_one_term(x: Tensor) -> Tensor:
    return by_unbind(x) + by_unbind(x.data) - by_unbind(x.data) + 0 * x[..., 0]


def second_term_from_data(x: Tensor) -> Tensor:
    return sin(x[..., 0]) * cos(x[..., 1]) + sin(x.data[..., 0] / 2) * cos(x.data[..., 1] / 2)


def columns_for_rows(x: Tensor) -> Tensor:
    return sin(x[0]) * cos(x[1]) + sin(x[0] / 2) * cos(x[1] / 2)


def one_axis_only(x: Tensor) -> Tensor:
    return sin(x[:, 0]) * cos(x[:, 1]) + sin(x[:, 0] / 2) * cos(x[:, 1] / 2)


def summed(x: Tensor) -> Tensor:
    return by_unbind(x).sum()


def kept_axis(x: Tensor) -> Tensor:
    return by_unbind(x).unsqueeze(-1)


def test_a_mistake_is_named(named: Named) -> None:
    for answer, name in [
        (by_numbers, "graph-cut"),
        (by_numbers_watched, "graph-cut"),
        (by_math, "graph-cut"),
        (by_item, "graph-cut"),
        (as_array, "graph-cut"),
        (by_numpy, "numpy-on-tracked"),
        (in_no_grad, "forward-untracked"),
        (on_detached, "forward-untracked"),
        (data_in_one_factor, "data-attribute"),
        (second_term_from_data, "data-attribute"),
        (columns_for_rows, None),
        (one_axis_only, None),
        (summed, None),
        (kept_axis, None),
    ]:
        named(check.surface, answer, name)


def test_the_unseen_term_is_named(refused: Refused) -> None:
    assert "second term" in refused(check.surface, second_term_from_data).seen
    assert "∂f/∂x₂" in refused(check.surface, data_in_one_factor).seen


def test_data_that_cancels_out_is_right(passes: Passes) -> None:
    passes(check.surface, data_in_one_term)


def test_an_unknown_formula_is_refused(refused: Refused) -> None:
    assert refused(check.surface, wrong(lambda a, b: a * b)).misconception is None


def test_a_changed_argument_is_refused(refused: Refused) -> None:
    def answer(x: Tensor) -> Tensor:
        y = by_unbind(x)
        x.data += 1
        return y

    assert "changes what it was given" in refused(check.surface, answer).title


def test_garbage_is_refused(refused: Refused) -> None:
    refuse_garbage(refused, check.surface)


def test_a_combination_is_found_and_none_is_made_up() -> None:
    values = torch.tensor([1.0, -2.0, 3.0, 0.5], dtype=torch.float64)
    parts = torch.stack([values, values**2], dim=-1)
    assert combination(2 * values - values**2, parts) == pytest.approx([2, -1])
    assert combination(values**3, parts) is None
