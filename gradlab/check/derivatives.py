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
    """The gradients of f at each entry of the first axis of points, in one pass if f takes all of them together."""
    found = together(f, points)
    return torch.stack([gradient(f, point) for point in points]) if found is None else found


def together(f: Function, points: torch.Tensor) -> torch.Tensor | None:
    """The gradients of f at all the points in one pass, if it computes for each what it computes for that one alone.

    A function of one point (d,) that is given d points may take rows for coordinates and give d numbers all the same,
    so that d points are never tried.

    Returns:
        The gradients: float64, the shape of points; None if f must be asked for one entry after the other.
    """
    if len(points) in (1, points.shape[-1]):
        return None
    x, last = (part.detach().to(torch.float64).clone().requires_grad_() for part in (points, points[-1]))
    try:
        with torch.enable_grad():
            y, alone = f(x), f(last)
            fits = is_tensor(y) and is_tensor(alone) and y.shape == x.shape[:-1] and alone.shape == y.shape[1:]
            if not (fits and bool(torch.isclose(y[-1], alone).all())):
                return None
            (slope,) = torch.autograd.grad(y.sum(), x)
    except Exception:  # noqa: BLE001 - a function of one point may raise anything; `gradient` says what it means
        return None
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


def hessian(f: Function, point: torch.Tensor) -> torch.Tensor:
    """The Hessian of f at one point (d,), by central differences of its gradient: shape (d, d), float64, symmetric."""

    def slopes(x: torch.Tensor) -> torch.Tensor:
        return gradients(f, x.reshape(-1, x.shape[-1])).reshape(x.shape)

    table = central_differences(slopes, point.detach().to(torch.float64))
    return (table + table.T) / 2
