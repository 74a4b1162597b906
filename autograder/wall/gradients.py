"""Gradients across the wall: a piece of the student's graph as one node of the judge's."""

import weakref
from collections.abc import Callable
from typing import Any

import torch

Cotangents = tuple[torch.Tensor | None, ...]
PullBack = Callable[["Graph", Cotangents, bool], list[torch.Tensor | None]]
"""Computes a vector–Jacobian product from a graph, one cotangent for each of its outputs (None for zero), and whether
the product has a graph of its own; gives one gradient for each of the graph's inputs."""


class Graph:
    """A piece of the student's graph through which the judge may backpropagate.

    Args:
        number: its number on the student's side, which keeps the graph until this object is gone.
        inputs: the judge's tensors that are its leaves, in order.
        pull_back: asks the student's side for a vector–Jacobian product.
        release: lets the student's side forget the graph of a number.
    """

    def __init__(
        self,
        number: int,
        inputs: tuple[torch.Tensor, ...],
        pull_back: PullBack,
        release: Callable[[int], None],
    ) -> None:
        self.number = number
        self.inputs = inputs
        self.pull_back = pull_back
        weakref.finalize(self, release, number)


def attach(graph: Graph, values: list[torch.Tensor]) -> list[torch.Tensor]:
    """Make values that the student computed the outputs of one node of the judge's graph.

    Args:
        graph: where they come from.
        values: what they are, without a graph.

    Returns:
        The same values with a ``grad_fn``; ``backward`` on them is a vector–Jacobian product on the student's side.
    """
    with torch.enable_grad():
        # Without an input that requires grad torch would take the outputs for constants, though on the student's
        # side there may be leaves that the judge has never seen.
        anchor = torch.zeros((), requires_grad=True)
        outputs = _StudentGraph.apply(graph, values, anchor, *graph.inputs)  # type: ignore[no-untyped-call]
    return list(outputs)


class _StudentGraph(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, graph: Graph, values: list[torch.Tensor], anchor: torch.Tensor, *_: torch.Tensor) -> Any:  # noqa: ANN401
        ctx.graph = graph
        # Asking for a saved tensor after the graph was freed gives torch's own error, as it would in one process.
        ctx.save_for_backward(anchor.detach())
        ctx.set_materialize_grads(False)
        return tuple(value.clone() for value in values)

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor | None) -> Any:  # noqa: ANN401
        _ = ctx.saved_tensors
        graph: Graph = ctx.graph
        if all(cotangent is None for cotangent in cotangents):
            return (None,) * (3 + len(graph.inputs))
        gradients = graph.pull_back(graph, cotangents, torch.is_grad_enabled())
        return (None, None, None, *gradients)
