"""Mutants and right answers of the backward pass."""

from collections.abc import Callable
from typing import Any

import pytest

from gradlab.check import Diagnosis, lab_02_chain_rule

Function = Callable[..., object]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


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


def test_a_right_pass_passes(make: Any, passes: Passes) -> None:
    passes(lambda: lab_02_chain_rule.backward_pass(pull, make))
    passes(lambda: lab_02_chain_rule.backward_pass(pull, make, count=24))


@pytest.mark.parametrize(
    ("answer", "name", "title"),
    [
        (lambda order: pull(order, add=False), "overwrites-accumulation", "overwritten"),
        (lambda order: pull(order, seed=0.0), None, "begins with the wrong number"),
        (lambda order: pull(order, upstream=False), None, "from above is missing"),
        (lambda order: pull(order, slopes=False), "missing-inner-derivative", "factor"),
        (forwards, None, "wrong end"),
        (lambda order: None, None, "begins with the wrong number"),
        (lambda order: pull(order, seed=2.5), None, "factor"),
    ],
)
def test_a_mistake_is_named(answer: Function, name: str | None, title: str, make: Any, refused: Refused) -> None:
    diagnosis = refused(lambda: lab_02_chain_rule.backward_pass(answer, make))
    assert diagnosis.misconception == name
    assert title in diagnosis.title


def test_garbage_is_refused(garbage: Function, make: Any, refused: Refused) -> None:
    refused(lambda: lab_02_chain_rule.backward_pass(garbage, make))

    def fill(order: list[Any]) -> None:
        for value in order:
            value.grad = garbage(value)

    refused(lambda: lab_02_chain_rule.backward_pass(fill, make))
