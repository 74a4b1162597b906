"""Mutants and right answers of the backward pass."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Function = Callable[..., object]


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
    passes(lab_02_chain_rule.backward_pass, pull, make)
    passes(lab_02_chain_rule.backward_pass, pull, make, count=24)


def test_a_mistake_is_named(make: Any, refused: Refused) -> None:
    for answer, name, title in [
        (lambda order: pull(order, add=False), "overwrites-accumulation", "overwritten"),
        (lambda order: pull(order, seed=0.0), None, "begins with the wrong number"),
        (lambda order: pull(order, upstream=False), None, "from above is missing"),
        (lambda order: pull(order, slopes=False), "missing-inner-derivative", "factor"),
        (forwards, None, "wrong end"),
        (lambda order: None, None, "begins with the wrong number"),
        (lambda order: pull(order, seed=2.5), None, "factor"),
    ]:
        with case(answer, name, title):
            diagnosis = refused(lab_02_chain_rule.backward_pass, answer, make)
            assert diagnosis.misconception == name
            assert title in diagnosis.title


def fill(garbage: Function, order: list[Any]) -> None:
    for value in order:
        value.grad = garbage(value)


def test_garbage_is_refused(make: Any, refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.backward_pass, garbage, make)
            refused(lab_02_chain_rule.backward_pass, partial(fill, garbage), make)
