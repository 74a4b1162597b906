"""Seconds that something takes on a device."""

import statistics
import time
from collections.abc import Callable

import torch


def median(function: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The median time of several calls, after one to warm up; on a GPU by its own clock."""
    return statistics.median(_times(function, device, repeats))


def fastest(function: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The least time of several calls: what a device can do when nothing else uses it."""
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
