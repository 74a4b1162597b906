"""Rung 2: all starts as one tensor, with autograd."""

import torch

from gradlab.landscape import height


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2)."""
    x = starts.detach().clone().requires_grad_()
    for _ in range(steps):
        (slopes,) = torch.autograd.grad(height(x).sum(), x)
        with torch.no_grad():
            x -= rate * slopes
    return x.detach()
