"""Mutants and right answers of a backward pass through tensors, and of a descent with it."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gradlab.check import lab_08_engine as check
from tests.gradlab.check.cases import GARBAGE, Named, Passes, Refused, case, refuse_garbage


class Node:
    """An engine whose class may have another backward pass."""

    def __init__(self, data: Any, parents: tuple["Node", ...] = (), pull: Callable[..., Any] | None = None) -> None:
        self.data = torch.as_tensor(data, dtype=torch.float64)
        self.parents = tuple(parents)
        self.pull = pull
        self.grad: Any = None

    def __add__(self, other: Any) -> "Node":
        return type(self)(self.data + getattr(other, "data", other))

    def __mul__(self, other: Any) -> "Node":
        return type(self)(self.data * getattr(other, "data", other))

    def __matmul__(self, other: "Node") -> "Node":
        return type(self)(self.data @ other.data)

    def sum(self, axis: int) -> "Node":
        return type(self)(self.data.sum(axis))

    def relu(self) -> "Node":
        return type(self)(self.data.relu())

    def order(self) -> list["Node"]:
        found: dict[int, Node] = {}

        def visit(node: Node) -> None:
            if id(node) not in found:
                for parent in node.parents:
                    visit(parent)
                found[id(node)] = node

        visit(self)
        return list(found.values())

    def backward(self) -> None:
        self.grad = torch.ones_like(self.data)
        for node in reversed(self.order()):
            shares = () if node.pull is None else node.pull(node.grad)
            for parent, share in zip(node.parents, shares, strict=True):
                parent.grad = self.joined(parent.grad, share)

    def joined(self, grad: Any, share: Any) -> Any:
        return share if grad is None else grad + share


def with_joined(joined: Callable[[Any, Any], Any]) -> type[Node]:
    return type("Other", (Node,), {"joined": lambda _, grad, share: joined(grad, share)})


def descend(loss_of: Callable[..., Any], start: list[torch.Tensor], lr: float, steps: int) -> list[torch.Tensor]:
    parameters = list(start)
    for _ in range(steps):
        nodes = [Node(p) for p in parameters]
        loss_of(nodes).backward()
        parameters = [node.data - lr * node.grad for node in nodes]
    return parameters


def test_a_right_engine_passes(passes: Passes) -> None:
    passes(check.tensor_backward, Node)
    passes(check.tensor_backward, Node, count=14)
    passes(check.tensor_backward, with_joined(lambda grad, share: share.clone() if grad is None else grad.add_(share)))


def test_a_mistake_in_an_engine_is_named(named: Named) -> None:
    for joined, name, words in [
        (lambda _, share: share, "overwrites-accumulation", ""),
        (lambda grad, share: share if grad is None else grad, "overwrites-accumulation", ""),
        (lambda grad, share: share if grad is None else grad.add_(share), None, "changed in place"),
        (lambda grad, share: grad + share, None, "still None"),
        (lambda *_: None, None, "still None"),
        (lambda grad, share: torch.ones(3) if grad is None else grad + share, None, "different"),
    ]:
        with case(words, joined):
            named(check.tensor_backward, with_joined(joined), name, words)


@pytest.mark.parametrize(
    "changes",
    [
        {"relu": lambda node: Node(node.data.abs())},
        {"sum": lambda node, axis: Node(node.data.sum())},
        {"backward": None},
        {"__add__": lambda node, other: other.data},
    ],
)
def test_a_given_part_that_was_changed_is_named(refused: Refused, changes: dict[str, Any]) -> None:
    diagnosis = refused(check.tensor_backward, type("Changed", (Node,), changes))
    assert "given part" in diagnosis.title or "stopped with an error" in diagnosis.title


def test_a_right_descent_passes(passes: Passes) -> None:
    passes(check.engine_descent, descend)
    passes(check.engine_descent, descend, steps=7)


def test_a_descent_in_place_is_named(named: Named) -> None:
    def in_place(loss_of: Any, start: list[torch.Tensor], lr: float, steps: int) -> list[torch.Tensor]:
        for each, moved in zip(start, descend(loss_of, start, lr, steps), strict=True):
            each.copy_(moved)
        return start

    named(check.engine_descent, in_place, None, "changes what it was given")
    named(check.engine_descent, lambda f, s, lr, n: descend(f, s, -lr, n), "ascent-sign")
    named(check.engine_descent, lambda f, s, lr, n: f(s), None, "not computed by your engine")


def test_garbage_is_refused(refused: Refused) -> None:
    refuse_garbage(refused, check.engine_descent)
    for name, garbage in GARBAGE.items():
        with case(name):
            refused(check.tensor_backward, garbage)
            refused(check.tensor_backward, type("Broken", (Node,), {"backward": garbage}))
