"""Rung 1: a Python loop over the starts, each with a descent of its own through autograd."""

import torch

from gradlab.landscape import height


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2)."""
    ends = []
    for start in starts:
        x = start.detach().clone().requires_grad_()
        for _ in range(steps):
            (slope,) = torch.autograd.grad(height(x), x)
            with torch.no_grad():
                x -= rate * slope
        ends.append(x.detach())
    return torch.stack(ends)
