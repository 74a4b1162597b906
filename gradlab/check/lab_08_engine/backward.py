"""The check of a backward pass through tensors (engine), on graphs whose pull-backs are the check's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.counted_parents import DOUBLINGS, TOO_MANY_READS, CountedParents
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of, refusal
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_08_engine.draws import Tensor, random_sizes, randoms
from gradlab.check.lab_08_engine.nodes import hand_on, weigh
from gradlab.check.values import kind_of, numbers

_SIZE = 3
_CHAIN = ((), (0,), (1,))
_SQUARE = ((), (0, 0))
_TWICE = ((), (), (0, 1), (2, 0), (2, 3))
"""The graph of lab 02: x, y, p = x·y, q = p + x, L = p·q."""
_LEAVES = (((), (0,), (), (1, 2)), ((), (0,), (), (2, 1)))
"""Two leaves, one of which comes before a computed tensor on the way back."""
_SHARED = (
    (((), (), (0,), (0, 1), (3, 2)), (3,)),
    (((), (), (0,), (0, 1), (2, 3)), (3,)),
    (((), (0, 0), (1,)), (1,)),
)
"""Graphs, and which of their nodes hand the very same gradient on to both of their parents."""


@dataclass(frozen=True)
class _Graph:
    """A graph of tensors with `_SIZE` numbers each, which ends with a single number.

    Attributes:
        parents: for each node the numbers of those that it is computed from, all of them before it.
        weights: for each node and each of its parents what the gradient is multiplied by.
        sums: the nodes that hand their gradient on as it is.
    """

    parents: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[Tensor, ...], ...]
    sums: tuple[int, ...] = ()

    def build(self, make: Function) -> list[object]:
        """Make the nodes with the student's class."""
        nodes: list[object] = []
        for number, (parents, weights) in enumerate(zip(self.parents, self.weights, strict=True)):
            last = number == len(self.parents) - 1
            data = randoms(() if last else (_SIZE,))
            if not parents:
                nodes.append(_make(make, data))
                continue
            pull = (
                partial(hand_on, count=len(parents))
                if number in self.sums
                else partial(weigh, weights=[each.tolist() for each in weights])
            )
            nodes.append(_make(make, data, tuple(nodes[parent] for parent in parents), pull))
        return nodes


def _random_graph(parents: Sequence[tuple[int, ...]], sums: tuple[int, ...] = ()) -> _Graph:
    ones = torch.ones(_SIZE, dtype=torch.float64)
    weights = tuple(
        tuple(ones if number in sums else randoms((_SIZE,)) for _ in each) for number, each in enumerate(parents)
    )
    return _Graph(tuple(parents), weights, sums)


def _random_parents(count: int) -> tuple[tuple[int, ...], ...]:
    """Each node uses the one before it, so that there is one order only, and another one."""
    others = [int(torch.randint(max(number, 1), ())) for number in range(count)]
    return ((), *((number - 1, others[number]) for number in range(1, count)))


@announced
def tensor_backward(make: Function, *, count: int = 8) -> None:
    """Check the method ``backward()`` of a class of tensors with ``data``, ``parents``, ``pull`` and ``grad``.

    Args:
        make: the student's class.
        count: how many nodes the largest graph has.
    """
    require_callable(make)
    _check_class(make)
    # The graphs of `_SHARED` come here too, with no gradient shared: what is wrong only later comes from the sharing.
    for parents in (_CHAIN, _SQUARE, _TWICE, _random_parents(count), *_LEAVES, *(parents for parents, _ in _SHARED)):
        graph = _random_graph(parents)
        nodes = graph.build(make)
        _go_back(nodes[-1])
        for number in reversed(range(len(nodes))):
            right = _pulled(graph)[number]
            agree(
                _gradient(nodes[number]),
                right,
                (
                    KnownMistake(mistake.explanation, mistake.observation, mistake.outcome[number])
                    for mistake in _mistakes(graph)
                ),
                given=words.FRAGMENTS["node-of-graph"],
                shape=(_SIZE,),
            )
    for parents, sums in _SHARED:
        graph = _random_graph(parents, sums)
        nodes = graph.build(make)
        _go_back(nodes[-1])
        for node, right in zip(nodes, _pulled(graph), strict=True):
            try:
                agree(_gradient(node), right, given=words.FRAGMENTS["node-of-graph"], shape=(_SIZE,))
            except NotYet as refused:
                raise not_yet("shared-gradient", "shared-gradient") from refused
    _check_doublings(make)


