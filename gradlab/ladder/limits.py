"""What a device can do at best: how fast it copies, and how many sines and cosines it computes (the roofline).

Williams, Waterman and Patterson, 2009: a computation takes at least as long as its memory traffic and at least as
long as its arithmetic.
"""

from contextlib import suppress
from dataclasses import dataclass

import torch

from gradlab.ladder import compiled, fused
from gradlab.ladder.timing import fastest
from gradlab.notebook.obstacles import ObstacleError

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
        functions_per_second: sines and cosines in float32, computed by what does nothing else.
    """

    bytes_per_second: float
    functions_per_second: float

    def least_seconds(self, traffic: float, functions: float) -> float:
        """No computation with so many bytes and so many functions is faster."""
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
    """With PyTorch's functions, and with compiled ones where there are any: the limit is what is faster."""
    found = [_by_torch(device, repeats)]
    with suppress(ObstacleError):
        if device.type == "cuda" and fused.missing(device) is None:
            found += [_by_kernel(device, repeats, own=own) for own in (True, False)]
        elif compiled.missing(device) is None:
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
        # Angles that don't wait for one another, and every result is used.
        shifted = angles + number
        total = total + shifted.sin() + shifted.cos()
    return total


def _angles(device: torch.device) -> torch.Tensor:
    """On a processor so few that they stay in its nearest cache, on a GPU as many as keep it busy."""
    count = _IN_CACHE * torch.get_num_threads() if device.type == "cpu" else _ON_GPU
    return torch.linspace(-5, 5, count, device=device)


def _by_kernel(device: torch.device, repeats: int, *, own: bool) -> float:
    angles = _angles(device)
    kernel = fused.kernels().only_sines_and_cosines[(_ON_GPU // fused.BLOCK,)]
    with compiled.building():
        taken = fastest(
            lambda: kernel(angles, _ON_GPU, _PAIRS, BLOCK=fused.BLOCK, OWN=own, **fused.OPTIONS), device, repeats
        )
    return 2 * _ON_GPU * _PAIRS / taken
