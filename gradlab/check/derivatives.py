"""Slopes for comparison: by autograd through the function that was given, and by central differences."""

from collections.abc import Callable

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import refusal
from gradlab.check.values import is_tensor, kind_of


def gradient(f: Function, points: torch.Tensor) -> torch.Tensor:
    """The gradient of f at points, by autograd.

    Args:
        f: the function of the exercise; it may be a student's.
        points: one point (d,), or points (…, d) for an f that takes many at once.

    Returns:
        The gradients: float64, the shape of points.

    Raises:
        NotYet: f raises, or autograd can't follow it.
    """
    x = points.detach().to(torch.float64).clone().requires_grad_()
    try:
        with torch.enable_grad():
            y = f(x)
            total = y.sum() if is_tensor(y) else None
    except Exception as error:
        raise refusal(error, "function-raised", "function-error") from error
    if total is None:
        raise not_yet("graph-cut", "function-plain-number", kind=kind_of(y))
    if not y.requires_grad:
        raise not_yet("forward-untracked", "function-untracked")
    try:
        (slope,) = torch.autograd.grad(total, x)
    except Exception as error:
        raise refusal(error, "function-raised", "function-error") from error
    return slope.detach().to(torch.float64)


def gradients(f: Function, points: torch.Tensor) -> torch.Tensor:
    """The gradients of f along a path: one evaluation for each entry of the first axis of points."""
    return torch.stack([gradient(f, point) for point in points])


def central_differences(
    f: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor, width: float = 1e-3
) -> torch.Tensor:
    """Derivatives along each axis by the five-point rule, whose error is of order width⁴.

    Args:
        f: takes float64 points (…, d); its values have shape (…) or (…, m).
        points: where, shape (…, d).
        width: the step along an axis.

    Returns:
        Derivatives, one for each axis along the last dimension: shape (…, d) or (…, m, d).

    Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, table 25.2.
    """
    columns = []
    for direction in torch.eye(points.shape[-1], dtype=torch.float64):
        h = width * direction
        columns.append((8 * (f(points + h) - f(points - h)) - (f(points + 2 * h) - f(points - 2 * h))) / (12 * width))
    return torch.stack(columns, dim=-1)


def hessian(f: Function, point: torch.Tensor) -> torch.Tensor:
    """The Hessian of f at one point (d,), by central differences of its gradient: shape (d, d), float64, symmetric."""
    table = central_differences(lambda x: gradient(f, x), point.detach().to(torch.float64))
    return (table + table.T) / 2
