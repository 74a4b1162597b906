"""Functions that a check passes to a student's function.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

import itertools
from collections.abc import Sequence

import torch

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


def numbered(x: torch.Tensor) -> torch.Tensor:
    """`square`, where the n-th backward pass through one call is n times too large, and each call differs by a factor.

    So the rows of a Jacobian share one factor only if all of them come from one call and one pass.
    """
    y = square(x) * next(_CALLS)
    passes = itertools.count(1)
    if y.requires_grad:
        y.register_hook(lambda gradient: gradient * next(passes))  # type: ignore[no-untyped-call]
    return y


def counted(x: torch.Tensor) -> torch.Tensor:
    """`square`, where the n-th backward pass through one call is n times too large."""
    y = square(x)
    passes = itertools.count(1)
    if y.requires_grad:
        y.register_hook(lambda gradient: gradient * next(passes))  # type: ignore[no-untyped-call]
    return y


def watching(x: torch.Tensor) -> torch.Tensor:
    """`square`, which keeps `.grad` on x even if x is no leaf."""
    if x.requires_grad:
        x.retain_grad()
    return square(x)


def keeping(x: torch.Tensor) -> torch.Tensor:
    """`square`, which keeps `.grad` on its result."""
    y = square(x)
    if y.requires_grad:
        y.retain_grad()
    return y


def predictions(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """A model that is not linear in its weights: (m,) → (n,).

    Args:
        w: the weights.
        features: n rows of m numbers.
    """
    table = torch.tensor(features, dtype=w.dtype)
    return 2 * torch.tanh(table @ w) + table @ w**2 / 4


def watching_predictions(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, which keep `.grad` on w even if w is no leaf."""
    if w.requires_grad:
        w.retain_grad()
    return predictions(w, features)


def keeping_predictions(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, which keep their own `.grad`."""
    y = predictions(w, features)
    if y.requires_grad:
        y.retain_grad()
    return y


def counted_predictions(w: torch.Tensor, features: Sequence[Sequence[float]]) -> torch.Tensor:
    """`predictions`, where the n-th backward pass is n times too large."""
    y = predictions(w, features)
    passes = itertools.count(1)
    if y.requires_grad:
        y.register_hook(lambda gradient: gradient * next(passes))  # type: ignore[no-untyped-call]
    return y
