"""The GPU that a submission may use: which one, what of the machine it needs, and why there may be none.

Without one, CUDA is hidden. With one, a submission sees the device nodes of that GPU alone; its process must be the
first to start CUDA, since CUDA does not survive a fork.
"""

import importlib.util
import os
import re
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError
from autograder.sandbox.nvml import NO_DRIVER, Card, Driver, Nvml

HIDDEN: Final = {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "-1", "NVIDIA_VISIBLE_DEVICES": "void"}
"""Environment variables under which neither CUDA nor ROCm finds a GPU."""
CONTEXT_BYTES: Final = 768 * 1024**2
"""What CUDA itself holds of a GPU's memory in each process that uses it, generously; PyTorch doesn't count it."""

_NEEDED: Final = ("nvidiactl", "nvidia-uvm")
_HELPFUL: Final = ("nvidia-uvm-tools",)
"""Drivers since 570 open it when CUDA starts; older ones don't have it."""
_SYSTEM: Final = ("devices/system", "module/nvidia", "module/nvidia_uvm", "bus/pci/devices")
"""What CUDA reads of /sys: processors and memory, the driver's state, which GPU is plugged in where."""
_DRIVER_LIBRARY: Final = "libcuda.so.1"
_VERSION: Final = re.compile(r"^cuda\b[^=\n]*=\s*['\"](\d+)\.(\d+)", re.MULTILINE)
_ON_THE_CPU: Final = "Without --gpu everything is graded on the CPU."


@dataclass(frozen=True)
class Gpu:
    """A GPU that submissions may use, and what they must see for that.

    Attributes:
        card: the GPU.
        driver: the driver.
        nodes: device nodes, each with the name that it has in /dev.
        readable: what CUDA reads of this machine besides, each with the path at which it looks for it.
        libraries: folders in which the driver's libraries lie, where the system's loader doesn't know them.
    """

    card: Card
    driver: Driver
    nodes: tuple[tuple[Path, str], ...]
    readable: tuple[tuple[Path, str], ...] = ()
    libraries: tuple[str, ...] = ()


def find(driver: Driver | None = None, *, root: Path = Path("/"), built_for: tuple[int, int] | None = None) -> Gpu:
    """Find the GPU on which submissions are graded: the first that CUDA_VISIBLE_DEVICES allows.

    Args:
        driver: the driver; that of this machine if None.
        root: the folder in which dev and sys lie.
        built_for: the version of CUDA that PyTorch was built for; that of this Python's if None.

    Raises:
        ExpectedError: there is none that could be used; it says why.
    """
    driver = driver or Nvml.load()
    card = _choose(driver.cards())
    if card.shared_out:
        raise ExpectedError(
            f"The {card.name} is cut into instances (MIG), and whose memory is whose can't be told there.",
            f"Use a whole GPU: run as root `nvidia-smi -i {card.index} -mig 0`, or name another in "
            f"CUDA_VISIBLE_DEVICES. {_ON_THE_CPU}",
        )
    nodes = _nodes(root / "dev", card)
    _refuse_build(driver, built_for or cuda_of_torch())
    return Gpu(card, driver, nodes, tuple(_readable(root / "sys", card)), _libraries())


def environment(gpu: Gpu | None) -> dict[str, str]:
    """What the environment of the process that forks submissions has in it.

    A GPU is hidden from it in any case: CUDA must not start before the fork.
    """
    if gpu is None:
        return HIDDEN
    # PyTorch's question whether there is a GPU would start CUDA; with this setting it doesn't get so far.
    settings = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
    return HIDDEN | settings | ({"LD_LIBRARY_PATH": ":".join(gpu.libraries)} if gpu.libraries else {})


def show(identity: str) -> None:
    """Let this process, a fork in which no CUDA has started, find a GPU.

    Args:
        identity: the GPU's UUID.
    """
    for name in (*HIDDEN, "PYTORCH_NVML_BASED_CUDA_CHECK"):
        os.environ.pop(name, None)
    os.environ["CUDA_VISIBLE_DEVICES"] = identity
    # An error on the GPU is raised by the line that made it, and not by a later exercise's.
    os.environ["CUDA_LAUNCH_BLOCKING"] = "1"
    # The same numbers every time, from the matrix products that would else depend on what ran before.
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"


