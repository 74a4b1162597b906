"""Do the rungs compute the same? Each is compared with a descent in float64 on the CPU."""

from dataclasses import dataclass

import torch

from gradlab.ladder import formula
from gradlab.ladder.work import Descend
from gradlab.landscape import clearance, valley

_AWAY = 0.05
"""Starts that are nearer to a ridge may roll down on its other side in other arithmetic."""
_RATE, _STEPS = 0.1, 100


@dataclass(frozen=True)
class Agreement:
    """How far a rung agrees with float64.

    Attributes:
        starts: how many starts that keep away from ridges were compared.
        same_valley: the share of them that end in the same valley.
        farthest: the largest difference of a coordinate at their ends.
    """

    starts: int
    same_valley: float
    farthest: float


def compare(descend: Descend, device: torch.device, side: int = 24) -> Agreement:
    """Compare a rung with float64, from side × side starts over the square, 100 steps of 0.1."""
    middles = (torch.arange(side, dtype=torch.float64) + 0.5) * (10 / side)
    starts = torch.cartesian_prod(middles, middles)
    starts = starts[(clearance(_across(starts)) > _AWAY).all(dim=1)].float()
    expected = formula.descend(starts.double(), _RATE, _STEPS)
    found = descend(starts.to(device), _RATE, _STEPS).double().cpu()
    same = (valley(_across(found)) == valley(_across(expected))).all(dim=1)
    return Agreement(len(starts), float(same.double().mean()), float((found - expected).abs().max()))


def _across(points: torch.Tensor) -> torch.Tensor:
    """The coordinates x₁ + x₂ and x₁ − x₂ of points (n, 2): (n, 2)."""
    return torch.stack([points[:, 0] + points[:, 1], points[:, 0] - points[:, 1]], dim=1)
