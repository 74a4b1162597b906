"""What `autograder doctor` finds out about this machine, as a plain record. Rendering belongs to the command line."""

import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from autograder.grading.gpu_layer import probe_gpu
from autograder.sandbox.layers import Layer, probe

_PACKAGES: Final = {
    "torch": True,
    "numpy": True,
    "plotly": True,
    "matplotlib": True,
    "torchviz": True,
    "ipython": True,
    "nbgrader": True,
    "jupyterlab": True,
    "nbval": False,
}
"""Python packages by the name under which they are installed, and whether grading needs them."""

_PROGRAMS: Final = {
    "bubblewrap": ("bwrap", ("--version",), True, "apt-get install bubblewrap"),
    "graphviz": ("dot", ("-V",), False, "apt-get install graphviz"),
}
"""Programs by the name of their package: the command, how it tells its version, whether grading needs it, the cure."""

_PROGRAM_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Component:
    """A piece of software.

    Attributes:
        name: its name.
        version: its version; None if it is missing.
        required: whether grading needs it.
        cure: the line that installs it; empty if it is there.
    """

    name: str
    version: str | None
    required: bool
    cure: str = ""


@dataclass(frozen=True)
class Examination:
    """The state of this machine.

    Attributes:
        platform: the operating system.
        gpu: the name of the CUDA device; None if there is none, and then everything runs on the CPU.
        components: Python, packages and programs.
        layers: the layers of the sandbox, each one tried; where there is a GPU, whether students could use it, too.
    """

    platform: str
    gpu: str | None
    components: tuple[Component, ...]
    layers: tuple[Layer, ...]

    @property
    def missing(self) -> tuple[Component, ...]:
        """The components that aren't there."""
        return tuple(component for component in self.components if component.version is None)

    @property
    def healthy(self) -> bool:
        """Whether grading can run: everything that is required is there and active."""
        return not any(component.required for component in self.missing) and all(
            layer.active for layer in self.layers if layer.required
        )


def examine(hidden: Sequence[Path] | None = None) -> Examination:
    """Look at this machine; the sandbox is started once for it.

    Args:
        hidden: folders that students must not be able to read; the current folder and the home folder if None.
    """
    components = [Component("python", platform.python_version(), required=True)]
    components += [_package(name, required=required) for name, required in _PACKAGES.items()]
    components += [
        _program(name, command, arguments, required=required, cure=cure)
        for name, (command, arguments, required, cure) in _PROGRAMS.items()
    ]
    return Examination(platform.platform(), _gpu(), tuple(components), (*probe(hidden), *probe_gpu()))


def _package(name: str, *, required: bool) -> Component:
    try:
        return Component(name, metadata.version(name), required)
    except metadata.PackageNotFoundError:
        return Component(name, None, required, f"{sys.executable} -m pip install {name}")


def _program(name: str, command: str, arguments: Sequence[str], *, required: bool, cure: str) -> Component:
    path = shutil.which(command)
    if path is None:
        return Component(name, None, required, cure)
    told = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=_PROGRAM_SECONDS)
    version = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
    return Component(name, version[0] if version else "unknown", required)


def _gpu() -> str | None:
    if importlib.util.find_spec("torch") is None:
        return None
    # Takes a second and isn't needed to import this module.
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
