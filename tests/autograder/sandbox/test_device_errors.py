"""PyTorch's errors about devices are distinguished."""

import pytest
import torch

from autograder.sandbox.device_errors import asks_for_gpu, devices_met, filled_gpu, lost_gpu, student_lost_gpu

MET = (
    "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
    "Expected all tensors to be on the same device, but got mat2 is on cpu, different from other tensors on cuda:0",
    "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same",
    "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
)


def raised(message: str, *, by_student: bool = True) -> RuntimeError:
    error = RuntimeError(message)
    if by_student:
        error.student_error = "RuntimeError"
    return error


@pytest.mark.parametrize("message", MET)
def test_two_devices_that_met_in_student_code(message: str) -> None:
    assert devices_met(raised(message))
    assert not devices_met(raised(message, by_student=False))
    assert not devices_met(None)


def test_what_this_pytorch_says_when_two_devices_meet_is_known() -> None:
    with pytest.raises(RuntimeError) as error:
        torch.ones(2) + torch.ones(2, device="meta")
    assert devices_met(raised(str(error.value)))


def test_what_this_pytorch_says_without_a_gpu_is_known() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises((AssertionError, RuntimeError)) as error:
        torch.ones(2, device="cuda")
    assert asks_for_gpu(str(error.value))


def test_a_check_that_puts_the_error_into_its_own_words_hides_nothing() -> None:
    def check() -> None:
        try:
            raise raised(MET[0])
        except RuntimeError as error:
            raise AssertionError("your function raised an error") from error

    with pytest.raises(AssertionError) as found:
        check()
    assert devices_met(found.value)


def test_a_ring_of_errors_has_an_end() -> None:
    one, other = raised("a"), raised("b")
    one.__cause__, other.__cause__ = other, one
    assert not devices_met(one)


@pytest.mark.parametrize(
    ("message", "lost", "filled"),
    [
        ("CUDA error: device-side assert triggered", True, False),
        ("CUDA error: an illegal memory access was encountered", True, False),
        ("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm(...)`", True, False),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", False, True),
        ("CUDA error: out of memory", False, True),
        ("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of", False, True),
        ("DefaultCPUAllocator: can't allocate memory", False, False),
        ("shape '[2]' is invalid for input of size 3", False, False),
    ],
)
def test_a_failure_is_distinguished_from_a_lack_of_memory(message: str, lost: bool, filled: bool) -> None:
    assert (lost_gpu(message), filled_gpu(message)) == (lost, filled)
    assert student_lost_gpu(raised(message)) is lost
    assert not student_lost_gpu(raised(message, by_student=False))
