"""What a rung does: how many bytes it moves and how many sines and cosines it computes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch.utils._python_dispatch import TorchDispatchMode

Descend = Callable[[torch.Tensor, float, int], torch.Tensor]
_FUNCTIONS = ("aten::sin", "aten::cos")
_POINTS = 4


@dataclass(frozen=True)
class Work:
    """Work on one point, in float32.

    Attributes:
        bytes_each_step: bytes read from and written to memory in a step.
        functions_each_step: sines and cosines computed in a step.
        bytes_once: bytes read and written whatever the number of steps.
    """

    bytes_each_step: float
    functions_each_step: float
    bytes_once: float = 0.0

    def total(self, n: int, steps: int) -> tuple[float, float]:
        """Bytes and functions for n points."""
        return n * (steps * self.bytes_each_step + self.bytes_once), n * steps * self.functions_each_step


class _Counter(TorchDispatchMode):
    """Counts what PyTorch's operations read, write and compute: each reads its inputs and writes its result."""

    bytes = 0
    functions = 0

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        result: object = func(*args, **(kwargs or {}))
        # A view moves nothing.
        if not any(taken.alias_info and not taken.alias_info.is_write for taken in func._schema.arguments):
            self.bytes += sum(map(_size, (*_tensors(args), *_tensors(result))))
        if func._schema.name in _FUNCTIONS:
            self.functions += sum(tensor.numel() for tensor in _tensors(result))
        return result


def counted(descend: Descend) -> Work:
    """Count the work of a descent that is made of PyTorch's operations."""
    one, two = (_count(descend, steps) for steps in (1, 2))
    return Work(
        bytes_each_step=(two.bytes - one.bytes) / _POINTS,
        functions_each_step=(two.functions - one.functions) / _POINTS,
        bytes_once=(2 * one.bytes - two.bytes) / _POINTS,
    )


def _count(descend: Descend, steps: int) -> _Counter:
    starts = torch.ones(_POINTS, 2)
    counter = _Counter()
    with counter:
        descend(starts, 0.1, steps)
    return counter


def _tensors(values: object) -> Iterator[torch.Tensor]:
    if isinstance(values, torch.Tensor):
        yield values
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _tensors(value)


def _size(tensor: torch.Tensor) -> int:
    """Bytes of the elements that lie in different places of memory."""
    count = tensor.element_size()
    for length, stride in zip(tensor.shape, tensor.stride(), strict=True):
        count *= length if stride else 1
    return count
