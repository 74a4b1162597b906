"""Mutants and right answers of the four rules."""

import math
from collections.abc import Callable
from typing import Any

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Function = Callable[..., object]


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
    passes(check, make)
    passes(check, make, divide=lambda a, b: a * rules(make)["power"](b, -1))


def test_a_mistake_is_named(make: Any, refused: Refused) -> None:
    for changed, name in [
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
    ]:
        with case(changed, name):
            assert refused(check, make, **changed(make)).misconception == name


def test_a_graph_without_end_is_refused(make: Any, refused: Refused) -> None:
    def endless(a: Any) -> object:
        result = make(math.tanh(a.data))
        result.parents, result.slopes = (result, result), (1.0, 1.0)
        return result

    assert refused(check, make, tanh=endless).misconception == "graph-cut"


def test_garbage_is_refused(make: Any, refused: Refused) -> None:
    for rule in ["power", "exp", "tanh", "divide"]:
        for kind, garbage in GARBAGE.items():
            with case(rule, kind):
                refused(check, make, **{rule: garbage})
