"""Functions that a check passes to a student's function.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

import weakref
from typing import Any

import torch

TOO_MANY_EXAMPLES = "gradlab: more examples at once than fit into memory"
GRAPH_KEPT = "gradlab: the graph of earlier examples is still in memory"


def row_loss(w: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
    """A loss of one example that is curved in w: shapes (d,) and (d,) → ()."""
    return ((w * row).sum() - 1) ** 2 + torch.sin(w).sum()


def smooth_loss(w: torch.Tensor) -> torch.Tensor:
    """A smooth loss whose gradient changes with every step: (d,) → ()."""
    return (w**2).sum() + torch.sin(w + 1).sum()


def deterministic_trunk(x: torch.Tensor) -> torch.Tensor:
    """A trunk that saves values for its derivative: (d,) → (d,)."""
    return torch.exp(0.3 * x) + x**2


def random_trunk(x: torch.Tensor) -> torch.Tensor:
    """A trunk with a factor that chance draws anew in every call: (d,) → (d,)."""
    return x * x * (0.5 + torch.rand((), dtype=x.dtype))


def squares(h: torch.Tensor) -> torch.Tensor:
    """The sum of squares of everything."""
    return (h**2).sum()


def sines(h: torch.Tensor) -> torch.Tensor:
    """The sum of the sines of everything."""
    return torch.sin(h).sum()


def total(h: torch.Tensor) -> torch.Tensor:
    """The sum of everything."""
    return h.sum()


def twice(h: torch.Tensor) -> torch.Tensor:
    """Twice the sum of everything."""
    return 2 * h.sum()


def exponential(x: torch.Tensor) -> torch.Tensor:
    """A function of each number by itself, with a slope that is not zero."""
    return torch.exp(x / 2) + x


def shifted_sine(x: torch.Tensor) -> torch.Tensor:
    """Another function of each number by itself, nowhere zero."""
    return torch.sin(3 * x) + 2 + x / 4


def identity(x: torch.Tensor) -> torch.Tensor:
    """The very tensor that is given."""
    return x


class _GraphToken:
    """Lives until a backward pass goes through its graph, or the graph is dropped.

    Args:
        leaf: the identity of the weights in it. The graph keeps them, so that no others have the same while it lives.
    """

    def __init__(self, leaf: int) -> None:
        self.leaf = leaf


_live_tokens: "weakref.WeakSet[_GraphToken]" = weakref.WeakSet()


class _IdentityWithToken(torch.autograd.Function):
    """The identity, with a token in the graph until a backward pass comes along or the graph is dropped."""

    generate_vmap_rule = True

    @staticmethod
    def forward(value: torch.Tensor, _leaf: int) -> torch.Tensor:
        return value.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, int], output: torch.Tensor) -> None:  # noqa: ANN401, ARG004 - torch's
        ctx.token = _GraphToken(inputs[1])
        _live_tokens.add(ctx.token)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # noqa: ANN401 - torch's
        ctx.token = None
        return gradient, None


def limited_loss(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor, most: int) -> torch.Tensor:
    """The mean of a squared error plus a fourth power, of at most `most` examples and one graph at a time.

    Args:
        w: shape (d,).
        x: shape (n, d).
        y: shape (n,).
        most: the largest n.

    Raises:
        RuntimeError: there are more examples (`TOO_MANY_EXAMPLES`), or an earlier graph is kept (`GRAPH_KEPT`).
    """
    if len(x) > most:
        raise RuntimeError(TOO_MANY_EXAMPLES)
    if any(token.leaf == id(w) for token in _live_tokens):
        raise RuntimeError(GRAPH_KEPT)
    error = torch.tanh(x @ w) - y
    return _IdentityWithToken.apply((error**2 + error**4).mean(), id(w))  # type: ignore[no-untyped-call, no-any-return]
