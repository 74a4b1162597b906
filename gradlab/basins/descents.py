"""Descents from all points of a square, until they have come to rest or have found the valley that they stay in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from gradlab.landscape import LARGEST_RATE, bottom, slope, valley
from gradlab.notebook.obstacles import explained, require_count, require_device, require_rate

SQUARE = 10.0
"""The side of the square [0, 10]²."""
AT_REST = 1e-3
"""Whoever stands where |∇f| is smaller has arrived."""
_MOST_STEPS = 30_000
_TOGETHER = {"cpu": 1 << 15, "cuda": 1 << 22}
"""So many points are moved at once: on the CPU what its caches hold, on a GPU enough to keep it busy."""
_BETWEEN = 16
"""After so many steps those who have arrived are taken out."""
_NEAR = 1e-2


@dataclass(frozen=True)
class Basins:
    """Where descents from n × n starts end, the middles of the cells of a grid over [0, 10]².

    Attributes:
        rate: the learning rate.
        steps: the most steps that were made.
        valleys: the number of the last valley along x₁ + x₂ and along x₁ − x₂, (n, n, 2), int8; row i for the i-th x₁
            and column j for the j-th x₂. `gradlab.landscape.minimum` tells its lowest point.
        arrival: (n, n), int16: how many steps it took to arrive, that is, until |∇f| was small; where the rate is so
            large that nobody arrives in the deepest valley, until the last ridge was crossed.
        at_rest: (n, n), bool: whether |∇f| was small in the end.
    """

    rate: float
    steps: int
    valleys: npt.NDArray[np.int8]
    arrival: npt.NDArray[np.int16]
    at_rest: npt.NDArray[np.bool_]

    @property
    def calm(self) -> bool:
        """Whether the rate is small enough for all valleys."""
        return self.rate < LARGEST_RATE


def settle(
    n: int,
    rate: float = 0.1,
    steps: int = 1000,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Basins:
    """Let a descent from each of n × n starts run until it has come to rest.

    Args:
        n: starts along each side, any whole number from 1 on.
        rate: the learning rate.
        steps: the most steps; with a rate above 2/λmax exactly so many.
        device: where to compute. 256 × 256 starts take a second or two on a processor, 4096 × 4096 are for a GPU.
        dtype: of the points, torch.float32 or torch.float64.

    Raises:
        ObstacleError: a number makes no sense, or the device is missing, lost or full.
    """
    require_count(n, "n")
    require_count(steps, "steps", 0)
    require_rate(rate)
    place = require_device(device)
    most = min(steps, _MOST_STEPS)
    walk = _walk_to_rest if rate < LARGEST_RATE else _walk_on
    with explained(place, n):
        valleys = np.empty((n, n, 2), dtype=np.int8)
        arrival = np.empty((n, n), dtype=np.int16)
        at_rest = np.empty((n, n), dtype=bool)
        middles = (torch.arange(n, dtype=torch.float64, device=place) + 0.5) * (SQUARE / n)
        rows = max(1, _TOGETHER[place.type] // n)
        for top in range(0, n, rows):
            first, second = torch.meshgrid(middles[top : top + rows], middles, indexing="ij")
            points = torch.stack([first.flatten(), second.flatten()]).to(dtype)
            ends, taken = walk(points, rate, most)
            shape = first.shape
            valleys[top : top + rows] = _valleys(ends).to(torch.int8).T.reshape(*shape, 2).cpu().numpy()
            arrival[top : top + rows] = taken.reshape(shape).cpu().numpy()
            at_rest[top : top + rows] = (~_steep(*slope(*ends))).reshape(shape).cpu().numpy()
    return Basins(rate, most, valleys, arrival, at_rest)


def _walk_to_rest(points: torch.Tensor, rate: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Walk until all have arrived: the ends, (2, m), and after how many steps each had, (m,), int16."""
    ends, taken = points.clone(), torch.zeros(points.shape[1], dtype=torch.int16, device=points.device)
    index = torch.arange(points.shape[1], device=points.device)
    moving, last = points, taken.clone()
    for step in range(1, steps + 1):
        along = slope(*moving)
        last = last.masked_fill(_steep(*along), step)
        moving = moving - rate * torch.stack(along)
        if step % _BETWEEN == 0 or step == steps:
            ends[:, index], taken[index] = moving, last
            # A small slope alone means nothing: on a ridge and on a top it is small too.
            going = _far_from_bottom(moving)
            index, moving, last = index[going], moving[:, going], last[going]
            if not len(index):
                break
    return ends, taken


def _walk_on(points: torch.Tensor, rate: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Make all the steps: the ends, (2, m), and the last step that led over a ridge, (m,), int16."""
    ends, here = points, _valleys(points)
    last = torch.zeros(points.shape[1], dtype=torch.int16, device=points.device)
    for step in range(1, steps + 1):
        ends = ends - rate * torch.stack(slope(*ends))
        there = _valleys(ends)
        last = last.masked_fill((there != here).any(dim=0), step)
        here = there
    return ends, last


def _valleys(points: torch.Tensor) -> torch.Tensor:
    """The numbers of the valleys of points (2, m): (2, m)."""
    return torch.stack([valley(points[0] + points[1]), valley(points[0] - points[1])])


def _steep(along_first: torch.Tensor, along_second: torch.Tensor) -> torch.Tensor:
    return along_first**2 + along_second**2 >= AT_REST**2


def _far_from_bottom(points: torch.Tensor) -> torch.Tensor:
    """Which of the points (2, m) are still on their way down: (m,)."""
    across = torch.stack([points[0] + points[1], points[0] - points[1]])
    return _steep(*slope(*points)) | ((across - bottom(valley(across))).abs() > _NEAR).any(dim=0)
