"""An environment that holds what Colab has of what gradlab needs, and nothing of an instructor's or of this checkout.

The installed distributions are linked, not copied: it takes a second, and no network.
"""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CELL_SECONDS = 120
_SITE = Path(sysconfig.get_path("purelib"))
_LAUNCHER = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
_KERNEL = {"display_name": "Colab", "language": "python"}


@dataclass(frozen=True)
class Environment:
    """A virtual environment with a kernel.

    Attributes:
        folder: the virtual environment.
    """

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def variables(self, home: Path, further: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment variables of a kernel: no program but the environment's own, no settings of this user's.

        Args:
            home: an empty folder.
            further: more of them.
        """
        own = {"PATH": str(self.folder / "bin"), "HOME": str(home), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
        return own | {"CUDA_VISIBLE_DEVICES": "", "COLUMNS": "120"} | dict(further or {})

    def run(self, notebook: NotebookNode, folder: Path, further: Mapping[str, str] | None = None) -> None:
        """Run a notebook from top to bottom in this environment's kernel, errors allowed.

        Args:
            notebook: the notebook, changed in place.
            folder: an empty folder to run it in.
            further: more environment variables of the kernel.
        """
        kernels = self.folder / "kernels"
        work, home = folder / "work", folder / "home"
        for made in (work, home):
            made.mkdir()
        manager = AsyncKernelManager(
            kernel_name="colab",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False),
            transport="ipc",
            ip=str(home / "kernel"),
            connection_file=str(home / "kernel.json"),
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=CELL_SECONDS,
            allow_errors=True,
            coalesce_streams=True,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(work)}},
        )
        client.execute(cleanup_kc=True, env=self.variables(home, further))


def build_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def requirements(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(opened.read(name).decode("utf-8")).get_all("Requires-Dist", [])


def make_environment(folder: Path, required: Iterable[str]) -> Environment:
    """Make an environment that holds these requirements, what they require in turn, and nothing else.

    Args:
        folder: the environment's folder; it is made.
        required: requirements that are installed beside this Python.
    """
    venv.create(folder, symlinks=True, with_pip=False)
    made = Environment(folder)
    chosen = closure(required)
    owners = Counter(top for each in distributions(path=[str(_SITE)]) for top in _tops(each))
    shared = Counter(top for each in chosen.values() for top in _tops(each))
    (site,) = folder.glob("lib/python*/site-packages")
    for each in chosen.values():
        for file in each.files or []:
            top = file.parts[0]
            if top in ("..", "__pycache__"):
                continue
            # A folder that other distributions share is linked file by file: theirs stay away.
            link = site / (top if shared[top] == owners[top] else file)
            if not link.is_symlink():
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(_SITE / link.relative_to(site))
    kernel = folder / "kernels" / "colab"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps(_KERNEL | {"argv": [str(made.python), *_LAUNCHER]}), encoding="utf-8"
    )
    return made


def install(environment: Environment, wheel: Path) -> None:
    """Install a wheel alone."""
    command = [sys.executable, "-m", "pip", "--python", str(environment.python), "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*command, *options, str(wheel)], check=True, capture_output=True)


def closure(required: Iterable[str]) -> dict[str, Distribution]:
    """Find the installed distributions that these requirements need on this machine, by name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(Requirement(text), "") for text in required]
    while waiting:
        requirement, extra = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            # tools/set_up.sh installs torch's CPU build, or leaves out what a lab does not need.
            raise LookupError(f"{requirement} is required, but not installed") from None
        for text in found[name].requires or []:
            waiting += [(Requirement(text), each) for each in ("", *extras)]
    return found


def _tops(each: Distribution) -> set[str]:
    return {file.parts[0] for file in each.files or []}
