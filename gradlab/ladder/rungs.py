"""The rungs, from the slowest to the fastest."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from gradlab.ladder import compiled, formula, fused, loop, recorded, together
from gradlab.ladder.work import Descend, Work, counted
from gradlab.words.ladder import TITLES

TOLERANCE = 1e-4
"""So far at most an end point is from that in float64, after 100 steps of 0.1 from a start away from ridges."""
_POINT = 8
"""Bytes of a point in float32."""
# Whoever computes the formula once: the sine and the cosine of x₁, x₂, x₁/2 and x₂/2.
_FORMULA = Work(bytes_each_step=2 * _POINT, functions_each_step=8, bytes_once=4 * _POINT)
# The kernel: sine and cosine of x₁/2 and x₂/2, and a point is read once and written once.
_KERNEL = Work(bytes_each_step=0, functions_each_step=4, bytes_once=4 * _POINT)


@dataclass(frozen=True)
class Rung:
    """A way to compute descents from many starts.

    Attributes:
        name: its name in the code.
        descend: starts (n, 2), rate, number of steps → end points (n, 2).
        missing: device → why it cannot be climbed there, or None.
        work: what it does.
        most: so many starts at most are moved when it is measured; the time for others is reckoned.
    """

    name: str
    descend: Descend
    missing: Callable[[torch.device], str | None]
    work: Callable[[], Work]
    most: int | None = None

    @property
    def title(self) -> str:
        """Its name in words."""
        return TITLES[self.name]

    def prepare(self, starts: torch.Tensor, rate: float, steps: int) -> Callable[[], torch.Tensor]:
        """What is measured: a descent for which everything has been made ready that is made once."""
        if self.name == "recorded":
            recording = recorded.Recording(starts, rate, min(recorded.LENGTH, max(steps, 1)))
            return lambda: recording(starts, steps)
        return lambda: self.descend(starts, rate, steps)


def _nothing(device: torch.device) -> None:
    """Nothing is missing."""


RUNGS = (
    Rung("loop", loop.descend, _nothing, lambda: counted(loop.descend), most=4),
    Rung("together", together.descend, _nothing, lambda: counted(together.descend)),
    Rung("formula", formula.descend, _nothing, lambda: counted(formula.descend)),
    Rung("compiled", compiled.descend, compiled.missing, lambda: _FORMULA),
    Rung("recorded", recorded.descend, recorded.missing, lambda: _FORMULA),
    Rung("fused", fused.descend, fused.missing, lambda: _KERNEL),
)
