"""Mutants and right answers of the backward pass by hand."""

import math
from collections.abc import Callable

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Function = Callable[..., object]


def by_hand(x: float, y: float, *, ways: int = 2, bent: bool = True) -> dict[str, float]:
    p = x * y
    r = math.tanh(p + x)
    dq = p * (1 - r**2) if bent else p
    dp = r + (dq if ways > 1 else 0)
    return {"r": p, "q": dq, "p": dp, "x": dq + dp * y, "y": dp * x}


def test_a_right_pass_passes(passes: Passes) -> None:
    passes(lab_02_chain_rule.node_gradients, by_hand)
    passes(lab_02_chain_rule.node_gradients, by_hand, at=(-0.75, 1.5))


def test_a_mistake_is_named(refused: Refused) -> None:
    for answer, name, title in [
        (lambda x, y: by_hand(x, y, ways=1), "overwrites-accumulation", "overwritten"),
        (lambda x, y: by_hand(x, y, bent=False), "missing-inner-derivative", "factor"),
        (lambda x, y: by_hand(x, y) | {"x": by_hand(x, y)["q"]}, "overwrites-accumulation", "overwritten"),
        (lambda x, y: by_hand(x, y) | {"y": by_hand(x, y)["p"] * y}, None, "wrong factor"),
        (lambda x, y: by_hand(x, y) | {"y": math.tanh(x * y + x) * x}, None, "before it is complete"),
        (lambda x, y: by_hand(x, y) | {"y": x}, None, "from above is missing"),
        (lambda x, y: by_hand(x, y) | {"p": 17.0}, None, "numbers are different"),
        (lambda x, y: {"x": 1.0}, None, "name is missing"),
        (lambda x, y: tuple(by_hand(x, y).values()), None, "name is missing"),
    ]:
        with case(answer, name, title):
            diagnosis = refused(lab_02_chain_rule.node_gradients, answer)
            assert diagnosis.misconception == name
            assert title in diagnosis.title


def test_garbage_is_refused(refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.node_gradients, garbage)
            refused(
                lab_02_chain_rule.node_gradients, lambda x, y, garbage=garbage: dict.fromkeys("xypqr", garbage(x, y))
            )
