"""Rung 5: a CUDA graph. Several compiled steps are recorded once and replayed, so that Python starts no kernel."""

import torch

from gradlab.ladder import compiled
from gradlab.words.ladder import REASONS

LENGTH = 20
"""So many steps are recorded."""
_WARM_UP = 3


def missing(device: torch.device) -> str | None:
    """Why there are no CUDA graphs on a device, in a sentence; None if there are."""
    return REASONS["cuda-only"] if device.type != "cuda" else compiled.missing(device)


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2) on a GPU."""
    return Recording(starts, rate, min(LENGTH, max(steps, 1)))(starts, steps)


class Recording:
    """Steps of one rate for points of one shape, recorded once.

    Args:
        starts: points (n, 2) on a GPU; only their shape and dtype count.
        rate: the learning rate.
        length: how many steps one replay makes.
    """

    def __init__(self, starts: torch.Tensor, rate: float, length: int) -> None:
        self._coordinates = starts.detach().T.contiguous().clone()
        self._first, self._second = self._coordinates
        self._rate = compiled.on_device(rate, starts)
        self._length = length
        # What is compiled or allocated at the first call must not be recorded.
        stream = torch.cuda.Stream(starts.device)
        stream.wait_stream(torch.cuda.current_stream(starts.device))
        with torch.no_grad(), torch.cuda.stream(stream):
            for _ in range(_WARM_UP):
                compiled.step()(self._first, self._second, self._rate)
        torch.cuda.current_stream(starts.device).wait_stream(stream)
        self._graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(self._graph):
            for _ in range(length):
                compiled.step()(self._first, self._second, self._rate)

    def __call__(self, starts: torch.Tensor, steps: int) -> torch.Tensor:
        """The end points (n, 2) of descents from starts of the recorded shape."""
        self._coordinates.copy_(starts.detach().T)
        replays, rest = divmod(steps, self._length)
        for _ in range(replays):
            self._graph.replay()
        with torch.no_grad():
            for _ in range(rest):
                compiled.step()(self._first, self._second, self._rate)
        return self._coordinates.T.contiguous()
