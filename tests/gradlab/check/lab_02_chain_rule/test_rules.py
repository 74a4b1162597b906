"""Mutants and right answers of the four rules."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from gradlab.check import Diagnosis, lab_02_chain_rule

Function = Callable[..., object]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


def rules(make: Any) -> dict[str, Function]:
    return {
        "power": lambda a, n: make(a.data**n, (a,), (n * a.data ** (n - 1),)),
        "exp": lambda a: make(math.exp(a.data), (a,), (math.exp(a.data),)),
        "tanh": lambda a: make(math.tanh(a.data), (a,), (1 - math.tanh(a.data) ** 2,)),
        "divide": lambda a, b: make(a.data / b.data, (a, b), (1 / b.data, -a.data / b.data**2)),
    }


def check(make: Any, **changed: Function) -> None:
    lab_02_chain_rule.local_rules(make, **(rules(make) | changed))


def test_right_rules_pass(make: Any, passes: Passes) -> None:
    passes(lambda: check(make))
    passes(lambda: check(make, divide=lambda a, b: a * rules(make)["power"](b, -1)))


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (
            lambda make: {"exp": lambda a: make(math.exp(a.data), (a,), (a.data * math.exp(a.data - 1),))},
            "exp-derivative",
        ),
        (lambda make: {"exp": lambda a: make(math.exp(a.data))}, "graph-cut"),
        (lambda make: {"exp": lambda a: math.exp(a.data)}, None),
        (lambda make: {"power": lambda a, n: make(a.data**n, (a,), (n * a.data**n,))}, "wrong-coefficient"),
        (lambda make: {"tanh": lambda a: make(math.tanh(a.data), (a,), (1 - a.data**2,))}, None),
        (
            lambda make: {"divide": lambda a, b: make(a.data / b.data, (a, b), (1 / b.data, a.data / b.data**2))},
            "wrong-coefficient",
        ),
    ],
)
def test_a_mistake_is_named(
    changed: Callable[[Any], dict[str, Function]], name: str | None, make: Any, refused: Refused
) -> None:
    assert refused(lambda: check(make, **changed(make))).misconception == name


def test_a_graph_without_end_is_refused(make: Any, refused: Refused) -> None:
    def endless(a: Any) -> object:
        result = make(math.tanh(a.data))
        result.parents, result.slopes = (result, result), (1.0, 1.0)
        return result

    assert refused(lambda: check(make, tanh=endless)).misconception == "graph-cut"


@pytest.mark.parametrize("rule", ["power", "exp", "tanh", "divide"])
def test_garbage_is_refused(rule: str, garbage: Function, make: Any, refused: Refused) -> None:
    refused(lambda: check(make, **{rule: garbage}))
