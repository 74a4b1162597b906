"""``autograder doctor``: finds out what grading needs and this machine lacks, and shows it."""

import ctypes
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.cli import options
from autograder.cli.display import output, print_json
from autograder.cli.error_handler import EXPECTED_ERROR
from autograder.cli.progress import shown
from autograder.errors import ExpectedError
from autograder.sandbox.mode import Choice, Mode

if TYPE_CHECKING:
    from autograder.sandbox.self_test import Layer

_GOOD = ("✓", "green")
_BAD = ("✗", "red")
_OPTIONAL = ("–", "yellow")

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
"""Programs by the name of their package: the command, how it prints its version, whether grading needs it, the cure."""

_PROGRAM_SECONDS: Final = 20.0
_GPU_CONTROL: Final = Path("/dev/nvidiactl")
_GPU_DRIVER: Final = "libnvidia-ml.so.1"


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
class ExchangeState:
    """nbgrader's exchange, through which a hub hands out and collects.

    Attributes:
        root: its folder.
        ready: whether labs can be released, handed in, collected and returned through it.
        detail: what was seen.
        cure: what would mend it; empty if it is ready.
    """

    root: str
    ready: bool
    detail: str
    cure: str = ""


@dataclass(frozen=True)
class Examination:
    """The state of this machine.

    Attributes:
        platform: the operating system.
        gpu: the name of the CUDA device; None if there is none, and then everything runs on the CPU.
        sandbox: the sandbox that `grade` takes on this machine by itself, as ``--sandbox`` names it.
        components: Python, packages and programs.
        layers: the layers of the sandbox, each one tried; where there is a GPU, whether students could use it, too.
        exchange: nbgrader's exchange; None where the folder is no course, or a course that does not use it.
    """

    platform: str
    gpu: str | None
    sandbox: str
    components: tuple[Component, ...]
    layers: tuple["Layer", ...]
    exchange: ExchangeState | None = None

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


def doctor(
    form: options.Form = options.Format.TABLE, quiet: options.Quiet = False, course: options.Course = Path()
) -> None:
    """Look at this machine: versions, GPU, each layer of the sandbox, and what is missing."""
    if not course.is_dir():
        raise ExpectedError(f"{course} is no folder.", "Name the course's folder with --course.")
    with shown("Trying the sandbox", quiet=quiet):
        examination = replace(examine([course.resolve(), Path.home()]), exchange=_exchange(course))
    if form is options.Format.JSON:
        print_json({**asdict(examination), "healthy": examination.healthy})
    else:
        show(examination, output())
    if not examination.healthy or (examination.exchange is not None and not examination.exchange.ready):
        raise typer.Exit(EXPECTED_ERROR)


def examine(hidden: Sequence[Path] | None = None) -> Examination:
    """Look at this machine; the sandbox is started once for it.

    Args:
        hidden: folders that students must not be able to read; the current folder and the home folder if None.
    """
    from autograder.sandbox import self_test  # starts the sandbox: no other command needs it

    mode = options.mode(Choice.AUTO)
    components = [Component("python", platform.python_version(), required=True)]
    components += [_package(name, required=required) for name, required in _PACKAGES.items()]
    components += [
        _program(name, command, arguments, required=required and mode.value == name, cure=cure)
        for name, (command, arguments, required, cure) in _PROGRAMS.items()
    ]
    gpu = () if mode is Mode.LANDLOCK else _probe_gpu()
    layers = (*self_test.probe(hidden, mode), self_test.probe_helpers(), *gpu)
    return Examination(platform.platform(), _gpu(), mode.value, tuple(components), layers)


def show(examination: Examination, console: Console) -> None:
    """Print what was found, and what would mend it."""
    console.print(f"{examination.platform} · GPU: {examination.gpu or 'none, the CPU does it all'}\n", markup=False)
    software = _table("Software", "Version")
    for component in examination.components:
        mark = _mark(held=component.version is not None, required=component.required)
        software.add_row(mark, component.name, component.version or "missing")
    console.print(software)
    console.print()
    sandbox = _table(f"Sandbox: {examination.sandbox}", "What was seen")
    for layer in examination.layers:
        sandbox.add_row(_mark(held=layer.active, required=layer.required), layer.name, Text(layer.detail))
    console.print(sandbox)
    console.print()
    cures = [component.cure for component in examination.missing] + [layer.cure for layer in examination.layers]
    if examination.exchange is not None:
        exchange = _table("nbgrader's exchange", "What was seen")
        state = examination.exchange
        exchange.add_row(_mark(held=state.ready, required=True), Text(state.root), Text(state.detail))
        console.print(exchange)
        console.print()
        cures.append(state.cure)
    if examination.healthy:
        console.print("Grading can run.", style="green")
    else:
        console.print("Grading cannot run yet.", style="red")
    for cure in dict.fromkeys(filter(None, cures)):
        console.print(f"  {cure}", markup=False, soft_wrap=True)


def _exchange(folder: Path) -> ExchangeState | None:
    """Look at the exchange of the course in a folder; None where there is no course, or one that does not use it."""
    configuration = folder / "nbgrader_config.py"
    if not configuration.is_file():
        return None
    from autograder.course.course import Course  # nbgrader takes a second to import
    from autograder.course.exchange import ExchangeFolder

    try:
        exchange = ExchangeFolder.of(Course.open(folder))
    except ExpectedError as error:
        return ExchangeState(f"as {configuration} names it", ready=False, detail=error.problem, cure=error.cure)
    if not exchange.expected:
        return None
    root = str(exchange.root)
    if (problem := exchange.problem()) is not None:
        return ExchangeState(root, ready=False, detail=problem.problem, cure=problem.cure)
    return ExchangeState(root, ready=True, detail=exchange.remark() or "labs can be handed out and collected")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("", *columns):
        table.add_column(column, overflow="fold")
    return table


def _mark(*, held: bool, required: bool) -> Text:
    return Text(*(_GOOD if held else _BAD if required else _OPTIONAL))


def _probe_gpu() -> Iterator["Layer"]:
    """Try the GPU as `grade --gpu` would use it; no layer where there is no sign of one."""
    if not _GPU_CONTROL.exists() and not _has_driver():
        return
    from autograder.gpu.doctor import probe_gpu  # only where there is one

    yield from probe_gpu()


def _has_driver() -> bool:
    try:
        ctypes.CDLL(_GPU_DRIVER)
    except OSError:
        return False
    return True


def _package(name: str, *, required: bool) -> Component:
    try:
        return Component(name, metadata.version(name), required)
    except metadata.PackageNotFoundError:
        return Component(name, None, required, f"{sys.executable} -m pip install {name}")


def _program(name: str, command: str, arguments: Sequence[str], *, required: bool, cure: str) -> Component:
    path = shutil.which(command)
    if path is None:
        return Component(name, None, required, cure)
    printed = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=_PROGRAM_SECONDS)
    version = re.search(r"\d+(\.\d+)+", printed.stdout + printed.stderr)
    return Component(name, version[0] if version else "unknown", required)


def _gpu() -> str | None:
    if importlib.util.find_spec("torch") is None:
        return None
    import torch  # takes a second

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
