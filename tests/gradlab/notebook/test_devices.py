"""The device of a notebook."""

import subprocess
import sys
import warnings

import pytest
import torch

import gradlab
from gradlab.words import LABELS


def test_a_machine_without_cuda_computes_on_the_cpu_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gradlab.device() == torch.device("cpu")
    assert capsys.readouterr().out == LABELS["device-cpu"] + "\n"


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_machine_with_cuda_uses_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert gradlab.device().type == "cuda"
    assert torch.ones(2, device=gradlab.device()).sum() == 2
    assert not capsys.readouterr().out


TOO_OLD = "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). Please update ..."


def test_a_driver_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def is_available() -> bool:
        warnings.warn(TOO_OLD, stacklevel=2)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", is_available)
    assert gradlab.device() == torch.device("cpu")
    first, second = capsys.readouterr().out.splitlines()
    assert first == LABELS["device-cpu"]
    assert "driver is too old" in second
    assert "found version 11040" in second


def test_tf32_is_told_on_a_gpu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        assert gradlab.device().type == "cuda"
    finally:
        torch.backends.cuda.matmul.allow_tf32 = False
    assert "TF32 is switched on" in capsys.readouterr().out


@pytest.mark.cuda
@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_a_leaf_that_is_moved_to_a_gpu_is_none_there() -> None:
    moved = torch.rand(2, requires_grad=True).cuda()
    moved.sum().backward()
    assert not moved.is_leaf
    assert moved.grad is None
    made_there = torch.rand(2, device="cuda", requires_grad=True)
    made_there.sum().backward()
    assert made_there.is_leaf
    assert made_there.grad is not None
    assert made_there.grad.device == made_there.device


def test_importing_gradlab_does_not_import_torch() -> None:
    code = "import gradlab, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
