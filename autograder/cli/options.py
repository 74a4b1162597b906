"""Options that several commands share, and how their text is parsed."""

import os
import re
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import completion
from autograder.cli.error_handler import remember_course
from autograder.limits import Limits
from autograder.sandbox.mode import Choice, Mode
from autograder.verdicts import Level


class Format(StrEnum):
    """How results are printed on stdout."""

    TABLE = "table"
    JSON = "json"


class WeakestLevel(StrEnum):
    """The weakest level at which a test may run."""

    WALL = Level.WALL.value
    BESIDE = Level.BESIDE.value


Course = Annotated[
    Path,
    typer.Option("--course", callback=remember_course, help="The course folder: the one with nbgrader_config.py."),
]
Lab = Annotated[
    str | None,
    typer.Argument(
        metavar="LAB", help="One lab; without it, every lab with submissions.", autocompletion=completion.submitted_labs
    ),
]
Form = Annotated[Format, typer.Option("--format", help="For people, or JSON for other programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but warnings and errors.")]
Students = Annotated[
    list[str] | None,
    typer.Option("--student", help="One student; may be given again.", autocompletion=completion.students),
]
Sandbox = Annotated[
    Choice,
    typer.Option(
        "--sandbox",
        help="How student code is walled in: 'auto' takes bubblewrap, or landlock where namespaces are forbidden; "
        "'none' is for code that you would run yourself.",
    ),
]
Weakest = Annotated[
    WeakestLevel,
    typer.Option("--level", help="Where tests may run: 'wall' leaves out what can only run beside student code."),
]
_seconds = partial(typer.Option, min=0.1, max=7 * 86400)
CellSeconds = Annotated[
    float | None, _seconds("--cell-seconds", help="Seconds for one cell, or one test (60 if left out).")
]
CallSeconds = Annotated[
    float | None, _seconds("--call-seconds", help="Seconds for one call of a student's function (half of a cell's).")
]
SubmissionSeconds = Annotated[
    float | None, _seconds("--submission-seconds", help="Seconds for a whole notebook (ten times a cell's).")
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run notebooks on a Dask cluster: the address of its scheduler."),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Submissions at once; one for each CPU if left out.")
]
Gpu = Annotated[
    bool, typer.Option("--gpu", help="Let student code use the GPU; tests stay on the CPU. See docs/instructors.md.")
]

_SIZE = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>[KMGT]?)(?:i?B)?", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_MIN_MEMORY = 256 * 1024**2
_MAX_MEMORY = 1024**5


def size(text: str) -> int:
    """Read an amount of memory: 4G, 512M, 1.5GiB, or plain bytes.

    Raises:
        typer.BadParameter: it is no amount, too little for a process that has loaded PyTorch, or more than a machine
            has.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is not an amount of memory; write 4G or 512M.")
    amount = float(found["amount"]) * 1024 ** _POWERS[found["unit"].upper()]
    if amount < _MIN_MEMORY:
        raise typer.BadParameter(f"{text} is too little: PyTorch alone needs 256M.")
    if amount > _MAX_MEMORY:
        raise typer.BadParameter("No machine has so much memory; write 4G or 512M.")
    return int(amount)


Memory = Annotated[
    int | None, typer.Option("--memory", parser=size, metavar="SIZE", help="Memory of a submission: 4G, 512M.")
]


def mode(wanted: Choice) -> Mode:
    """The sandbox of a run."""
    from autograder.sandbox.choice import choose  # few commands need it

    return choose(wanted)


def processors() -> int:
    """How many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


def gpu_share(wanted: bool, memory_bytes: int | None, workers: int | None) -> tuple[int, int]:
    """How many submissions run at once, and the bytes of GPU memory for each: 0 without a GPU.

    Args:
        wanted: whether ``--gpu`` was given.
        memory_bytes: ``--gpu-memory``.
        workers: ``--workers``.

    Raises:
        typer.BadParameter: memory was asked for, and no GPU.
        ExpectedError: there is no GPU that could be used, or not enough of its memory.
    """
    if not wanted:
        if memory_bytes is not None:
            raise typer.BadParameter("--gpu-memory is for grading with --gpu.")
        return workers or processors(), 0
    from autograder.gpu import discovery  # imported only with --gpu

    return discovery.share_memory(discovery.find_gpu().info, processors(), workers, memory_bytes)


def limits(
    cell_seconds: float | None = None,
    call_seconds: float | None = None,
    submission_seconds: float | None = None,
    memory_bytes: int | None = None,
    gpu_bytes: int = 0,
) -> Limits:
    """The default limits, changed by the options that were given.

    A longer time for cells makes those for calls and the whole submission longer, too, unless they are given: a
    notebook has time for ten cells that use up theirs. CPU time is limited to one and a half times a submission's.
    """
    usual = Limits()
    cell = usual.cell_seconds if cell_seconds is None else cell_seconds
    call = max(usual.call_seconds, cell / 2) if call_seconds is None else call_seconds
    submission = max(usual.submission_seconds, 10 * cell) if submission_seconds is None else submission_seconds
    return Limits(
        cell_seconds=cell,
        call_seconds=call,
        submission_seconds=submission,
        cpu_seconds=max(usual.cpu_seconds, int(1.5 * submission)),
        memory_bytes=usual.memory_bytes if memory_bytes is None else memory_bytes,
        gpu_bytes=gpu_bytes,
    )
