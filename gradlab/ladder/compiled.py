"""Rung 4: torch.compile makes one kernel of a step, so that each step reads and writes a point once."""

import functools
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import torch

from gradlab.ladder import formula
from gradlab.notebook.obstacles import ObstacleError
from gradlab.words.ladder import REASONS

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")
_COMPILERS = ("g++", "clang++", "c++", "cl")


def missing(device: torch.device) -> str | None:
    """Why torch.compile cannot be used on a device, in a sentence; None if it can."""
    if device.type == "cuda":
        return no_triton()
    # Its C++ is built where the labs run: a compiler must be there, and Python's headers, which Debian has apart.
    if not any(map(shutil.which, _COMPILERS)):
        return REASONS["no-compiler"]
    return None if Path(sysconfig.get_path("include"), "Python.h").is_file() else REASONS["no-headers"]


def no_triton() -> str | None:
    """Why Triton cannot be used, in a sentence; None if it can."""
    import importlib.util

    return None if importlib.util.find_spec("triton") else REASONS["no-triton"]


@contextmanager
def building() -> Iterator[None]:
    """Explain why Triton cannot build the C with which it starts a kernel.

    Raises:
        ObstacleError: of kind "compiler".
    """
    try:
        yield
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise ObstacleError("compiler", told=str(error).splitlines()[0]) from error
    except RuntimeError as error:
        if "C compiler" not in str(error):
            raise
        raise ObstacleError("compiler", told=str(error).splitlines()[0]) from error


def compile_lazily(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """A function that is compiled at its first call.

    Raises:
        ObstacleError: of kind "compiler", at that call: the code could not be built.
    """
    # Imported here: it costs a second.
    from torch._dynamo.exc import BackendCompilerFailed

    made: Callable[Parameters, Returned] = torch.compile(function)

    def call(*arguments: Parameters.args, **options: Parameters.kwargs) -> Returned:
        try:
            with building():
                return made(*arguments, **options)
        except BackendCompilerFailed as error:
            raise ObstacleError("compiler", told=str(error).splitlines()[0]) from error

    return call


@functools.cache
def step() -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor], None]:
    """The step of rung 3, compiled."""
    return compile_lazily(formula.step)


def on_device(rate: float, starts: torch.Tensor) -> torch.Tensor:
    """The rate as a tensor () beside the starts: a number would be built into the code, a new one for each rate."""
    return torch.tensor(rate, dtype=starts.dtype, device=starts.device)


def descend(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
    """The end points (n, 2) of descents from starts (n, 2).

    Raises:
        ObstacleError: of kind "compiler": the code could not be built.
    """
    coordinates = starts.detach().T.contiguous().clone()
    first, second = coordinates
    there = on_device(rate, starts)
    with torch.no_grad():
        for _ in range(steps):
            step()(first, second, there)
    return coordinates.T.contiguous()
