"""The GPU that submissions may use: which one, what of the machine it needs, how its memory is shared out."""

import importlib.util
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError
from autograder.gpu.nvml import NO_DRIVER, ON_THE_CPU, Driver, GpuInfo, Nvml
from autograder.gpu.student_process import CONTEXT_BYTES

_NEEDED: Final = ("nvidiactl", "nvidia-uvm")
_HELPFUL: Final = ("nvidia-uvm-tools",)
"""Drivers since 570 open it when CUDA starts; older ones don't have it."""
_SYSTEM: Final = ("devices/system", "module/nvidia", "module/nvidia_uvm", "bus/pci/devices")
"""What CUDA reads of /sys: processors and memory, the driver's state, which GPU is plugged in where."""
_DRIVER_LIBRARY: Final = "libcuda.so.1"
_VERSION: Final = re.compile(r"^cuda\b[^=\n]*=\s*['\"](\d+)\.(\d+)", re.MULTILINE)

_GIBIBYTE: Final = 1024**3
_SHARE_UNIT: Final = 256 * 1024**2
"""Shares are multiples of this, so that they are the same from run to run."""
_RESERVED: Final = _GIBIBYTE
"""What no submission gets: a process that tries the GPU needs it, and so does a screen."""
_LEAST_SHARE: Final = CONTEXT_BYTES + _SHARE_UNIT
_USUAL_SHARE: Final = 2 * _GIBIBYTE
"""What a submission has at least where the number of workers isn't asked for."""


@dataclass(frozen=True)
class Gpu:
    """A GPU that submissions may use, and what student processes must see to use it.

    Attributes:
        info: the GPU.
        driver: the driver.
        nodes: device nodes, each with the name that it has in /dev.
        readable: what else CUDA reads of this machine, each with the path at which it looks for it.
        libraries: folders in which the driver's libraries lie, where the system's loader doesn't know them.
    """

    info: GpuInfo
    driver: Driver
    nodes: tuple[tuple[Path, str], ...]
    readable: tuple[tuple[Path, str], ...] = ()
    libraries: tuple[Path, ...] = ()


def find_gpu(driver: Driver | None = None, *, root: Path = Path("/"), built_for: tuple[int, int] | None = None) -> Gpu:
    """Find the GPU on which submissions are graded: the first that CUDA_VISIBLE_DEVICES allows.

    Args:
        driver: the driver; that of this machine if None.
        root: the folder in which dev and sys lie.
        built_for: the version of CUDA that PyTorch was built for; that of this Python's if None.

    Raises:
        ExpectedError: there is none that could be used; it says why.
    """
    driver = driver or Nvml()
    info = _choose(driver.gpus())
    if info.mig_enabled:
        raise ExpectedError(
            f"The {info.name} is cut into instances (MIG), where the driver doesn't say whose memory is whose.",
            f"Use a whole GPU: run as root `nvidia-smi -i {info.index} -mig 0`, or name another in "
            f"CUDA_VISIBLE_DEVICES. {ON_THE_CPU}",
        )
    nodes = _nodes(root / "dev", info)
    _refuse_build(driver, built_for or cuda_of_torch())
    return Gpu(info, driver, nodes, tuple(_readable(root / "sys", info)), _libraries())


