"""What PyTorch raises where there is no GPU, where a GPU has failed, or where tensors of two devices meet.

The messages are PyTorch's, in the wordings of the versions since 2.4. A student can raise the same, and gains nothing:
such a message leads to another explanation, another process, or one more run of the test with other numbers.
"""

from typing import Final

_ASKED_FOR: Final = (
    "not compiled with cuda enabled",
    "no cuda gpus are available",
    "no hip gpus are available",
    "found no nvidia driver",
    "no cuda-capable device",
    "cuda unknown error",
    "cuda driver initialization failed",
    "unexpected error from cudagetdevicecount",
    "torch.cuda.is_available() is false",
    "nvidia driver on your system is too old",
)
_MET: Final = (
    "expected all tensors to be on the same device",
    "all input tensors must be on the same device",
    "expected object of device type",
    "should be on the same device",
    "are not at the same device",
    "is not on the expected device",
    "or on the same device as the indexed tensor",
    "input type (torch.floattensor) and weight type (torch.cuda.floattensor)",
    "input type (cpu",
)
_FAILED: Final = (
    "cuda error",
    "hip error",
    "device-side assert",
    "cublas_status_",
    "cudnn_status_",
    "cusolver_status_",
)
_NO_MEMORY: Final = ("out of memory", "alloc_failed")


def asks_for_gpu(message: str) -> bool:
    """Whether an error says that a GPU was asked for and there is none."""
    return _holds(message, _ASKED_FOR)


def lost_gpu(message: str) -> bool:
    """Whether an error says that the GPU failed under a process, after which that process can't use it any more."""
    return _holds(message, _FAILED) and not _holds(message, _NO_MEMORY)


def student_lost_gpu(error: BaseException | None) -> bool:
    """Whether a test ended with this error because the GPU failed under student code."""
    return hasattr(error, "student_error") and lost_gpu(str(error))


def filled_gpu(message: str) -> bool:
    """Whether an error says that a GPU's memory ran out."""
    return _holds(message, _NO_MEMORY) and _holds(message, ("cuda", "hip", "cublas", "cudnn"))


def devices_met(error: BaseException | None) -> bool:
    """Whether a test ended because tensors of two devices met in student code, or a check reports that they did."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if hasattr(error, "student_error") and _holds(str(error), _MET):
            return True
        error = error.__cause__ or error.__context__
    return False


def _holds(message: str, signs: tuple[str, ...]) -> bool:
    lower = message.lower()
    return any(sign in lower for sign in signs)
