import pytest

from autograder.cells import Cell, Role
from autograder.judging.failure_messages import (
    error_of,
    explain_ended_process,
    explain_used_time,
    name_cell,
    out_of_resources_cell,
)
from autograder.limits import Limits
from autograder.sandbox.device_errors import lost_gpu
from autograder.wall.errors import ConnectionClosedError

ANSWER = Cell("code", Role.SOLUTION, "x = 1", "descend")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (Cell("code", Role.SOLUTION, "x = 1", "descend"), "the cell of the exercise 'descend'"),
        (Cell("code", Role.TEST, "assert x", "descend-test"), "the test 'descend-test'"),
        (Cell("code", Role.LOCKED, "x = 1", "setup"), "the cell 'setup'"),
        (Cell("code", Role.FREE, "\n  # mine\nx = 1"), "the cell that begins with `# mine`"),
        (Cell("code", Role.FREE, "x" * 100), f"the cell that begins with `{'x' * 60}…`"),
        (Cell("code", Role.FREE, ""), "the cell that begins with ``"),
    ],
)
def test_a_cell_is_named_so_that_it_can_be_found(cell: Cell, name: str) -> None:
    assert name_cell(cell) == name


def test_the_slowest_cell_is_told_when_the_time_is_used_up() -> None:
    assert explain_used_time(600, "the cell 'x'", 580.04).endswith("most of it went into the cell 'x' (580 seconds).")
    assert explain_used_time(1, "", 0).startswith("The time for the whole notebook (1 second) was used up")


def test_a_process_that_could_not_go_on_says_why() -> None:
    assert "could not go on: a message larger than the limit" in explain_ended_process(
        ConnectionClosedError("a message larger than the limit"), ""
    )
    assert "memory runs out" in explain_ended_process(ConnectionClosedError("closed"), "was killed (signal 9, SIGKILL)")


@pytest.mark.parametrize(
    ("said", "memory"),
    [
        ({"types": ["builtins.MemoryError"], "message": ""}, True),
        ({"types": ["numpy._core._exceptions._ArrayMemoryError", "builtins.MemoryError"], "message": "x"}, True),
        ({"types": ["builtins.RuntimeError"], "message": "DefaultCPUAllocator: can't allocate memory"}, True),
        ({"types": ["builtins.ValueError"], "message": "can't allocate memory"}, False),
        ({"types": [[]], "message": {}}, False),
        ({"types": "MemoryError"}, False),
        ({}, False),
        (None, False),
        ([1], False),
    ],
)
def test_what_the_students_side_says_of_memory_is_read_with_care(said: object, memory: bool) -> None:
    stop = out_of_resources_cell(ANSWER, said, Limits())
    assert (stop is not None) is memory
    assert stop is None or "needed more than the 4 GiB of memory" in stop.message


WITH_GPU = Limits(gpu_bytes=3 * 1024**3)
NO_GPU = {
    "a build for the CPU": ("builtins.AssertionError", "Torch not compiled with CUDA enabled"),
    "a hidden GPU": ("builtins.RuntimeError", "No CUDA GPUs are available"),
    "no driver": ("builtins.RuntimeError", "Found no NVIDIA driver on your system. Please check that you have"),
    "a file of tensors": (
        "builtins.RuntimeError",
        "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you",
    ),
}


def said(kind: str, message: str) -> dict[str, object]:
    return {
        "types": [kind],
        "message": message,
        "traceback": 'Cell In[3], line 2\n    x = torch.ones(2, device="cuda")',
    }


@pytest.mark.parametrize("case", NO_GPU)
def test_who_asks_for_a_gpu_that_is_not_there_is_told_what_to_write(case: str) -> None:
    stop = out_of_resources_cell(ANSWER, said(*NO_GPU[case]), Limits())
    assert stop is not None
    assert stop.in_answer
    assert "The cell of the exercise 'descend' asked for a GPU" in stop.message
    assert "`gradlab.device()`" in stop.message
    assert NO_GPU[case][1] in stop.message
    assert 'x = torch.ones(2, device="cuda")' in stop.message


def test_memory_of_a_gpu_is_told_from_memory() -> None:
    full = said("torch.OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 GiB.")
    stop = out_of_resources_cell(ANSWER, full, WITH_GPU)
    assert stop is not None
    assert stop.message.endswith("needed more than the 3 GiB of GPU memory that a submission may use.")
    assert not lost_gpu(error_of(full)[1])


def test_a_gpu_that_failed_ends_the_process_and_says_why() -> None:
    failed = said("torch.AcceleratorError", "CUDA error: device-side assert triggered\nCUDA kernel errors might be")
    stop = out_of_resources_cell(ANSWER, failed, WITH_GPU)
    assert stop is not None
    assert "made the GPU fail. An index or a class label that is out of range does that" in stop.message
    assert "device-side assert triggered" in stop.message
    assert lost_gpu(error_of(failed)[1])
    assert not lost_gpu(error_of({"types": 3, "message": ["CUDA error"]})[1])


def test_an_error_that_is_not_the_machines_is_none_of_its_business() -> None:
    assert out_of_resources_cell(ANSWER, said("builtins.RuntimeError", "shape '[2]' is invalid"), WITH_GPU) is None
