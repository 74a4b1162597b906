"""Mutants and right answers of the backward pass, and of a whole engine."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from gradlab.check import lab_02_chain_rule
from gradlab.check.lab_02_chain_rule.backward import evaluate, values
from tests.gradlab.check.cases import GARBAGE, Named, Passes, Refused, case

Function = Callable[..., Any]


def pull(order: list[Any], *, seed: float = 1.0, add: bool = True, upstream: bool = True, slopes: bool = True) -> None:
    order[-1].grad = seed
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            share = (slope if slopes else 1) * (value.grad if upstream else 1)
            parent.grad = parent.grad + share if add else share


def forwards(order: list[Any]) -> None:
    order[-1].grad = 1.0
    for value in order:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


def test_a_right_backward_pass_passes(make: Any, passes: Passes) -> None:
    passes(lab_02_chain_rule.backward_pass, pull, make)
    passes(lab_02_chain_rule.backward_pass, pull, make, count=24)


def test_a_mistake_in_a_backward_pass_is_named(make: Any, named: Named) -> None:
    for answer, name, title in [
        (lambda order: pull(order, add=False), "overwrites-accumulation", "overwritten"),
        (lambda order: pull(order, seed=0.0), None, "begins with the wrong number"),
        (lambda order: pull(order, upstream=False), None, "from above is missing"),
        (lambda order: pull(order, slopes=False), "missing-inner-derivative", "factor"),
        (forwards, None, "wrong end"),
        (lambda order: None, None, "begins with the wrong number"),
        (lambda order: pull(order, seed=2.5), None, "factor"),
    ]:
        named(lab_02_chain_rule.backward_pass, answer, name, title, make=make)


def fill(garbage: Function, order: list[Any]) -> None:
    for value in order:
        value.grad = garbage(value)


def test_garbage_is_refused_as_a_backward_pass(make: Any, refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.backward_pass, garbage, make)
            refused(lab_02_chain_rule.backward_pass, partial(fill, garbage), make)


def gradients(f: Function, *numbers: float) -> list[float]:
    inputs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    return [slope.item() for slope in torch.autograd.grad(f(*inputs), inputs)]


def test_a_right_engine_passes(passes: Passes) -> None:
    passes(lab_02_chain_rule.engine, gradients)


def test_a_wrong_engine_is_refused(refused: Refused) -> None:
    assert "factor" in refused(lab_02_chain_rule.engine, lambda f, *x: [2 * g for g in gradients(f, *x)]).title
    refused(lab_02_chain_rule.engine, lambda f, *x: gradients(f, *x)[:2])


def test_every_operation_keeps_numbers_moderate() -> None:
    for operation in ("add", "multiply", "subtract", "divide", "power", "exp", "tanh", "constant"):
        result = evaluate(torch.tensor(0.7), torch.tensor(-0.4), program=[[operation, 0, 1], [operation, 2, 0]])
        assert result.abs() < 10


def test_no_value_of_an_expression_is_large_enough_to_overflow_the_square_of_its_cosh() -> None:
    seen: list[float] = []

    def recorded(f: Function, *numbers: float) -> list[float]:
        seen.extend(abs(float(value)) for value in values([torch.tensor(x) for x in numbers], f.keywords["program"]))
        return gradients(f, *numbers)

    for seed in range(6):
        with case(seed):
            torch.manual_seed(seed)
            seen.clear()
            lab_02_chain_rule.engine(recorded)

            assert max(seen) < 25
