"""What a device can do at best: how fast it copies, and how many sines and cosines it computes (the roofline).

Williams, Waterman and Patterson, 2009: a computation takes at least as long as its memory traffic and at least as
long as its arithmetic.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import torch

from gradlab.ladder import compiled
from gradlab.notebook.computation_errors import ComputationError

_COPIED = {"cpu": 1 << 27, "cuda": 1 << 30}
_IN_CACHE = 1 << 13
_ON_GPU = 1 << 23
_PAIRS, _AT_ONCE = 200, 8
_OFTEN = 5


@dataclass(frozen=True)
class Limits:
    """What a device can do at best.

    Attributes:
        bytes_per_second: read and written by a copy of a large tensor.
        functions_per_second: sines and cosines in float32 that a program computes which does nothing else.
    """

    bytes_per_second: float
    functions_per_second: float

    def least_seconds(self, traffic: float, functions: float) -> float:
        """The least time of any computation with so many bytes and functions."""
        return max(traffic / self.bytes_per_second, functions / self.functions_per_second)


def measure(device: torch.device, repeats: int) -> Limits:
    """Measure both limits."""
    often = _OFTEN * repeats
    return Limits(_bandwidth(device, often), _functions(device, often))


def _bandwidth(device: torch.device, repeats: int) -> float:
    source = torch.ones(_COPIED[device.type], dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * source.numel() / fastest(lambda: target.copy_(source), device, repeats)


def _functions(device: torch.device, repeats: int) -> float:
    """Sines and cosines in a second, with PyTorch's functions or compiled ones, whichever are faster."""
    found = [_by_torch(device, repeats)]
    with suppress(ComputationError):
        if device.type == "cuda" and compiled.why_no_fused_kernel(device) is None:
            found += [_by_kernel(device, repeats, own=own) for own in (True, False)]
        elif compiled.why_not_compiled(device) is None:
            found.append(_by_compiler(device, repeats))
    return max(found)


def _by_torch(device: torch.device, repeats: int) -> float:
    angles = _angles(device)
    result = torch.empty_like(angles)

    def run() -> None:
        for _ in range(_PAIRS):
            torch.sin(angles, out=result)
            torch.cos(angles, out=result)

    return 2 * _PAIRS * angles.numel() / fastest(run, device, repeats)


def _by_compiler(device: torch.device, repeats: int) -> float:
    angles = _angles(device)
    function = compiled.compile_lazily(_many)

    def run() -> None:
        for _ in range(_PAIRS // _AT_ONCE):
            function(angles)

    return 2 * (_PAIRS // _AT_ONCE) * _AT_ONCE * angles.numel() / fastest(run, device, repeats)


def _many(angles: torch.Tensor) -> torch.Tensor:
    total = torch.zeros_like(angles)
    for number in range(_AT_ONCE):
        # The angles do not depend on one another, and every result is used.
        shifted = angles + number
        total = total + shifted.sin() + shifted.cos()
    return total


def _angles(device: torch.device) -> torch.Tensor:
    """On a CPU few enough for its first-level caches, on a GPU enough to keep it busy."""
    count = _IN_CACHE * torch.get_num_threads() if device.type == "cpu" else _ON_GPU
    return torch.linspace(-5, 5, count, device=device)


def _by_kernel(device: torch.device, repeats: int, *, own: bool) -> float:
    angles = _angles(device)
    kernel = compiled.kernels().only_sines_and_cosines[(_ON_GPU // compiled.BLOCK,)]
    with compiled.build_errors_explained():
        taken = fastest(
            lambda: kernel(angles, _ON_GPU, _PAIRS, BLOCK=compiled.BLOCK, OWN=own, **compiled.OPTIONS), device, repeats
        )
    return 2 * _ON_GPU * _PAIRS / taken


def median(function: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The median time of several calls in seconds, after one to warm up; on a GPU by its own clock."""
    return statistics.median(_times(function, device, repeats))


def fastest(function: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The least time of several calls in seconds: what a device can do when nothing else uses it."""
    return min(_times(function, device, repeats))


def _times(function: Callable[[], object], device: torch.device, repeats: int) -> list[float]:
    function()
    once = _on_gpu if device.type == "cuda" else _on_cpu
    return [once(function) for _ in range(repeats)]


def _on_cpu(function: Callable[[], object]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def _on_gpu(function: Callable[[], object]) -> float:
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    begin.record()
    function()
    end.record()
    torch.cuda.synchronize()
    return float(begin.elapsed_time(end)) / 1000
