"""Whether student code could use this machine's GPU, tried as it would be used."""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError
from autograder.grading.gpu_trial import GpuTrial
from autograder.limits import Limits
from autograder.sandbox import gpu, nvml
from autograder.sandbox.gpu_share import share_out
from autograder.sandbox.layers import Layer
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote

NAME: Final = "GPU for student code"
"""The name of the layer."""
_CONTROL: Final = Path("/dev/nvidiactl")


def probe_gpu() -> Iterator[Layer]:
    """Try the GPU in the sandbox, as `grade --gpu` would use it; where there is no sign of one, there is no layer.

    It makes the sandbox no better: with it student code reaches the driver, which runs in the kernel.
    """
    if not _CONTROL.exists() and not _has_driver():
        return
    try:
        found = gpu.find()
        _, share = share_out(found.card, 1)
        limits = Limits(gpu_bytes=share)
        with Zygote(Mode.BUBBLEWRAP, limits, shown_gpu=found) as zygote:
            GpuTrial(limits, zygote.fork).begin()
    except ExpectedError as error:
        yield Layer(NAME, required=False, active=False, detail=error.problem, cure=error.cure)
    else:
        detail = (
            f"{found.card.name}, driver {found.driver.version}: with --gpu CUDA works, and what a submission holds of "
            "its memory is seen; student code then reaches the driver"
        )
        yield Layer(NAME, required=False, active=True, detail=detail)


def _has_driver() -> bool:
    try:
        ctypes.CDLL(nvml.LIBRARY)
    except OSError:
        return False
    return True
