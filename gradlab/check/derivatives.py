"""Slopes for comparison: by autograd through the function that was given, and by central differences."""

from collections.abc import Callable

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused
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
    with errors_refused("function-raised", "function-error"), torch.enable_grad():
        y = f(x)
        total = y.sum() if is_tensor(y) else None
    if total is None:
        raise not_yet("graph-cut", "function-plain-number", kind=kind_of(y))
    if not y.requires_grad:
        raise not_yet("forward-untracked", "function-untracked")
    with errors_refused("function-raised", "function-error"):
        (slope,) = torch.autograd.grad(total, x)
    return slope.detach().to(torch.float64)


def central_differences(
    f: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor, width: float = 1e-3
) -> torch.Tensor:
    """Derivatives along each axis by the five-point rule, whose error is of order width⁴.

    Args:
        f: takes float64 points (…, d); its values have shape (…) or (…, m). It is called once.
        points: where, shape (…, d).
        width: the step along an axis.

    Returns:
        Derivatives, one for each axis along the last dimension: shape (…, d) or (…, m, d).

    Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, table 25.2.
    """
    count = points.shape[-1]
    steps = torch.tensor([1.0, -1.0, 2.0, -2.0], dtype=torch.float64).view(4, 1, 1)
    shifts = (width * steps * torch.eye(count, dtype=torch.float64)).view(4, count, *[1] * (points.ndim - 1), count)
    near_right, near_left, far_right, far_left = f(points + shifts)
    slopes = (8 * (near_right - near_left) - (far_right - far_left)) / (12 * width)
    along_last: torch.Tensor = slopes.movedim(0, -1)
    return along_last
