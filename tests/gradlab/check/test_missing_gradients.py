"""Why a slope is None."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.missing_gradients import gradients_from
from tests.gradlab.check.cases import case

Tensor = torch.Tensor


@pytest.fixture(autouse=True)
def as_in_a_notebook() -> Iterator[None]:
    """A notebook shows torch's warning about `.grad` and goes on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def leaf() -> Any:
    return torch.tensor(2.0, requires_grad=True)


def square(x: Tensor) -> Tensor:
    return x**2


def slope(f: Callable[[Tensor], Any], x: Tensor, read: Callable[[Any, Any], Any]) -> Any:
    y = f(x)
    y.backward()
    return read(x, y)


def test_a_slope_is_handed_on() -> None:
    assert gradients_from(lambda f: slope(f, leaf(), lambda x, _: x.grad), square) == 4


def test_a_none_is_explained() -> None:
    for run, name in [
        (lambda f: slope(f, leaf() * 1, lambda x, _: x.grad), "not-a-leaf"),
        (lambda f: slope(f, leaf() * 1, lambda x, _: x.grad.item()), "not-a-leaf"),
        (lambda f: slope(f, leaf(), lambda _, y: y.grad), "grad-of-intermediate"),
        (lambda f: slope(f, leaf(), lambda _, y: (y.grad, 1.0)), "grad-of-intermediate"),
        (lambda f: slope(f, leaf(), lambda _, y: y.grad.item()), "grad-of-intermediate"),
        (lambda f: leaf().grad.zero_(), "zero-before-first"),
        (lambda f: slope(lambda x: f(x.data).requires_grad_(), leaf(), lambda x, _: x.grad), "data-attribute"),
        (lambda f: slope(f, leaf(), lambda x, _: None), None),
        (lambda f: None, None),
    ]:
        with case(run, name):
            with pytest.raises(NotYet) as caught:
                gradients_from(run, square)

            assert caught.value.diagnosis.misconception == name


def test_only_a_part_of_the_value_may_be_f() -> None:
    def run(f: Callable[[Tensor], Tensor]) -> Any:
        return slope(lambda x: 1 - f(x), leaf(), lambda _, y: y.grad)

    with pytest.raises(NotYet) as caught:
        gradients_from(run, square, of_f_itself=False)

    assert caught.value.diagnosis.misconception == "grad-of-intermediate"
