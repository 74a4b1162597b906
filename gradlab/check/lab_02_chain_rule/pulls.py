"""The check of a backward pass through values in a topological order."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_02_chain_rule.nodes import Sketch, number_of
from gradlab.check.variants import Variant, agree

_CHAIN = ((), (0,), (1,), (2,))
_SQUARE = ((), (0, 0), (1,))
_LESSON = ((), (), (0, 1), (2, 0), (2, 3))


@announced
def backward_pass(function: Function, make: Function, *, count: int = 12) -> None:
    """Check a function that fills ``grad`` of all values in a topological order.

    The slopes are drawn at random, so that nothing but the values' own slopes can be used.

    Args:
        function: the student's: a list of values.
        make: the student's class of values.
        count: how many values the largest graph has.

    Raises:
        NotYet: a gradient is wrong.
    """
    require_callable(function, make)
    for parents in (_CHAIN, _SQUARE, _LESSON, _random_parents(count)):
        sketch = _sketch(parents)
        values = sketch.build(make)
        handed = list(values)
        call_plain(function, handed)
        found = [number_of(value, "grad", "backward(order)") for value in values]
        expected = torch.tensor(_pull(sketch), dtype=torch.float64)
        agree(torch.tensor(found, dtype=torch.float64), expected, _mistakes(sketch), given="the values of a graph")
        if [number_of(value, "data", "backward(order)") for value in handed] != list(sketch.data):
            raise not_yet("list-changed", "pull-list-changed")


def _random_parents(count: int) -> tuple[tuple[int, ...], ...]:
    others = [int(torch.randint(max(number, 1), ())) for number in range(count)]
    return ((), *((others[number], number - 1) for number in range(1, count)))


def _sketch(parents: tuple[tuple[int, ...], ...]) -> Sketch:
    """A graph with numbers and slopes at random; no slope is near 0 or near ±1."""
    draws = torch.rand(len(parents), dtype=torch.float64)
    slopes = []
    for each in parents:
        sizes = 0.4 + 0.4 * torch.rand(len(each), dtype=torch.float64)
        signs = torch.randint(2, (len(each),)) * 2 - 1
        slopes.append(tuple((sizes * signs).tolist()))
    return Sketch(tuple((1.5 + draws).tolist()), parents, tuple(slopes))


def _pull(sketch: Sketch, mistake: str = "") -> list[float]:
    """The gradients that a backward pass gives, or one with a mistake in it."""
    last = len(sketch.data) - 1
    grads = [0.0] * (last + 1)
    grads[last] = {"no-seed": 0.0, "seed-data": sketch.data[last]}.get(mistake, 1.0)
    for number in range(last + 1) if mistake == "forwards" else range(last, -1, -1):
        for parent, slope in zip(sketch.parents[number], sketch.slopes[number], strict=True):
            brought = {"no-upstream": slope, "no-slope": grads[number], "data": sketch.data[number] * grads[number]}
            share = brought.get(mistake, slope * grads[number])
            if mistake == "added":
                share = slope + grads[number]
            if mistake == "first-stays" and grads[parent] != 0:
                continue
            grads[parent] = share if mistake == "overwrites" else grads[parent] + share
    return grads


def _mistakes(sketch: Sketch) -> Iterator[Variant]:
    for explanation, sight, mistake in (
        ("overwrites-accumulation", "pull-overwritten", "overwrites"),
        ("overwrites-accumulation", "pull-first-stays", "first-stays"),
        ("no-seed", "pull-no-seed", "no-seed"),
        ("no-seed", "pull-seed-data", "seed-data"),
        ("wrong-direction", "pull-forwards", "forwards"),
        ("upstream-missing", "pull-no-upstream", "no-upstream"),
        ("missing-inner-derivative", "pull-no-slope", "no-slope"),
        ("slope-elsewhere", "pull-data", "data"),
        ("ways-multiplied", "pull-added", "added"),
    ):
        yield Variant(explanation, sight, torch.tensor(_pull(sketch, mistake), dtype=torch.float64))
    without_last = _pull(sketch)
    without_last[-1] = 0.0
    yield Variant("no-seed", "pull-last", torch.tensor(without_last, dtype=torch.float64))
