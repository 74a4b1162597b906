"""What stands in the way of a computation, in words with a way on."""

import pytest
import torch

from gradlab import basins
from gradlab.notebook.computation_errors import ComputationError, explained, require_device
from gradlab.words.computation_errors import COMPUTATION_ERRORS

GPU = torch.device("cuda")


@pytest.mark.parametrize(
    ("error", "side", "kind"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), 4096, "memory-side"),
        (RuntimeError("CUDA error: out of memory\nCompile with ..."), None, "memory"),
        (MemoryError(), 1, "memory"),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
            64,
            "memory-side",
        ),
        (RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be ..."), 8, "lost"),
        (RuntimeError("CUDA driver error: device not ready"), 8, "lost"),
    ],
)
def test_an_error_of_a_device_is_explained(error: Exception, side: int | None, kind: str) -> None:
    with pytest.raises(ComputationError) as caught, explained(GPU, side):
        raise error
    assert caught.value.kind == kind
    assert caught.value.__cause__ is error
    assert "\n" not in str(caught.value)


def test_a_smaller_number_and_the_cpu_are_proposed() -> None:
    with pytest.raises(ComputationError, match=r"2048 × 2048.*device='cpu'"), explained(GPU, 4096):
        raise torch.OutOfMemoryError("CUDA out of memory")


def test_a_defect_keeps_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="shapes") as caught, explained(GPU, 4096):
        raise RuntimeError("shapes do not match")
    assert not isinstance(caught.value, ComputationError)


def test_more_starts_than_any_memory_holds() -> None:
    with pytest.raises(ComputationError, match="does not suffice"):
        basins.settle(10_000_000)


def test_without_a_gpu_the_cpu_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ComputationError, match=r"no CUDA device.*device='cpu'"):
        require_device("cuda")


@pytest.mark.parametrize("name", ["abacus", "meta", "mps"])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(ComputationError, match="There is no such device"):
        require_device(name)


@pytest.mark.cuda
def test_a_gpu_that_is_not_there_is_refused() -> None:
    assert require_device("cuda").type == "cuda"
    with pytest.raises(ComputationError):
        require_device(f"cuda:{torch.cuda.device_count()}")


@pytest.mark.cuda
def test_a_gpu_out_of_memory_goes_on_with_less() -> None:
    with pytest.raises(ComputationError, match="does not suffice"), explained(GPU, 4096):
        torch.empty(1 << 50, dtype=torch.uint8, device=GPU)
    assert basins.settle(16, device=GPU).at_rest.all()


@pytest.mark.parametrize("kind", COMPUTATION_ERRORS)
def test_a_box_has_words_and_a_way_on(kind: str) -> None:
    values = dict.fromkeys(("name", "number", "least", "rate", "device", "reason", "side", "smaller", "told"), "<b>")
    box = ComputationError(kind, **values).html()
    assert 'role="alert"' in box
    assert "A way on" in box
    assert "<b>" not in box
