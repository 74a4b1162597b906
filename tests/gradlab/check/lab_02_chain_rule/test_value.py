"""Mutants of a class whose numbers remember."""

from collections.abc import Callable
from typing import Any

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Function = Callable[..., object]


def test_a_right_class_passes(make: Any, passes: Passes) -> None:
    passes(lab_02_chain_rule.value_class, make)
    passes(lab_02_chain_rule.value_class, make, between=(-3, -1))


def mutant(make: Any, name: str, method: Callable[..., object]) -> type:
    return type("Value", (make,), {name: method})


def bare(make: Any, a: Any, b: Any) -> object:
    return make(a.data * b.data) if isinstance(b, make) else make.__mul__(a, b)


def own(make: Any, a: Any, b: Any) -> object:
    b = b if isinstance(b, make) else make(b)
    return make(a.data * b.data, (a, b), (a.data, b.data))


def copies(make: Any, a: Any, b: Any) -> object:
    b = b if isinstance(b, make) else make(b)
    return make(a.data * b.data, (make(a.data), make(b.data)), (b.data, a.data))


def short(make: Any, a: Any, b: Any) -> object:
    b = b if isinstance(b, make) else make(b)
    return make(a.data * b.data, (a, b), (b.data,))


def test_a_mistake_in_the_product_is_named(make: Any, refused: Refused) -> None:
    for product, name, title in [
        (bare, "graph-cut", "cut"),
        (copies, "graph-cut", "cut"),
        (own, None, "wrong factor"),
        (short, None, "fit together"),
        (lambda _make, a, b: a.data * b.data, None, "no `Value`"),
        (lambda make, a, b: make(a.data * b.data, (a, b), (b.data, a.data)), None, "plain number"),
        (lambda make, a, b: make(a.data * b.data, (a.data, b.data), (b.data, a.data)), None, "fit together"),
        (lambda make, a, b: make(a.data * b.data, (a, b), (1.0, 1.0)), "wrong-coefficient", "one part"),
        (lambda make, a, b: None, None, "returns nothing"),
    ]:
        with case(product, name, title):
            answer = mutant(make, "__mul__", lambda a, b, product=product: product(make, a, b))
            diagnosis = refused(lab_02_chain_rule.value_class, answer)
            assert diagnosis.misconception == name
            assert title in diagnosis.title


def test_another_constructor_is_seen(make: Any, refused: Refused) -> None:
    def constructor(self: Any, data: float, parents: object = (), slopes: object = ()) -> None:
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 1.0

    answer = mutant(make, "__init__", constructor)
    assert "fresh value" in refused(lab_02_chain_rule.value_class, answer).title


def test_garbage_is_refused(make: Any, refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.value_class, garbage)
            answer = mutant(make, "__add__", lambda a, b, garbage=garbage: garbage(a, b))
            refused(lab_02_chain_rule.value_class, answer)