def be_moderate(memory_bytes: int) -> None:
    """Have PyTorch refuse what goes beyond a share of the GPU's memory. CUDA is not started.

    Student code could lift this again: it gets an honest mistake an error that names the line, and the watch over the
    submission (`autograder.sandbox.gpu_watch`) is what holds.

    Args:
        memory_bytes: the share, with what CUDA itself holds.
    """
    import torch

    def limit() -> None:
        whole = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, max(0, memory_bytes - CONTEXT_BYTES) / whole))

    # PyTorch calls it as soon as CUDA is used, if it is.
    torch.cuda._lazy_call(limit)  # type: ignore[no-untyped-call]


def started() -> str:
    """Whether CUDA has started in this process or in one that it is a fork of: how that shows; empty if it has not."""
    torch = sys.modules.get("torch")
    if torch is not None and (torch.cuda.is_initialized() or torch.cuda._is_in_bad_fork()):
        return "PyTorch has started CUDA"
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            # The folder's own descriptor, which is closed by now.
            continue
        if target.startswith("/dev/nvidia"):
            return f"{target} is open"
    return ""


def cuda_of_torch() -> tuple[int, int] | None:
    """The version of CUDA that this Python's PyTorch was built for; None for the CPU alone. PyTorch isn't imported."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    found = _VERSION.search(Path(spec.origin).with_name("version.py").read_text(encoding="utf-8"))
    return (int(found[1]), int(found[2])) if found else None


def _choose(cards: Sequence[Card]) -> Card:
    if not cards:
        raise ExpectedError("NVIDIA's driver is there and knows of no GPU.", NO_DRIVER)
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return cards[0]
    first = wanted.split(",")[0].strip()
    for card in cards:
        if first == str(card.index) or (first.startswith("GPU-") and card.identity.startswith(first)):
            return card
    raise ExpectedError(
        f"CUDA_VISIBLE_DEVICES is {wanted!r}, and no GPU of this machine is meant by that.",
        "Unset it, or set it to the number that `nvidia-smi -L` gives to the GPU.",
    )


def _nodes(devices: Path, card: Card) -> tuple[tuple[Path, str], ...]:
    needed = [f"nvidia{card.minor}", *_NEEDED]
    for name in needed:
        node = devices / name
        if not node.exists():
            raise ExpectedError(
                f"The driver's device {node} is missing.",
                "Run as root: nvidia-modprobe -u -c 0; in a container, start it with: --gpus all. " + _ON_THE_CPU,
            )
        if not _may_use(node):
            raise ExpectedError(
                f"Student code, which runs as {_account()}, may not use {node}.",
                f"Run as root: chmod a+rw {devices}/nvidia*; or start the autograder as a user who may. {_ON_THE_CPU}",
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


def _readable(system: Path, card: Card) -> list[tuple[Path, str]]:
    plugged = (system / "bus" / "pci" / "devices" / card.place).resolve()
    paths = [system / name for name in _SYSTEM]
    if plugged.is_relative_to(system.resolve()):
        paths.append(system / plugged.relative_to(system.resolve()))
    return [(path, f"/sys/{path.relative_to(system)}") for path in paths if path.exists()]


def _libraries() -> tuple[str, ...]:
    folders = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return tuple(folder for folder in folders if folder and Path(folder, _DRIVER_LIBRARY).exists())


def _refuse_build(driver: Driver, built_for: tuple[int, int] | None) -> None:
    if built_for is None:
        version = metadata.version("torch")
        raise ExpectedError(
            f"This Python's PyTorch ({version}) is built for the CPU alone.",
            f"Install a build for CUDA: https://pytorch.org/get-started/locally/. {_ON_THE_CPU}",
        )
    # Within a major version of CUDA every driver runs every build (NVIDIA's "minor version compatibility").
    if built_for[0] > driver.cuda[0]:
        needed, offered = (".".join(map(str, version)) for version in (built_for, driver.cuda))
        raise ExpectedError(
            f"The driver ({driver.version}, for CUDA {offered}) is too old for this Python's PyTorch, which is built "
            f"for CUDA {needed}.",
            f"Update the driver, or install a PyTorch that is built for CUDA {driver.cuda[0]}. {_ON_THE_CPU}",
        )
