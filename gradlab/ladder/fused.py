"""Rung 6: one kernel for the whole descent, written in Triton, which is imported when it is needed."""

from types import ModuleType

import torch

from gradlab.ladder import compiled
from gradlab.notebook.obstacles import ObstacleError
from gradlab.words.ladder import REASONS

BLOCK = 1024
"""So many points are one program's: four warps with eight points for each of their threads."""
OPTIONS = {"enable_fp_fusion": True}
"""A product and a sum are one operation: newer versions of Triton want to be told."""


def missing(device: torch.device) -> str | None:
    """Why the kernel cannot run on a device, in a sentence; None if it can."""
    return REASONS["cuda-only"] if device.type != "cuda" else compiled.no_triton()


def kernels() -> ModuleType:
    """The kernels.

    Raises:
        ObstacleError: of kind "left-out": there is no Triton.
    """
    reason = compiled.no_triton()
    if reason is not None:
        raise ObstacleError("left-out", reason=reason)
    from gradlab.ladder import kernels as module

    return module


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2), float32.

    Raises:
        ObstacleError: of kind "left-out": there is no Triton, or the starts are not float32; of kind "compiler": what
            Triton starts a kernel with could not be built.
    """
    if starts.dtype != torch.float32:
        raise ObstacleError("left-out", reason=REASONS["float32-only"])
    ends = starts.detach().contiguous().clone()
    if len(ends) and steps:
        grid = (-(-len(ends) // BLOCK),)
        with compiled.building():
            kernels().descend[grid](ends, len(ends), float(rate), steps, BLOCK=BLOCK, **OPTIONS)
    return ends
