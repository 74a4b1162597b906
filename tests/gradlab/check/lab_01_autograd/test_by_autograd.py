"""Mutants and right answers of slopes by autograd: one variable, two, and the repaired depth."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from gradlab.check import lab_01_autograd as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., Any]


@pytest.fixture(autouse=True)
def as_in_a_notebook() -> Iterator[None]:
    """A notebook shows torch's warning about `.grad` and goes on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def leaf(number: float) -> Tensor:
    return torch.tensor(float(number), dtype=torch.float64, requires_grad=True)


def by_backward(f: Function, x: float) -> Any:
    place = leaf(x)
    f(place).backward()
    return place.grad


def by_measurement(f: Function, x: float) -> Any:
    right, left = (f(torch.tensor(x + step, dtype=torch.float64)) for step in (1e-5, -1e-5))
    return (right - left) / 2e-5


def test_a_right_slope_passes(passes: Passes) -> None:
    for answer in [by_backward, lambda f, x: torch.func.grad(f)(leaf(x)).item()]:
        passes(check.slope_at, answer)
        passes(check.slope_at, answer, of=lambda x: torch.exp(-x) * x)


def whole(f: Function, x: float) -> Any:
    place = torch.tensor(x, requires_grad=True)
    f(place).backward()
    return place.grad


def converted(f: Function, x: float) -> Any:
    place = leaf(x).to(torch.float32)
    f(place).backward()
    return place.grad


def of_the_value(f: Function, x: float) -> Any:
    y = f(leaf(x))
    y.backward()
    return y.grad


def too_early(f: Function, x: float) -> Any:
    place = leaf(x)
    place.grad.zero_()
    return by_backward(f, x)


def behind_its_back(f: Function, x: float) -> Any:
    place = leaf(x)
    f(place.data).requires_grad_().backward()
    return place.grad


def no_return(f: Function, x: float) -> None:
    by_backward(f, x)


def test_a_wrong_slope_is_named(refused: Refused) -> None:
    for answer, name, title in [
        (whole, "integer-tensor", ""),
        (converted, "not-a-leaf", ""),
        (of_the_value, "grad-of-intermediate", ""),
        (too_early, "zero-before-first", ""),
        (behind_its_back, "data-attribute", ""),
        (lambda f, x: leaf(x).grad, None, "returns nothing"),
        (lambda f, x: [f(leaf(x)), leaf(x).grad][1], "no-gradient-there", ""),
        (no_return, None, "returns nothing"),
        (lambda f, x: f(leaf(x)).item(), None, "that is the value"),
        (lambda f, x: 2 * by_backward(f, x), "missing-zero-grad", ""),
        (lambda f, x: -by_backward(f, x), None, "sign"),
        (by_measurement, None, "measured"),
    ]:
        with case(answer, name, title):
            diagnosis = refused(check.slope_at, answer)

            if name == "no-gradient-there":
                assert ".grad" in diagnosis.title
            else:
                assert diagnosis.misconception == name
                assert title in diagnosis.title


def by_grad(f: Function, x: Tensor, y: Tensor) -> Any:
    return torch.autograd.grad(f(x, y), (x, y))


def on_copies(f: Function, x: Tensor, y: Tensor) -> Any:
    copies = [leaf(part.item()) for part in (x, y)]
    f(*copies).backward()
    return [copy.grad for copy in copies]


def test_right_partials_pass(passes: Passes) -> None:
    for answer in [by_grad, on_copies]:
        passes(check.partial_derivatives, answer)
        passes(check.partial_derivatives, answer, of=lambda x, y: torch.sin(x * y) + y)


def into_the_buckets(f: Function, x: Tensor, y: Tensor) -> Any:
    f(x, y).backward()
    return x.grad, y.grad


def with_new_buckets(f: Function, x: Tensor, y: Tensor) -> Any:
    x.grad = y.grad = None
    return into_the_buckets(f, x, y)


def on_clones(f: Function, x: Tensor, y: Tensor) -> Any:
    return into_the_buckets(f, x.clone(), y.clone())


def test_wrong_partials_are_named(named: Named) -> None:
    for answer, name, title in [
        (into_the_buckets, "missing-zero-grad", ""),
        (with_new_buckets, None, "`.grad` has changed"),
        (on_clones, "not-a-leaf", ""),
        (lambda f, x, y: by_grad(f, x, y)[0], None, "one of the two"),
        (lambda f, x, y: by_grad(f, x, y)[::-1], None, "exchanged"),
        (lambda f, x, y: (by_grad(f, x, y)[0], 0.0), "data-attribute", ""),
        (lambda f, x, y: f(x, y), None, "that is the value"),
    ]:
        named(check.partial_derivatives, answer, name, title)


def depth(f: Function, place: list[float], dtype: torch.dtype = torch.float64) -> Any:
    x = torch.tensor(place, dtype=dtype, requires_grad=True)
    (torch.sin(x[0]) - f(x)).backward()
    return x.grad


def waves_cut(f: Function, place: list[float]) -> Any:
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    (-f(x)).backward()
    return x.grad


def bed_hidden(f: Function, place: list[float]) -> Any:
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    (torch.sin(x[0]) - f(x.data)).backward()
    return x.grad


def bed_cut(f: Function, place: list[float]) -> Any:
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    (torch.sin(x[0]) - f(x).item()).backward()
    return x.grad


def test_a_right_depth_passes(passes: Passes) -> None:
    passes(check.sea_depth, depth)
    passes(check.sea_depth, depth, bed=lambda x: (x**2).sum())


def test_a_wrong_depth_is_named(named: Named) -> None:
    for answer, name, title in [
        (waves_cut, "graph-cut", ""),
        (bed_hidden, "data-attribute", ""),
        (bed_cut, "graph-cut", ""),
        (lambda f, place: depth(f, place, torch.float32), None, "half of its digits"),
    ]:
        named(check.sea_depth, answer, name, title)


def test_garbage_is_refused(refused: Refused) -> None:
    for check_of in [check.slope_at, check.partial_derivatives, check.sea_depth]:
        refuse_garbage(refused, check_of)
