"""What is done for CUDA in the sandbox's processes. It does not survive a fork: only student processes may start it."""

import os
import sys
from pathlib import Path
from typing import Final

from autograder.sandbox.accelerator import HIDDEN, ProcessHooks
from autograder.sandbox.isolation import IsolationError

CONTEXT_BYTES: Final = 768 * 1024**2
"""What CUDA itself holds of a GPU's memory in each process that uses it, generously; PyTorch doesn't count it."""
NVML_CHECK: Final = "PYTORCH_NVML_BASED_CUDA_CHECK"
"""With this variable set, PyTorch's question whether there is a GPU does not start CUDA."""


class CudaHooks(ProcessHooks):
    """Keeps CUDA out of the zygote, and prepares a student process for it.

    Args:
        uuid: the GPU's UUID.
        memory_bytes: bytes of its memory that a submission may hold.
    """

    def __init__(self, uuid: str, memory_bytes: int) -> None:
        self._uuid = uuid
        self._memory_bytes = memory_bytes

    def before_fork(self) -> None:
        """Refuse to fork once CUDA has started.

        Raises:
            IsolationError: it has.
        """
        if sign := sign_of_cuda():
            raise IsolationError(f"GPU: CUDA can't be used any more in a fork of this process, since {sign}")

    def after_fork(self) -> None:
        """Refuse to go on if CUDA had started before the fork: PyTorch knows only in the fork that it was asked for."""
        self.before_fork()

    def before_entry(self) -> None:
        """Let this process find the GPU, and bound what PyTorch allocates there."""
        make_visible(self._uuid)
        bound_pytorch(self._memory_bytes)


def make_visible(uuid: str) -> None:
    """Let this process, a fork in which no CUDA has started, find a GPU."""
    for name in (*HIDDEN, NVML_CHECK):
        os.environ.pop(name, None)
    os.environ["CUDA_VISIBLE_DEVICES"] = uuid
    # An error on the GPU is raised by the line that made it, and not by a later exercise's.
    os.environ["CUDA_LAUNCH_BLOCKING"] = "1"
    # Matrix products give the same numbers every time, whatever ran before.
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"


def bound_pytorch(memory_bytes: int) -> None:
    """Have PyTorch refuse what goes beyond a share of the GPU's memory. CUDA is not started.

    Student code could lift this again: it gets an honest mistake an error that names the line. What enforces the bound
    is the monitor (`autograder.gpu.memory_monitor`).

    Args:
        memory_bytes: bytes of the share, with what CUDA itself holds.
    """
    import torch

    def limit() -> None:
        whole = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, max(0, memory_bytes - CONTEXT_BYTES) / whole))

    # PyTorch calls it as soon as CUDA is used, if it is.
    torch.cuda._lazy_call(limit)  # type: ignore[no-untyped-call]


def sign_of_cuda() -> str:
    """What shows that CUDA has started in this process or in one that it is a fork of; empty if it has not."""
    torch = sys.modules.get("torch")
    if torch is not None and (torch.cuda.is_initialized() or torch.cuda._is_in_bad_fork()):
        return "PyTorch has started CUDA"
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            # The folder's own descriptor, which is closed by now.
            continue
        if target.startswith("/dev/nvidia"):
            return f"{target} is open"
    return ""
