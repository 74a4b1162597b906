"""Gradients at many points, and the Hessian at one."""

import torch

from gradlab.check.calls import Function
from gradlab.check.derivatives import central_differences, gradient
from gradlab.check.values import is_tensor


def gradients(f: Function, points: torch.Tensor) -> torch.Tensor:
    """The gradients of f at each entry of the first axis of points, in one pass if f takes all of them together."""
    found = _in_one_pass(f, points)
    return torch.stack([gradient(f, point) for point in points]) if found is None else found


def _in_one_pass(f: Function, points: torch.Tensor) -> torch.Tensor | None:
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


def hessian(f: Function, point: torch.Tensor) -> torch.Tensor:
    """The Hessian of f at one point (d,), by central differences of its gradient: shape (d, d), float64, symmetric."""

    def slopes(x: torch.Tensor) -> torch.Tensor:
        return gradients(f, x.reshape(-1, x.shape[-1])).reshape(x.shape)

    table = central_differences(slopes, point.detach().to(torch.float64))
    return (table + table.T) / 2