def _make(make: Function, *arguments: object) -> object:
    try:
        return call_plain(make, *arguments)
    except NotYet as refused:
        if refused.diagnosis.title == words.FINDINGS["not-written"].title:
            raise
        raise not_yet("tensor-class-changed", "tensor-class-changed") from refused.__cause__


def _check_class(make: Function) -> None:
    """Refuse a class whose given part was changed: what a fresh tensor holds, and what its operations compute."""
    n, m, k = random_sizes(3)
    shapes = ((n, m), (m, k), (k,), (n, 1))
    a, b, c, d = (randoms(shape) for shape in shapes)
    nodes = [_make(make, each.clone()) for each in (a, b, c, d)]
    fresh = nodes[0]
    try:
        is_fresh = fresh.grad is None and fresh.pull is None and len(fresh.parents) == 0  # type: ignore[attr-defined]
        result = ((nodes[0] @ nodes[1] + nodes[2]).relu() * nodes[3] + 2).sum(0)  # type: ignore[operator]
        data = numbers(result.data)
    except Exception as error:
        raise not_yet("tensor-class-changed", "tensor-class-changed") from error
    if not is_fresh or not torch.allclose(data, (((a @ b + c).relu() * d) + 2).sum(0)):
        raise not_yet("tensor-class-changed", "tensor-class-changed")


def _go_back(root: object) -> None:
    try:
        method = root.backward  # type: ignore[attr-defined]
    except AttributeError as error:
        raise not_yet("tensor-class-changed", "tensor-class-changed") from error
    if not callable(method):
        raise not_yet("tensor-class-changed", "tensor-class-changed")
    try:
        with without(AUTOGRAD):
            method()
    except Exception as error:
        raise _explained(error) from error


def _explained(error: Exception) -> NotYet:
    message = message_of(error)
    if message == TOO_MANY_READS:
        return not_yet("every-path", "every-path", count=DOUBLINGS)
    if isinstance(error, TypeError | AttributeError) and "NoneType" in message:
        explanation = "leaf-without-pull" if "callable" in message or "iterable" in message else "grad-still-none"
        return not_yet(explanation, "error", name=type(error).__name__, message=message)
    return refusal(error)


def _gradient(node: object) -> object:
    grad = node.grad  # type: ignore[attr-defined]
    if grad is None:
        raise not_yet("grad-stays-none", "grad-stays-none")
    if callable(grad):
        raise not_yet("wrong-kind", "kind", expected=words.LABELS["tensor"], kind=kind_of(grad))
    return grad


def _check_doublings(make: Function) -> None:
    """A tensor that is added to itself, and the sum again, and so on: a walk along every path never ends."""
    data = torch.zeros((), dtype=torch.float64)
    nodes = [_make(make, data.clone())]
    for _ in range(DOUBLINGS):
        nodes.append(_make(make, data.clone(), (nodes[-1], nodes[-1]), partial(hand_on, count=2)))
        try:
            nodes[-1].parents = CountedParents((nodes[-2], nodes[-2]))  # type: ignore[attr-defined]
        except AttributeError:
            return
    _go_back(nodes[-1])
    given = words.FRAGMENTS["doublings"].format(count=DOUBLINGS)
    agree(_gradient(nodes[0]), 2.0**DOUBLINGS, given=given, kind="number")


def _pulled(graph: _Graph, mistake: str = "") -> list[Tensor]:
    """The gradient of each node, or what a backward pass with a mistake in it leaves there."""
    last = len(graph.parents) - 1
    grads: dict[int, Tensor] = {last: torch.tensor(0.0 if mistake == "no-seed" else 1.0, dtype=torch.float64)}
    for number in range(last, -1, -1):
        for parent, weight in zip(graph.parents[number], graph.weights[number], strict=True):
            upstream = torch.ones_like(grads[number]) if mistake == "ones" else grads[number]
            share = upstream if mistake == "no-pull" else weight * upstream
            if parent not in grads or mistake == "overwrites":
                grads[parent] = share
            elif mistake != "first-stays":
                grads[parent] = grads[parent] + share
    return [grads[number] for number in range(last + 1)]


def _mistakes(graph: _Graph) -> Iterator[KnownMistake[Sequence[Tensor]]]:
    for explanation, observation, mistake in (
        ("overwrites-accumulation", "engine-overwritten", "overwrites"),
        ("overwrites-accumulation", "engine-first-stays", "first-stays"),
        ("no-seed", "engine-no-seed", "no-seed"),
        ("upstream-missing", "engine-ones", "ones"),
        ("pull-not-used", "engine-no-pull", "no-pull"),
    ):
        yield KnownMistake(explanation, observation, _pulled(graph, mistake))