def cuda_of_torch() -> tuple[int, int] | None:
    """The version of CUDA that this Python's PyTorch was built for; None for the CPU alone. PyTorch isn't imported."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    found = _VERSION.search(Path(spec.origin).with_name("version.py").read_text(encoding="utf-8"))
    return (int(found[1]), int(found[2])) if found else None


def share_memory(
    info: GpuInfo, processors: int, workers: int | None = None, wanted: int | None = None
) -> tuple[int, int]:
    """How many submissions run at once, and how many bytes of the GPU's memory each may hold.

    Args:
        info: the GPU.
        processors: how many would run without one.
        workers: how many were asked for.
        wanted: how many bytes were asked for.

    Raises:
        ExpectedError: there isn't so much.
    """
    available = info.memory_bytes - _RESERVED
    count = workers or max(1, min(processors, available // (wanted or _USUAL_SHARE)))
    share = wanted or available // count // _SHARE_UNIT * _SHARE_UNIT
    if share < _LEAST_SHARE:
        raise ExpectedError(
            f"{_size(share)} of GPU memory for each submission is too little: CUDA itself takes up to "
            f"{_size(CONTEXT_BYTES)} in each, and the {info.name} has {_size(info.memory_bytes)} for {count} at once.",
            f"Let fewer run at once (--workers), or give each {_size(_LEAST_SHARE)} or more (--gpu-memory).",
        )
    if share * count > available:
        raise ExpectedError(
            f"{count} submissions at once with {_size(share)} each need {_size(share * count)} of GPU memory, and of "
            f"the {_size(info.memory_bytes)} of the {info.name} {_size(available)} can be shared out.",
            "Let fewer run at once (--workers), or give each less (--gpu-memory).",
        )
    if share * count > info.free_bytes:
        raise ExpectedError(
            f"Other programs hold {_size(info.memory_bytes - info.free_bytes)} of the {info.name}'s memory, and the "
            f"{_size(info.free_bytes)} that are left are not enough for {count} submissions with {_size(share)} each.",
            "End those programs (`nvidia-smi` shows them), let fewer submissions run at once (--workers), or give each "
            "less (--gpu-memory).",
        )
    return count, share


def _choose(gpus: Sequence[GpuInfo]) -> GpuInfo:
    if not gpus:
        raise ExpectedError("NVIDIA's driver is there and knows of no GPU.", NO_DRIVER)
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return gpus[0]
    first = wanted.split(",")[0].strip()
    for info in gpus:
        if first == str(info.index) or (first.startswith("GPU-") and info.uuid.startswith(first)):
            return info
    raise ExpectedError(
        f"CUDA_VISIBLE_DEVICES is {wanted!r}, which names no GPU of this machine.",
        "Unset it, or set it to the number that `nvidia-smi -L` gives to the GPU.",
    )


def _nodes(devices: Path, info: GpuInfo) -> tuple[tuple[Path, str], ...]:
    needed = [f"nvidia{info.minor}", *_NEEDED]
    for name in needed:
        node = devices / name
        if not node.exists():
            raise ExpectedError(
                f"The driver's device {node} is missing.",
                "Run as root: nvidia-modprobe -u -c 0; in a container, start it with: --gpus all. " + ON_THE_CPU,
            )
        if not _may_use(node):
            raise ExpectedError(
                f"Student code, which runs as {_account()}, may not use {node}.",
                f"Run as root: chmod a+rw {devices}/nvidia*; or start the autograder as a user who may. {ON_THE_CPU}",
            )
    present = [name for name in _HELPFUL if (devices / name).exists() and _may_use(devices / name)]
    return tuple((devices / name, name) for name in (*needed, *present))


def _may_use(node: Path) -> bool:
    if os.geteuid() != 0:
        return os.access(node, os.R_OK | os.W_OK)
    # Started by root, student code is an ordinary user in no group.
    return node.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH) == stat.S_IROTH | stat.S_IWOTH


def _account() -> str:
    return "an ordinary user" if os.geteuid() == 0 else "this user"


def _readable(system: Path, info: GpuInfo) -> list[tuple[Path, str]]:
    plugged = (system / "bus" / "pci" / "devices" / info.pci_address).resolve()
    paths = [system / name for name in _SYSTEM]
    if plugged.is_relative_to(system.resolve()):
        paths.append(system / plugged.relative_to(system.resolve()))
    return [(path, f"/sys/{path.relative_to(system)}") for path in paths if path.exists()]


def _libraries() -> tuple[Path, ...]:
    folders = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return tuple(Path(folder) for folder in folders if folder and Path(folder, _DRIVER_LIBRARY).exists())


def _refuse_build(driver: Driver, built_for: tuple[int, int] | None) -> None:
    if built_for is None:
        version = metadata.version("torch")
        raise ExpectedError(
            f"This Python's PyTorch ({version}) is built for the CPU alone.",
            f"Install a build for CUDA: https://pytorch.org/get-started/locally/. {ON_THE_CPU}",
        )
    # Within a major version of CUDA every driver runs every build (NVIDIA's "minor version compatibility").
    if built_for[0] > driver.cuda[0]:
        needed, offered = (".".join(map(str, version)) for version in (built_for, driver.cuda))
        raise ExpectedError(
            f"The driver ({driver.version}, for CUDA {offered}) is too old for this Python's PyTorch, which is built "
            f"for CUDA {needed}.",
            f"Update the driver, or install a PyTorch that is built for CUDA {driver.cuda[0]}. {ON_THE_CPU}",
        )


def _size(count: int) -> str:
    return f"{count / _GIBIBYTE:.3g} GiB"
