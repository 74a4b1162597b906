"""Measures each rung: its time beside the limits of the device, and its results beside those in float64."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from gradlab.ladder import limits
from gradlab.ladder.descents import descend_by_formula
from gradlab.ladder.limits import median
from gradlab.ladder.rungs import RUNGS, Descend, Rung
from gradlab.landscape import clearance, valley
from gradlab.notebook.computation_errors import ComputationError, explained, require_count, require_device, require_rate
from gradlab.notebook.devices import why_no_gpu
from gradlab.words import ladder as words

_SEED = 6
_AWAY = 0.05
"""From a start nearer to a ridge, rounding decides on which side of it a descent ends."""
_COMPARED_RATE, _COMPARED_STEPS = 0.1, 100


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


@dataclass(frozen=True)
class Measured:
    """What one rung took.

    Attributes:
        rung: which one.
        starts: how many starts were moved; the time for more is extrapolated.
        seconds: the time for all starts, the median of several runs.
        bytes: moved by all of it.
        functions: sines and cosines computed by all of it.
        least_seconds: the least time of any computation with so many bytes and functions on this device.
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
        measured: one for each rung that was measured.
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
        ComputationError: a number makes no sense, or the device is missing, lost or full.
    """
    require_count(n, "n")
    require_count(steps, "steps")
    require_count(repeats, "repeats")
    require_rate(rate)
    where = require_device(device if device is not None else "cpu" if why_no_gpu() else "cuda")
    with explained(where):
        best = limits.measure(where, repeats)
        starts = 10 * torch.rand(n, 2, generator=torch.Generator().manual_seed(_SEED))
        starts = starts.to(where)
    measured, left_out = [], []
    for rung in rungs:
        reason = rung.missing(where)
        if reason is None:
            try:
                with explained(where):
                    measured.append(_measure(rung, starts, rate, steps, best, repeats))
            except ComputationError as error:
                reason = str(error)
        if reason is not None:
            left_out.append((rung, reason))
    return Climb(_name(where), n, steps, best, tuple(measured), tuple(left_out))


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


def compare(descend: Descend, device: torch.device, side: int = 24) -> Agreement:
    """Compare a rung with float64, from side × side starts over the square, 100 steps of 0.1."""
    middles = (torch.arange(side, dtype=torch.float64) + 0.5) * (10 / side)
    starts = torch.cartesian_prod(middles, middles)
    starts = starts[(clearance(_across(starts)) > _AWAY).all(dim=1)].float()
    expected = descend_by_formula(starts.double(), _COMPARED_RATE, _COMPARED_STEPS)
    found = descend(starts.to(device), _COMPARED_RATE, _COMPARED_STEPS).double().cpu()
    same = (valley(_across(found)) == valley(_across(expected))).all(dim=1)
    return Agreement(len(starts), float(same.double().mean()), float((found - expected).abs().max()))


def _across(points: torch.Tensor) -> torch.Tensor:
    """The coordinates x₁ + x₂ and x₁ − x₂ of points (n, 2): (n, 2)."""
    return torch.stack([points[:, 0] + points[:, 1], points[:, 0] - points[:, 1]], dim=1)


def tell(climb: Climb) -> str:
    """The run as a table, with what was left out and why."""
    slowest = next((each.seconds for each in climb.measured if each.rung.name == "together"), None)
    lines = [
        words.HEADING.format(n=climb.n, steps=climb.steps, device=climb.device),
        words.LIMITS.format(
            copied=climb.limits.bytes_per_second / 1e9, functions=climb.limits.functions_per_second / 1e9
        ),
        "",
        words.COLUMNS,
        *(_line(each, slowest) for each in climb.measured),
    ]
    if climb.left_out:
        lines += ["", *(words.LEFT_OUT.format(title=rung.title, reason=reason) for rung, reason in climb.left_out)]
    return "\n".join(lines)


def _line(each: Measured, reference: float | None) -> str:
    return words.LINE.format(
        title=each.rung.title,
        time=_duration(each.seconds),
        faster="–" if reference is None else f"{reference / each.seconds:.2g} ×",
        bytes=each.bytes / 1e9,
        functions=each.functions / 1e9,
        share=100 * each.share,
    )


def _duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"
