"""GPUs that aren't there: a driver that reports what a test sets, and device nodes that do no harm."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.gpu.accelerator import GpuAccelerator
from autograder.gpu.discovery import Gpu
from autograder.gpu.nvml import GpuInfo, NvmlError

GIBIBYTE = 1024**3
INFO = GpuInfo(0, "GPU-01234567-89ab", "Fake 8000", 0, "0000:41:00.0", 8 * GIBIBYTE, 8 * GIBIBYTE - 2**20)
NODES = ("nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")


class FakeDriver:
    """A driver: who holds how much of its GPUs' memory is what a test says."""

    version = "570.169"
    cuda = (12, 8)

    def __init__(self, *gpus: GpuInfo) -> None:
        self.held: dict[int, int | None] = {}
        self.lost = False
        self._gpus = gpus or (INFO,)

    def gpus(self) -> Sequence[GpuInfo]:
        return self._gpus

    def holders(self, uuid: str) -> dict[int, int | None]:
        assert uuid == INFO.uuid
        if self.lost:
            raise NvmlError(15, "GPU is lost")
        return dict(self.held)


def make_nodes(root: Path, *names: str) -> Path:
    """Make device nodes that are harmless: as devices if that may be done here, else as files."""
    folder = root / "dev"
    folder.mkdir(exist_ok=True)
    for name in names or NODES:
        node = folder / name
        try:
            # The device /dev/zero.
            os.mknod(node, 0o020666, os.makedev(1, 5))
        except PermissionError:
            node.touch()
        node.chmod(0o666)
    return root


def gpu_of(driver: FakeDriver, root: Path) -> Gpu:
    """The fake GPU, with nodes in this folder."""
    make_nodes(root)
    nodes = tuple((root / "dev" / name, name) for name in NODES)
    return Gpu(INFO, driver, nodes, ((Path("/sys/devices/system"), "/sys/devices/system"),))


def info(**changed: object) -> GpuInfo:
    return replace(INFO, **changed)


def accelerator_of(driver: FakeDriver, root: Path, memory_bytes: int) -> GpuAccelerator:
    """The fake GPU, a share of which a submission may hold."""
    return GpuAccelerator(memory_bytes, gpu_of(driver, root))


def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine have no library of the driver's."""
    pynvml = pytest.importorskip("pynvml", reason="needs nvidia-ml-py")

    def refuse(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(pynvml, "nvmlLib", None)
    monkeypatch.setattr(pynvml, "CDLL", refuse)
