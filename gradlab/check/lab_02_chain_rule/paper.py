"""The check of a backward pass that was done by hand: L = r·p with r = tanh q, q = p + x, p = x·y."""

import math
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import kind_of, single_number
from gradlab.check.variants import Variant, agree

_NODES = ("r", "q", "p", "x", "y")
"""In the order of the backward pass: what comes later rests on what comes before."""


@announced
def node_gradients(function: Function, *, at: tuple[float, float] | None = None) -> None:
    """Check a function ``(x, y)`` that gives the derivative of L with respect to every value, by name.

    Args:
        function: the student's: two numbers → a dictionary.
        at: the two inputs; random ones if left out.

    Raises:
        NotYet: a name is missing or a derivative wrong.
    """
    require_callable(function)
    x, y = at or (0.4 + 0.3 * float(torch.rand(())), 1 + 0.5 * float(torch.rand(())))
    result = call_plain(function, x, y)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), dict):
        raise not_yet("not-a-dictionary", "node-kind", kind=kind_of(result))
    for name in _NODES:
        if name not in result:  # type: ignore[operator]
            raise not_yet("not-a-dictionary", "node-missing", node=name)
    mistakes = _mistakes(x, y)
    for name in _NODES:
        found = single_number(result[name])  # type: ignore[index]
        right, variants = mistakes[name]
        agree(found, torch.tensor(right), _named(variants, name), given=f"∂L/∂{name}", kind="number")


def _named(variants: list[tuple[str, str, float]], node: str) -> Iterator[Variant]:
    for explanation, sight, value in variants:
        yield Variant(explanation, sight, torch.tensor(value), {"node": node})


def _mistakes(x: float, y: float) -> dict[str, tuple[float, list[tuple[str, str, float]]]]:
    """For each node the right derivative, and what known mistakes make of it: explanation, sight, value."""
    p = x * y
    q = p + x
    r = math.tanh(q)
    bend = 1 - r * r
    dq = p * bend
    dp = r + dq
    one_way = "overwrites-accumulation"
    return {
        "r": (p, [("own-factor", "node-own-factor", r), ("upstream-missing", "node-bare-slope", 1.0)]),
        "q": (
            dq,
            [
                ("missing-inner-derivative", "node-no-slope", p),
                ("upstream-missing", "node-bare-slope", bend),
                ("slope-elsewhere", "node-slope-elsewhere", p * (1 - q * q)),
                ("slope-elsewhere", "node-slope-elsewhere", p * (1 - math.tanh(r) ** 2)),
                ("wrong-coefficient", "node-tanh-variant", p * (1 - r)),
                ("wrong-coefficient", "node-tanh-variant", p * (1 + r * r)),
                ("own-factor", "node-own-factor", r * bend),
            ],
        ),
        "p": (
            dp,
            [
                (one_way, "node-one-way", r),
                (one_way, "node-one-way", dq),
                ("own-factor", "node-own-factor", p + dq),
                ("upstream-missing", "node-bare-slope", r + 1),
                ("ways-multiplied", "node-multiplied", r * dq),
            ],
        ),
        "x": (
            dq + dp * y,
            [
                (one_way, "node-one-way", dq),
                (one_way, "node-one-way", dp * y),
                ("sent-too-early", "node-too-early", dq + r * y),
                ("sent-too-early", "node-too-early", dq + dq * y),
                ("own-factor", "node-own-factor", dq + dp * x),
                ("upstream-missing", "node-bare-slope", 1 + y),
                ("upstream-missing", "node-bare-slope", dq + y),
                ("upstream-missing", "node-bare-slope", 1 + dp * y),
                ("ways-multiplied", "node-multiplied", dq * dp * y),
            ],
        ),
        "y": (
            dp * x,
            [
                ("sent-too-early", "node-too-early", r * x),
                ("sent-too-early", "node-too-early", dq * x),
                ("own-factor", "node-own-factor", dp * y),
                ("upstream-missing", "node-bare-slope", x),
                ("missing-inner-derivative", "node-no-slope", dp),
            ],
        ),
    }
