"""Descents from a grid of starts over a square, and the valleys in which they end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from gradlab.landscape import LARGEST_RATE, bottom, minimum, slope, valley
from gradlab.notebook.computation_errors import explained, require_count, require_device, require_rate

SQUARE = 10.0
"""The side of the square [0, 10]²."""
AT_REST = 1e-3
"""A descent has arrived where |∇f| is smaller."""
_MOST_STEPS = 30_000
_TOGETHER = {"cpu": 1 << 15, "cuda": 1 << 22}
"""Points that are moved at once: on a CPU as many as its caches hold, on a GPU enough to keep it busy."""
_BETWEEN = 16
"""Steps after which descents that have arrived are taken out."""
_NEAR = 1e-2
NUMBERED = ((1, -1), (1, 0), (0, -1), (2, -1), (1, -2), (0, 0))
"""The valleys of the five minima inside the square, in the order of lab 06, and that of the one on its border."""
_CODES = 256 * 256


@dataclass(frozen=True)
class Basins:
    """Where descents from n × n starts end, the middles of the cells of a grid over [0, 10]².

    Attributes:
        rate: the learning rate.
        steps: the most steps that were made.
        valleys: the number of the last valley along x₁ + x₂ and along x₁ − x₂, (n, n, 2), int8; row i for the i-th x₁
            and column j for the j-th x₂. `gradlab.landscape.minimum` tells its lowest point.
        arrival: (n, n), int16: how many steps it took to arrive, that is, until |∇f| was small; where the rate is so
            large that none arrives in the deepest valley, until the last ridge was crossed.
        at_rest: (n, n), bool: whether |∇f| was small in the end.
    """

    rate: float
    steps: int
    valleys: npt.NDArray[np.int8]
    arrival: npt.NDArray[np.int16]
    at_rest: npt.NDArray[np.bool_]

    @property
    def comes_to_rest(self) -> bool:
        """Whether the rate is small enough for a descent to come to rest in each valley."""
        return self.rate < LARGEST_RATE


@dataclass(frozen=True)
class Share:
    """A valley and the starts whose descents end in it.

    Attributes:
        valley: its numbers along x₁ + x₂ and x₁ − x₂.
        place: its lowest point.
        share: of all starts, from 0 to 1.
    """

    valley: tuple[int, int]
    place: tuple[float, float]
    share: float


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
        ComputationError: a number makes no sense, or the device is missing, lost or full.
    """
    require_count(n, "n")
    require_count(steps, "steps", 0)
    require_rate(rate)
    where = require_device(device)
    most = min(steps, _MOST_STEPS)
    walk = _walk_to_rest if rate < LARGEST_RATE else _walk_all_steps
    with explained(where, n):
        valleys = np.empty((n, n, 2), dtype=np.int8)
        arrival = np.empty((n, n), dtype=np.int16)
        at_rest = np.empty((n, n), dtype=bool)
        middles = (torch.arange(n, dtype=torch.float64, device=where) + 0.5) * (SQUARE / n)
        rows = max(1, _TOGETHER[where.type] // n)
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
    """Move points (2, m) until all have arrived: the ends, (2, m), and the steps that each took, (m,), int16."""
    ends, taken = points.clone(), torch.zeros(points.shape[1], dtype=torch.int16, device=points.device)
    index = torch.arange(points.shape[1], device=points.device)
    moving, last = points, taken.clone()
    for step in range(1, steps + 1):
        along = slope(*moving)
        last = last.masked_fill(_steep(*along), step)
        moving = moving - rate * torch.stack(along)
        if step % _BETWEEN == 0 or step == steps:
            ends[:, index], taken[index] = moving, last
            # A small gradient alone proves nothing: it is small on a ridge and on a maximum, too.
            going = _far_from_bottom(moving)
            index, moving, last = index[going], moving[:, going], last[going]
            if not len(index):
                break
    return ends, taken


def _walk_all_steps(points: torch.Tensor, rate: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Make all steps: the ends, (2, m), and the last step of each that crossed a ridge, (m,), int16."""
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


def shares(basins: Basins) -> list[Share]:
    """The valleys in which descents end: first the six of the square in the order of the lab, then others by share."""
    # Counted in a table, since sorting 16.8 million pairs takes seconds.
    counts = np.bincount(_codes(basins.valleys).ravel(), minlength=_CODES)
    found = np.flatnonzero(counts)
    parts = {(int(code) // 256 - 128, int(code) % 256 - 128): int(counts[code]) / int(counts.sum()) for code in found}
    others = sorted(parts.keys() - set(NUMBERED), key=lambda key: (-parts[key], key))
    return [Share(key, _place(key), parts.get(key, 0.0)) for key in (*NUMBERED, *others)]


def numbers(basins: Basins, among: list[Share]) -> npt.NDArray[np.int8]:
    """For each start the index of its valley in a list of all valleys: (n, n)."""
    table = np.zeros(_CODES, dtype=np.int8)
    table[_codes(np.array([share.valley for share in among]))] = np.arange(len(among))
    found: npt.NDArray[np.int8] = table[_codes(basins.valleys)]
    return found


def _codes(valleys: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """One number from 0 on for each pair of numbers of valleys, (…, 2), int8: (…)."""
    keys = valleys.astype(np.int32) + 128
    codes: npt.NDArray[np.int32] = keys[..., 0] * 256 + keys[..., 1]
    return codes


def _place(valley: tuple[int, int]) -> tuple[float, float]:
    first, second = minimum(np.array(valley, dtype=np.float64))
    return float(first), float(second)
