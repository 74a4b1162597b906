"""The rungs of the ladder, from the slowest to the fastest, and the work that each of them does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gradlab.ladder import compiled, descents
from gradlab.words.ladder import TITLES

Descend = Callable[[torch.Tensor, float, int], torch.Tensor]
"""Starts (n, 2), learning rate, number of steps → end points (n, 2)."""

TOLERANCE = 1e-4
"""Largest difference of an end point from that in float64, after 100 steps of 0.1 from a start away from ridges."""
_POINT = 8
"""Bytes of a point in float32."""
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


# The formula, computed once per step: the sine and the cosine of x₁, x₂, x₁/2 and x₂/2.
_FORMULA = Work(bytes_each_step=2 * _POINT, functions_each_step=8, bytes_once=4 * _POINT)
# The fused kernel: sine and cosine of x₁/2 and x₂/2, and a point is read once and written once.
_KERNEL = Work(bytes_each_step=0, functions_each_step=4, bytes_once=4 * _POINT)


@dataclass(frozen=True)
class Rung:
    """A way to compute descents from many starts.

    Attributes:
        name: its name in the code.
        descend: computes the descents.
        missing: device → why the rung cannot be used there, or None.
        work: the work that it does.
        most: the most starts with which it is measured; the time for more is extrapolated.
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
        """The descent that is measured, a function without arguments; what is made only once is made before."""
        if self.name == "recorded":
            graph = compiled.CudaGraphDescent(starts, rate, min(compiled.STEPS_IN_GRAPH, max(steps, 1)))
            return lambda: graph(starts, steps)
        return lambda: self.descend(starts, rate, steps)


def _nothing(device: torch.device) -> None:
    """Nothing is missing."""


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


RUNGS = (
    Rung("loop", descents.descend_in_loop, _nothing, lambda: counted(descents.descend_in_loop), most=4),
    Rung("together", descents.descend_together, _nothing, lambda: counted(descents.descend_together)),
    Rung("formula", descents.descend_by_formula, _nothing, lambda: counted(descents.descend_by_formula)),
    Rung("compiled", compiled.descend_compiled, compiled.why_not_compiled, lambda: _FORMULA),
    Rung("recorded", compiled.descend_recorded, compiled.why_no_cuda_graph, lambda: _FORMULA),
    Rung("fused", compiled.descend_fused, compiled.why_no_fused_kernel, lambda: _KERNEL),
)
