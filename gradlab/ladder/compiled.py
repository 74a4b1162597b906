"""The rungs that need a compiler: torch.compile, a CUDA graph of compiled steps, and one fused kernel in Triton.

- torch.compile makes one kernel of a step, so that each step reads and writes a point once.
- A CUDA graph records several compiled steps once and replays them, so that Python starts no kernel.
- The fused kernel (`gradlab.ladder.kernels`, which imports Triton) makes the whole descent.
"""

import functools
import importlib.util
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import ParamSpec, TypeVar

import torch

from gradlab.ladder import descents
from gradlab.notebook.computation_errors import ComputationError
from gradlab.words.ladder import REASONS

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")
BLOCK = 1024
"""Points of one program of the fused kernel: four warps with eight points for each of their threads."""
OPTIONS = {"enable_fp_fusion": True}
"""Fuse a product and a sum into one operation: newer versions of Triton do so only on demand."""
STEPS_IN_GRAPH = 20
"""Steps that one replay of a CUDA graph makes."""
_WARM_UP = 3
_COMPILERS = ("g++", "clang++", "c++", "cl")


def why_not_compiled(device: torch.device) -> str | None:
    """Why torch.compile cannot be used on a device, in a sentence; None if it can."""
    if device.type == "cuda":
        return why_no_triton()
    # On a CPU it builds C++: that takes a compiler and Python's headers, a separate package on Debian.
    if not any(map(shutil.which, _COMPILERS)):
        return REASONS["no-compiler"]
    return None if Path(sysconfig.get_path("include"), "Python.h").is_file() else REASONS["no-headers"]


def why_no_triton() -> str | None:
    """Why Triton cannot be used, in a sentence; None if it can."""
    return None if importlib.util.find_spec("triton") else REASONS["no-triton"]


@contextmanager
def build_errors_explained() -> Iterator[None]:
    """Explain why Triton cannot build the C code that starts a kernel.

    Raises:
        ComputationError: of kind "compiler".
    """
    try:
        yield
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise _compiler_error(error) from error
    except RuntimeError as error:
        if "C compiler" not in str(error):
            raise
        raise _compiler_error(error) from error


def _compiler_error(error: Exception) -> ComputationError:
    return ComputationError("compiler", told=str(error).splitlines()[0])


def compile_lazily(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """A function that is compiled at its first call.

    Raises:
        ComputationError: of kind "compiler", at that call: the code could not be built.
    """
    # Imported here: it costs a second.
    from torch._dynamo.exc import BackendCompilerFailed

    made: Callable[Parameters, Returned] = torch.compile(function)

    def call(*arguments: Parameters.args, **options: Parameters.kwargs) -> Returned:
        try:
            with build_errors_explained():
                return made(*arguments, **options)
        except BackendCompilerFailed as error:
            raise _compiler_error(error) from error

    return call


@functools.cache
def compiled_step() -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor], None]:
    """`descents.step`, compiled."""
    return compile_lazily(descents.step)


def rate_beside(rate: float, starts: torch.Tensor) -> torch.Tensor:
    """The rate as a tensor () on the starts' device: a number would be compiled into the code, anew for each rate."""
    return torch.tensor(rate, dtype=starts.dtype, device=starts.device)


def descend_compiled(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2).

    Raises:
        ComputationError: of kind "compiler": the code could not be built.
    """
    coordinates = starts.detach().T.contiguous().clone()
    first, second = coordinates
    rate_there = rate_beside(rate, starts)
    with torch.no_grad():
        for _ in range(steps):
            compiled_step()(first, second, rate_there)
    return coordinates.T.contiguous()


def why_no_cuda_graph(device: torch.device) -> str | None:
    """Why there are no CUDA graphs on a device, in a sentence; None if there are."""
    return REASONS["cuda-only"] if device.type != "cuda" else why_not_compiled(device)


def descend_recorded(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2) on a GPU."""
    return CudaGraphDescent(starts, rate, min(STEPS_IN_GRAPH, max(steps, 1)))(starts, steps)


class CudaGraphDescent:
    """A CUDA graph of some steps at one rate, for points of one shape.

    Args:
        starts: points (n, 2) on a GPU; only their shape and dtype count.
        rate: the learning rate.
        length: how many steps one replay makes.
    """

    def __init__(self, starts: torch.Tensor, rate: float, length: int) -> None:
        self._coordinates = starts.detach().T.contiguous().clone()
        self._first, self._second = self._coordinates
        self._rate = rate_beside(rate, starts)
        self._length = length
        # Compilation and allocation happen in the first calls, which must not be recorded.
        stream = torch.cuda.Stream(starts.device)
        stream.wait_stream(torch.cuda.current_stream(starts.device))
        with torch.no_grad(), torch.cuda.stream(stream):
            for _ in range(_WARM_UP):
                compiled_step()(self._first, self._second, self._rate)
        torch.cuda.current_stream(starts.device).wait_stream(stream)
        self._graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(self._graph):
            for _ in range(length):
                compiled_step()(self._first, self._second, self._rate)

    def __call__(self, starts: torch.Tensor, steps: int) -> torch.Tensor:
        """The end points (n, 2) of descents from starts of the recorded shape."""
        self._coordinates.copy_(starts.detach().T)
        replays, rest = divmod(steps, self._length)
        for _ in range(replays):
            self._graph.replay()
        with torch.no_grad():
            for _ in range(rest):
                compiled_step()(self._first, self._second, self._rate)
        return self._coordinates.T.contiguous()


def why_no_fused_kernel(device: torch.device) -> str | None:
    """Why the kernel cannot run on a device, in a sentence; None if it can."""
    return REASONS["cuda-only"] if device.type != "cuda" else why_no_triton()


def kernels() -> ModuleType:
    """Import the module with the Triton kernels.

    Raises:
        ComputationError: of kind "left-out": there is no Triton.
    """
    reason = why_no_triton()
    if reason is not None:
        raise ComputationError("left-out", reason=reason)
    from gradlab.ladder import kernels as module

    return module


def descend_fused(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2), float32.

    Raises:
        ComputationError: of kind "left-out": there is no Triton, or the starts are not float32; of kind "compiler": the
            C code with which Triton starts a kernel could not be built.
    """
    if starts.dtype != torch.float32:
        raise ComputationError("left-out", reason=REASONS["float32-only"])
    ends = starts.detach().contiguous().clone()
    if len(ends) and steps:
        grid = (-(-len(ends) // BLOCK),)
        with build_errors_explained():
            kernels().descend[grid](ends, len(ends), float(rate), steps, BLOCK=BLOCK, **OPTIONS)
    return ends
