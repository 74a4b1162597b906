"""``autograder doctor``."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.cli import options
from autograder.cli.display import output, print_json
from autograder.cli.error_handler import EXPECTED_ERROR
from autograder.cli.progress import shown
from autograder.errors import ExpectedError

if TYPE_CHECKING:
    from autograder.cli.examination import Examination

_GOOD = ("✓", "green")
_BAD = ("✗", "red")
_DISPENSABLE = ("–", "yellow")


def doctor(
    form: options.Form = options.Format.TABLE, quiet: options.Quiet = False, course: options.Course = Path()
) -> None:
    """Look at this machine: versions, GPU, each layer of the sandbox, and what is missing."""
    if not course.is_dir():
        raise ExpectedError(f"{course} is no folder.", "Name the course's folder with --course.")
    with shown("Trying the sandbox", quiet=quiet):
        from autograder.cli.examination import examine  # reading the installed packages takes a moment

        examination = examine([course.resolve(), Path.home()])
    if form is options.Format.JSON:
        print_json({**asdict(examination), "healthy": examination.healthy})
    else:
        show(examination, output())
    if not examination.healthy:
        raise typer.Exit(EXPECTED_ERROR)


def show(examination: "Examination", console: Console) -> None:
    """Print what was found, and what would mend it."""
    console.print(f"{examination.platform} · GPU: {examination.gpu or 'none, the CPU does it all'}\n", markup=False)
    software = _table("Software", "Version")
    for component in examination.components:
        mark = _mark(held=component.version is not None, required=component.required)
        software.add_row(mark, component.name, component.version or "missing")
    console.print(software)
    console.print()
    sandbox = _table("Sandbox", "What was seen")
    for layer in examination.layers:
        sandbox.add_row(_mark(held=layer.active, required=layer.required), layer.name, Text(layer.detail))
    console.print(sandbox)
    console.print()
    cures = [component.cure for component in examination.missing] + [layer.cure for layer in examination.layers]
    if examination.healthy:
        console.print("Grading can run.", style="green")
    else:
        console.print("Grading cannot run yet.", style="red")
    for cure in dict.fromkeys(filter(None, cures)):
        console.print(f"  {cure}", markup=False, soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("", *columns):
        table.add_column(column, overflow="fold")
    return table


def _mark(*, held: bool, required: bool) -> Text:
    return Text(*(_GOOD if held else _BAD if required else _DISPENSABLE))
