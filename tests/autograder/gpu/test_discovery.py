"""Which GPU is used, why there may be none, and how its memory is shared out."""

import os
from pathlib import Path

import pytest
import torch

from autograder.errors import ExpectedError
from autograder.gpu.discovery import cuda_of_torch, find_gpu, share_memory
from autograder.limits import Limits
from tests.autograder.gpu.fake_driver import GIBIBYTE, INFO, NODES, FakeDriver, info, make_nodes

BUILT = (12, 6)


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)


def test_the_first_gpu_is_found_with_all_that_it_needs(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    plugged = tmp_path / "sys" / "devices" / "pci0000:40" / INFO.pci_address
    for folder in (plugged, tmp_path / "sys" / "devices" / "system", tmp_path / "sys" / "bus" / "pci" / "devices"):
        folder.mkdir(parents=True)
    (tmp_path / "sys" / "bus" / "pci" / "devices" / INFO.pci_address).symlink_to(plugged)
    found = find_gpu(FakeDriver(INFO, info(index=1, uuid="GPU-other")), root=tmp_path, built_for=BUILT)
    assert found.info == INFO
    assert [name for _, name in found.nodes] == list(NODES)
    assert [path for _, path in found.readable] == [
        "/sys/devices/system",
        "/sys/bus/pci/devices",
        f"/sys/devices/pci0000:40/{INFO.pci_address}",
    ]


@pytest.mark.parametrize(("wanted", "index"), [("1", 1), ("GPU-ff", 1), ("0,1", 0), ("1,0", 1)])
def test_another_gpu_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, index: int) -> None:
    make_nodes(tmp_path, "nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    other = info(index=1, uuid="GPU-ff00", minor=1)
    found = find_gpu(FakeDriver(INFO, other), root=tmp_path, built_for=BUILT)
    assert found.info.index == index
    assert [name for _, name in found.nodes] == [f"nvidia{index}", "nvidiactl", "nvidia-uvm"]


@pytest.mark.parametrize("wanted", ["", "-1", "7", "MIG-01234567"])
def test_a_gpu_that_is_not_there_or_hidden_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    make_nodes(tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    with pytest.raises(ExpectedError, match="names no GPU of this machine") as refused:
        find_gpu(FakeDriver(), root=tmp_path, built_for=BUILT)
    assert "nvidia-smi -L" in refused.value.cure


@pytest.mark.parametrize("missing", ["nvidia0", "nvidiactl", "nvidia-uvm"])
def test_a_missing_or_closed_node_is_named(tmp_path: Path, missing: str) -> None:
    node = make_nodes(tmp_path) / "dev" / missing
    node.chmod(0o600)
    if os.geteuid() == 0:
        with pytest.raises(ExpectedError, match=f"may not use {node}"):
            find_gpu(FakeDriver(), root=tmp_path, built_for=BUILT)
    node.unlink()
    with pytest.raises(ExpectedError, match=f"device {node} is missing") as refused:
        find_gpu(FakeDriver(), root=tmp_path, built_for=BUILT)
    assert "--gpus all" in refused.value.cure


def test_a_gpu_that_is_cut_up_is_refused(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match=r"cut into instances \(MIG\)"):
        find_gpu(FakeDriver(info(mig_enabled=True)), root=tmp_path, built_for=BUILT)


def test_a_driver_older_than_pytorch_is_refused(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match=r"for CUDA 12\.8\) is too old .* built for CUDA 13\.0"):
        find_gpu(FakeDriver(), root=tmp_path, built_for=(13, 0))


@pytest.mark.skipif(cuda_of_torch() is not None, reason="this PyTorch is built for CUDA")
def test_a_pytorch_for_the_cpu_alone_is_refused(tmp_path: Path) -> None:
    assert torch.version.cuda is None
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match="is built for the CPU alone"):
        find_gpu(FakeDriver(), root=tmp_path)


def test_memory_is_shared_out_in_equal_parts() -> None:
    assert share_memory(INFO, processors=16) == (3, GIBIBYTE * 9 // 4)
    assert share_memory(INFO, processors=2) == (2, GIBIBYTE * 7 // 2)
    assert share_memory(INFO, processors=16, workers=5) == (5, GIBIBYTE * 5 // 4)
    assert share_memory(INFO, processors=16, wanted=GIBIBYTE) == (7, GIBIBYTE)


@pytest.mark.parametrize(
    ("changed", "asked", "problem"),
    [
        ({}, {"workers": 8}, "is too little: CUDA itself takes up to"),
        ({}, {"wanted": 512 * 1024**2}, "is too little: CUDA itself takes up to"),
        ({}, {"workers": 2, "wanted": 4 * GIBIBYTE}, "2 submissions at once with 4 GiB each need 8 GiB"),
        ({"free_bytes": 3 * GIBIBYTE}, {"workers": 2}, "Other programs hold 5 GiB of the Fake 8000's memory"),
    ],
)
def test_what_is_not_there_cannot_be_shared_out(changed: dict[str, int], asked: dict[str, int], problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem) as refused:
        share_memory(info(**changed), 16, **asked)
    assert "--workers" in refused.value.cure


def test_a_share_decides_the_key_of_a_verdict() -> None:
    pytest.importorskip("msgpack", reason="keys are digests of MessagePack")
    from autograder.cells import LabNotebook
    from autograder.grading.cache_keys import notebook_key
    from autograder.grading.terms import Terms
    from autograder.sandbox.mode import Mode

    notebook = LabNotebook("lab", (), ())
    shares = [0, GIBIBYTE, 2 * GIBIBYTE]
    keys = {notebook_key(notebook, {}, Terms(Limits(gpu_bytes=share), Mode.BUBBLEWRAP)) for share in shares}
    assert len(keys) == 3
