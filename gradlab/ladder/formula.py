"""Rung 3: the gradient from its formula. There is no graph, and nothing is kept for a backward pass."""

import torch

from gradlab.landscape import slope


def step(first: torch.Tensor, second: torch.Tensor, rate: float | torch.Tensor) -> None:
    """Move points, whose coordinates are given apart, by one step in place; a rate may be a tensor () beside them."""
    along_first, along_second = slope(first, second)
    first -= rate * along_first
    second -= rate * along_second


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2)."""
    # One coordinate after another in memory: neighbours are read together.
    coordinates = starts.detach().T.contiguous().clone()
    with torch.no_grad():
        for _ in range(steps):
            step(coordinates[0], coordinates[1], rate)
    return coordinates.T.contiguous()
