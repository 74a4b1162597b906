"""The checks of a backward pass through values (backward), and of the engine that it completes."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, call_plain, require_callable
from gradlab.check.counted_parents import DOUBLINGS, TOO_MANY_READS
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_02_chain_rule.engine_values import (
    GRAPH_IN_NOTEBOOK,
    Graph,
    build_doublings,
    build_together,
    number_of,
    random_parents,
)

_CHAIN = ((), (0,), (1,), (2,))
_SQUARE = ((), (0, 0), (1,))
_OPERATIONS = ("add", "multiply", "subtract", "divide", "power", "exp", "tanh", "constant")
_EXPRESSIONS = 5
_INPUTS = 3
_LENGTH = 10
_LARGEST = 20.0


@announced
def backward_pass(function: Function, make: Function, *, count: int = 12) -> None:
    """Check a function that fills ``grad`` of all values in a topological order.

    The slopes are drawn at random, so that nothing but the values' own slopes can be used.

    Args:
        function: the student's: a list of values.
        make: the student's class of values.
        count: how many values the largest graph has.
    """
    require_callable(function, make)
    for parents in (_CHAIN, _SQUARE, GRAPH_IN_NOTEBOOK, random_parents(count)):
        graph = _random_graph(parents)
        values = graph.build(make)
        handed = list(values)
        call_plain(function, handed)
        found = [number_of(value, "grad", "backward(order)") for value in values]
        expected = torch.tensor(_pull(graph), dtype=torch.float64)
        agree(
            torch.tensor(found, dtype=torch.float64), expected, _mistakes(graph), given=words.FRAGMENTS["graph-values"]
        )
        if [number_of(value, "data", "backward(order)") for value in handed] != list(graph.data):
            raise not_yet("list-changed", "pull-list-changed")
    _check_among_others(function, make)
    _check_doublings(function, make)


def _check_among_others(function: Function, make: Function) -> None:
    """Go backward through values that were made in turn with others: only those in the list may change."""
    graphs = [_random_graph(random_parents(count)) for count in (5, 8)]
    together = build_together(make, graphs)
    # It uses a value of the second graph, and nobody needs it.
    idle = [call(make, 1.5, (together[1][-1],), (0.5,))]
    for number, (graph, values) in enumerate(zip(graphs, together, strict=True)):
        elsewhere = idle + (together[1] if number == 0 else [])
        order = _another_order(graph)
        call_plain(function, [values[place] for place in order])
        if any(number_of(value, "grad", "backward(order)") != 0 for value in elsewhere):
            raise not_yet("beyond-the-list", "pull-beyond-the-list")
        found = torch.tensor([number_of(value, "grad", "backward(order)") for value in values], dtype=torch.float64)
        expected = torch.tensor(_pull(graph), dtype=torch.float64)
        agree(found, expected, _mistakes(graph), given=words.FRAGMENTS["graph-values"])


def _another_order(graph: Graph) -> list[int]:
    """A topological order of a graph that is not the one in which its values were made, where there is another."""
    order: list[int] = []
    waiting = list(range(len(graph.data) - 1, -1, -1))
    while waiting:
        ready = next(number for number in waiting if set(graph.parents[number]) <= set(order))
        waiting.remove(ready)
        order.append(ready)
    return order


def _check_doublings(function: Function, make: Function) -> None:
    """A value that is added to itself, and the sum again, and so on: a walk along every path never ends."""
    slope = 0.5 + float(torch.rand((), dtype=torch.float64)) / DOUBLINGS
    values = build_doublings(make, slope)
    if values is None:
        return
    try:
        call_plain(function, list(values))
    except NotYet as refused:
        if refused.__cause__ is not None and message_of(refused.__cause__) == TOO_MANY_READS:
            raise not_yet("every-path", "every-path", count=DOUBLINGS) from refused
        raise
    agree(
        number_of(values[0], "grad", "backward(order)"),
        (2 * slope) ** DOUBLINGS,
        given=words.FRAGMENTS["doublings"].format(count=DOUBLINGS),
        kind="number",
    )


def _random_graph(parents: tuple[tuple[int, ...], ...]) -> Graph:
    """A graph with numbers and slopes at random; no slope is near 0 or near ±1."""
    draws = torch.rand(len(parents), dtype=torch.float64)
    slopes = []
    for each in parents:
        sizes = 0.4 + 0.4 * torch.rand(len(each), dtype=torch.float64)
        signs = torch.randint(2, (len(each),)) * 2 - 1
        slopes.append(tuple((sizes * signs).tolist()))
    return Graph(tuple((1.5 + draws).tolist()), parents, tuple(slopes))


def _pull(graph: Graph, mistake: str = "") -> list[float]:
    """The gradients that a backward pass gives, or one with a mistake in it."""
    last = len(graph.data) - 1
    grads = [0.0] * (last + 1)
    grads[last] = {"no-seed": 0.0, "seed-data": graph.data[last]}.get(mistake, 1.0)
    for number in range(last + 1) if mistake == "forwards" else range(last, -1, -1):
        for parent, slope in zip(graph.parents[number], graph.slopes[number], strict=True):
            brought = {"no-upstream": slope, "no-slope": grads[number], "data": graph.data[number] * grads[number]}
            share = brought.get(mistake, slope * grads[number])
            if mistake == "added":
                share = slope + grads[number]
            if mistake == "first-stays" and grads[parent] != 0:
                continue
            grads[parent] = share if mistake == "overwrites" else grads[parent] + share
    return grads


def _mistakes(graph: Graph) -> Iterator[KnownMistake[torch.Tensor]]:
    def pulled(explanation: str, observation: str, mistake: str) -> KnownMistake[torch.Tensor]:
        return KnownMistake(explanation, observation, torch.tensor(_pull(graph, mistake), dtype=torch.float64))

    yield pulled("overwrites-accumulation", "pull-overwritten", "overwrites")
    yield pulled("overwrites-accumulation", "pull-first-stays", "first-stays")
    yield pulled("no-seed", "pull-no-seed", "no-seed")
    yield pulled("no-seed", "pull-seed-data", "seed-data")
    yield pulled("wrong-direction", "pull-forwards", "forwards")
    yield pulled("upstream-missing", "pull-no-upstream", "no-upstream")
    yield pulled("missing-inner-derivative", "pull-no-slope", "no-slope")
    yield pulled("slope-elsewhere", "pull-data", "data")
    yield pulled("ways-multiplied", "pull-added", "added")
    without_last = _pull(graph)
    without_last[-1] = 0.0
    yield KnownMistake("no-seed", "pull-last", torch.tensor(without_last, dtype=torch.float64))


@announced
def engine(gradients: Function) -> None:
    """Check a function ``gradients(f, *numbers)``: the derivative of f with respect to each number, by any engine."""
    require_callable(gradients)
    for _ in range(_EXPRESSIONS):
        program, x = _random_problem()
        f = functools.partial(evaluate, program=program)
        result = call(gradients, f, *x.tolist())
        inputs = [number.clone().requires_grad_() for number in x]
        expected = torch.stack(torch.autograd.grad(f(*inputs), inputs))
        agree(result, expected, given=words.FRAGMENTS["random-expression"], shape=(_INPUTS,))


def _random_problem() -> tuple[list[list[Any]], torch.Tensor]:
    """An expression and a place where none of its values is large: there the cosh in a slope of tanh has an end."""
    while True:
        program, x = _random_program(), torch.rand(_INPUTS, dtype=torch.float64) * 2 - 1
        if max(abs(float(value)) for value in values(list(x), program)) < _LARGEST:
            return program, x


def _random_program() -> list[list[Any]]:
    """Instructions at random: an operation and the numbers of its operands among the values so far."""
    program: list[list[Any]] = []
    for number in range(_LENGTH):
        known = _INPUTS + number
        operation = _OPERATIONS[int(torch.randint(len(_OPERATIONS), ()))]
        # The newest value is always used, so that nothing of what came before is idle.
        program.append([operation, known - 1, int(torch.randint(known, ()))])
    return program


def evaluate(*inputs: Any, program: Sequence[Sequence[Any]]) -> Any:  # noqa: ANN401 - whatever has these operators
    """Compute an expression for anything that knows + − · / ** exp and tanh."""
    total = sum(inputs, 0)
    return values(inputs, program)[-1].tanh() + total * total


def values(inputs: Sequence[Any], program: Sequence[Sequence[Any]]) -> list[Any]:
    """The inputs and what each instruction computes."""
    known = list(inputs)
    for operation, one, other in program:
        a, b = known[one], known[other]
        if operation == "add":
            known.append(a + b)
        elif operation == "multiply":
            known.append(a * b)
        elif operation == "subtract":
            known.append(1.5 - a - b)
        elif operation == "divide":
            known.append(a / (b * b + 1))
        elif operation == "power":
            known.append((a * a + 1) ** -0.5 + b**2)
        elif operation == "exp":
            known.append(a.tanh().exp() * b)
        elif operation == "tanh":
            known.append((a + b).tanh())
        else:
            known.append(2 * a + b * 0.5 - 1)
    return known
