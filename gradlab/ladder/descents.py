"""The rungs that are made of PyTorch's own operations: a loop over the starts, one tensor, the gradient's formula."""

import torch

from gradlab.landscape import height, slope


def descend_in_loop(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """Descend from starts (n, 2), one after another, with autograd: the end points (n, 2)."""
    ends = []
    for start in starts:
        x = start.detach().clone().requires_grad_()
        for _ in range(steps):
            (gradient,) = torch.autograd.grad(height(x), x)
            with torch.no_grad():
                x -= rate * gradient
        ends.append(x.detach())
    return torch.stack(ends)


def descend_together(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """Descend from all starts (n, 2) as one tensor, with autograd: the end points (n, 2)."""
    x = starts.detach().clone().requires_grad_()
    for _ in range(steps):
        (gradients,) = torch.autograd.grad(height(x).sum(), x)
        with torch.no_grad():
            x -= rate * gradients
    return x.detach()


def descend_by_formula(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """Descend from starts (n, 2) without a graph and a backward pass: the end points (n, 2)."""
    # All first coordinates, then all second ones in memory: values that are used together lie together.
    coordinates = starts.detach().T.contiguous().clone()
    with torch.no_grad():
        for _ in range(steps):
            step(coordinates[0], coordinates[1], rate)
    return coordinates.T.contiguous()


def step(first: torch.Tensor, second: torch.Tensor, rate: float | torch.Tensor) -> None:
    """Move points by one step in place.

    Args:
        first: the first coordinates, (n,).
        second: the second coordinates, (n,).
        rate: the learning rate, a number or a tensor () on the same device.
    """
    along_first, along_second = slope(first, second)
    first -= rate * along_first
    second -= rate * along_second
