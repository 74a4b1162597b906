"""Functions that a check passes to a student's function.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch.autograd import forward_ad

from gradlab.check.probes import NOT_TRACKED, refuse_backward

MANY_VECTORS = "gradlab: many vectors are carried at once"
_CALLS = itertools.count(1)


def taller(x: torch.Tensor) -> torch.Tensor:
    """Three outputs of two inputs: (…, 2) → (…, 3)."""
    a, b = x[..., 0], x[..., 1]
    return torch.stack([a * b, torch.sin(2 * a) + b, torch.exp(b / 2)], dim=-1)


def wider(x: torch.Tensor) -> torch.Tensor:
    """Two outputs of three inputs: (…, 3) → (…, 2)."""
    a, b, c = x[..., 0], x[..., 1], x[..., 2]
    return torch.stack([a * b - c**2, torch.cos(a) + 3 * b * c], dim=-1)


def square(x: torch.Tensor) -> torch.Tensor:
    """Three outputs of three inputs, with a Jacobian that is far from symmetric: (…, 3) → (…, 3)."""
    a, b, c = x[..., 0], x[..., 1], x[..., 2]
    return torch.stack([a * b**2 + 3 * c, torch.sin(a) - b, a * c + 4 * b], dim=-1)


def _scaled_by_pass(y: torch.Tensor) -> torch.Tensor:
    passes = itertools.count(1)
    if y.requires_grad:
        y.register_hook(lambda gradient: gradient * next(passes))  # type: ignore[no-untyped-call]
    return y


def square_scaled_by_call_and_pass(x: torch.Tensor) -> torch.Tensor:
    """`square`, where the n-th backward pass through one call is n times too large, and each call differs by a factor.

    So the rows of a Jacobian share one factor only if all of them come from one call and one pass.
    """
    return _scaled_by_pass(square(x) * next(_CALLS))


def square_scaled_by_pass(x: torch.Tensor) -> torch.Tensor:
    """`square`, where the n-th backward pass through one call is n times too large."""
    return _scaled_by_pass(square(x))


class _OneVectorOnly(torch.autograd.Function):
    """The identity; raises RuntimeError with `MANY_VECTORS` as its message for a batch of more than one under vmap."""

    @staticmethod
    def forward(values: torch.Tensor) -> torch.Tensor:
        return values.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ANN401 - torch's own types
        pass

    @staticmethod
    def backward(_ctx: Any, gradient: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        pulled: torch.Tensor = _OneVectorOnly.apply(gradient)  # type: ignore[no-untyped-call]
        return pulled

    @staticmethod
    def jvp(_ctx: Any, velocity: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        pushed: torch.Tensor = _OneVectorOnly.apply(velocity)  # type: ignore[no-untyped-call]
        return pushed

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None], values: torch.Tensor) -> tuple[torch.Tensor, int | None]:  # noqa: ANN401
        if info.batch_size > 1:
            raise RuntimeError(MANY_VECTORS)
        return _OneVectorOnly.apply(values), in_dims[0]  # type: ignore[no-untyped-call]


def square_of_one_vector(x: torch.Tensor) -> torch.Tensor:
    """`square`, through which only one vector at a time can be pulled back or pushed forward."""
    return _one_vector_only(square(x))


def _one_vector_only(y: torch.Tensor) -> torch.Tensor:
    try:
        velocity = forward_ad.unpack_dual(y).tangent  # type: ignore[no-untyped-call]
    except RuntimeError:  # no forward mode here
        velocity = None
    if velocity is not None:
        _OneVectorOnly.apply(velocity)  # type: ignore[no-untyped-call]
    if y.requires_grad:
        y.register_hook(_OneVectorOnly.apply)  # type: ignore[no-untyped-call]
    return y


def square_keeps_grad_of_input(x: torch.Tensor) -> torch.Tensor:
    """`square`, which keeps `.grad` on x even if x is no leaf."""
    if x.requires_grad:
        x.retain_grad()
    return square(x)


def square_keeps_grad_of_value(x: torch.Tensor) -> torch.Tensor:
    """`square`, which keeps `.grad` on its result."""
    y = square(x)
    if y.requires_grad:
        y.retain_grad()
    return y


def _raising_in_backward(y: torch.Tensor) -> torch.Tensor:
    if not y.requires_grad:
        raise RuntimeError(NOT_TRACKED)
    y.register_hook(refuse_backward)  # type: ignore[no-untyped-call]
    return y


def square_raises_in_backward(x: torch.Tensor) -> torch.Tensor:
    """`square`; raises RuntimeError: `NOT_TRACKED` for an unwatched x, `BACKWARD_BEGUN` where one goes backward."""
    return _raising_in_backward(square(x))


def predictions(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """A model that is not linear in its weights: (m,) → (n,).

    Args:
        w: the weights.
        features: n rows of m numbers.
    """
    table = torch.tensor(features, dtype=w.dtype)
    return 2 * torch.tanh(table @ w) + table @ w**2 / 4


def predictions_keep_grad_of_weights(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, which keep `.grad` on w even if w is no leaf."""
    if w.requires_grad:
        w.retain_grad()
    return predictions(w, features)


def predictions_keep_grad_of_value(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, which keep their own `.grad`."""
    y = predictions(w, features)
    if y.requires_grad:
        y.retain_grad()
    return y


def predictions_raise_in_backward(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, which raise RuntimeError as `square_raises_in_backward` does."""
    return _raising_in_backward(predictions(w, features))


def predictions_of_one_vector(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, through which only one vector at a time can be pulled back."""
    return _one_vector_only(predictions(w, features))


def predictions_scaled_by_pass(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, where the n-th backward pass is n times too large."""
    return _scaled_by_pass(predictions(w, features))


def curved(x: torch.Tensor, matrix: Sequence[Sequence[float]]) -> torch.Tensor:
    """½ xᵀAx + sin(x₁x₂) + Σ x⁴/12: (d,) → ()."""
    table = torch.tensor(matrix, dtype=x.dtype)
    return x @ table @ x / 2 + torch.sin(x[0] * x[1]) + (x**4).sum() / 12


def curved_scaled_by_second_pass(x: torch.Tensor, matrix: Sequence[Sequence[float]]) -> torch.Tensor:
    """`curved`, where the n-th backward pass through its gradient is n times too large."""
    inner = x * 1
    if inner.requires_grad:
        inner.register_hook(lambda gradient: _scaled_by_pass(gradient * 1))  # type: ignore[no-untyped-call]
    return curved(inner, matrix)


def curved_of_one_vector(x: torch.Tensor, matrix: Sequence[Sequence[float]]) -> torch.Tensor:
    """`curved`, whose gradient can be differentiated along one vector at a time only."""
    inner = x * 1
    if inner.requires_grad:
        inner.register_hook(_OneVectorOnly.apply)  # type: ignore[no-untyped-call]
    return curved(inner, matrix)
