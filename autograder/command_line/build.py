"""``autograder build``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.command_line import options
from autograder.command_line.display import messages, output
from autograder.command_line.exits import EXPECTED_ERROR
from autograder.report.wording import count, number
from autograder.sandbox.mode import Mode

if TYPE_CHECKING:
    from autograder.build.build import BuildReport


def build(
    labs: Annotated[list[str] | None, typer.Argument(metavar="LAB", help="Labs; all without.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing: say which of source/ and release/ are out of date.")
    ] = False,
    sandbox: options.Sandbox = Mode.BUBBLEWRAP,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Build labs from course/: source/, release/ and the executed solutions/."""
    from autograder.build.build import build as build_labs  # nbgrader takes a second to import

    with messages().status("Building") as status:
        report = build_labs(
            course,
            labs or None,
            check=check,
            mode=sandbox,
            progress=None if quiet else status.update,
        )
    show(report, check=check)
    if not report.current:
        raise typer.Exit(EXPECTED_ERROR)


def show(report: "BuildReport", *, check: bool) -> None:
    """Print what was built, or what is out of date."""
    console = output()
    for lab in report.labs:
        state = "out of date" if lab.outdated else "current" if check else "built"
        worth = f"{count(lab.exercises, 'graded cell')}, {number(lab.points)} points"
        console.print(f"{lab.name}: {state}; {worth}", markup=False, soft_wrap=True)
        for line in (*lab.outdated, *lab.advice):
            console.print(f"  {line}", markup=False, soft_wrap=True)
    for orphan in report.orphans:
        console.print(f"{orphan}: no lab's text belongs to it", markup=False, soft_wrap=True)
    if not report.current:
        messages().print("Run: autograder build", markup=False)
