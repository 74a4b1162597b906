"""Whether student code could use this machine's GPU, tried as `grade --gpu` would use it."""

from collections.abc import Iterator
from typing import Final

from autograder.errors import ExpectedError
from autograder.gpu.accelerator import GpuAccelerator
from autograder.gpu.discovery import find_gpu, share_memory
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.self_test import Layer
from autograder.sandbox.zygote import Zygote

NAME: Final = "GPU for student code"
"""The name of the layer."""


def probe_gpu() -> Iterator[Layer]:
    """Try the GPU in the sandbox.

    It makes the sandbox no safer: with it student code reaches the driver, which runs in the kernel.
    """
    try:
        found = find_gpu()
        _, share = share_memory(found.info, 1)
        accelerator = GpuAccelerator(share, found)
        with Zygote(Mode.BUBBLEWRAP, Limits(gpu_bytes=share), accelerator=accelerator) as zygote:
            accelerator.check(zygote.fork).before_grading()
    except ExpectedError as error:
        yield Layer(NAME, required=False, active=False, detail=error.problem, cure=error.cure)
    else:
        detail = (
            f"{found.info.name}, driver {found.driver.version}: with --gpu CUDA works, and what a submission holds of "
            "its memory is seen; student code then reaches the driver"
        )
        yield Layer(NAME, required=False, active=True, detail=detail)
