"""Climb the ladder: measure each rung beside the limits of the device, and compare its results with float64."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from gradlab.ladder import limits
from gradlab.ladder.agreement import Agreement, compare
from gradlab.ladder.rungs import RUNGS, Rung
from gradlab.ladder.timing import median
from gradlab.notebook.devices import why_no_gpu
from gradlab.notebook.obstacles import ObstacleError, explained, require_count, require_device, require_rate

_SEED = 6


@dataclass(frozen=True)
class Measured:
    """What one rung took.

    Attributes:
        rung: which one.
        starts: how many starts were moved; for more the time is reckoned.
        seconds: the time for all starts, the median of several runs.
        bytes: moved by all of it.
        functions: sines and cosines computed by all of it.
        least_seconds: no computation with so many bytes and functions is faster on this device.
        agreement: with float64 on the CPU.
    """

    rung: Rung
    starts: int
    seconds: float
    bytes: float
    functions: float
    least_seconds: float
    agreement: Agreement

    @property
    def share(self) -> float:
        """The share of the device's limit that it reaches, from 0 to 1."""
        return self.least_seconds / self.seconds


@dataclass(frozen=True)
class Climb:
    """A run of the ladder.

    Attributes:
        device: its name in words.
        n: starts.
        steps: steps of each descent.
        limits: what the device can do at best.
        measured: one for each rung that was climbed.
        left_out: the others, each with the reason.
    """

    device: str
    n: int
    steps: int
    limits: limits.Limits
    measured: tuple[Measured, ...]
    left_out: tuple[tuple[Rung, str], ...]


def climb(
    n: int = 1 << 16,
    steps: int = 100,
    *,
    rate: float = 0.1,
    device: torch.device | str | None = None,
    repeats: int = 3,
    rungs: Sequence[Rung] = RUNGS,
) -> Climb:
    """Measure each rung.

    Args:
        n: starts, any whole number from 1 on.
        steps: steps of each descent.
        rate: the learning rate.
        device: where to compute; by default the GPU if there is one.
        repeats: how often each rung is run after the first time; the median counts.
        rungs: which rungs.

    Raises:
        ObstacleError: a number makes no sense, or the device is missing, lost or full.
    """
    require_count(n, "n")
    require_count(steps, "steps")
    require_count(repeats, "repeats")
    require_rate(rate)
    place = require_device(device if device is not None else "cpu" if why_no_gpu() else "cuda")
    with explained(place):
        best = limits.measure(place, repeats)
        starts = 10 * torch.rand(n, 2, generator=torch.Generator().manual_seed(_SEED))
        starts = starts.to(place)
    measured, left_out = [], []
    for rung in rungs:
        reason = rung.missing(place)
        if reason is None:
            try:
                with explained(place):
                    measured.append(_measure(rung, starts, rate, steps, best, repeats))
            except ObstacleError as obstacle:
                reason = str(obstacle)
        if reason is not None:
            left_out.append((rung, reason))
    return Climb(_name(place), n, steps, best, tuple(measured), tuple(left_out))


def _measure(rung: Rung, starts: torch.Tensor, rate: float, steps: int, best: limits.Limits, repeats: int) -> Measured:
    moved = starts[: rung.most]
    taken = median(rung.prepare(moved, rate, steps), starts.device, repeats)
    traffic, functions = rung.work().total(len(starts), steps)
    side = 3 if rung.most else 24
    return Measured(
        rung=rung,
        starts=len(moved),
        seconds=taken * len(starts) / len(moved),
        bytes=traffic,
        functions=functions,
        least_seconds=best.least_seconds(traffic, functions),
        agreement=compare(rung.descend, starts.device, side),
    )


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"CPU, {torch.get_num_threads()} threads"
