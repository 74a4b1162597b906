"""Gradients across the wall: a piece of the student's graph as one node of the judge's."""

import weakref
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from autograder.wall.judge_end import Wall


class Graph:
    """A piece of the student's graph that the judge may pull gradients through.

    Args:
        wall: the way to the student's side, which keeps the graph until this object is gone.
        number: its number there.
        inputs: the judge's tensors that stand at its beginning, in order.
    """

    def __init__(self, wall: "Wall", number: int, inputs: tuple[torch.Tensor, ...]) -> None:
        self.wall = wall
        self.number = number
        self.inputs = inputs
        weakref.finalize(self, wall.release, number)


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
        gradients = graph.wall.pull_back(graph, cotangents, create_graph=torch.is_grad_enabled())
        return (None, None, None, *gradients)
