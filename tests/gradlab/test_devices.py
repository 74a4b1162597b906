"""The device of a notebook."""

import subprocess
import sys

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


def test_importing_gradlab_does_not_import_torch() -> None:
    code = "import gradlab, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
