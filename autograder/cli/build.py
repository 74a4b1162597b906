"""``autograder build``."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import completion, options
from autograder.cli.display import messages, output, print_json
from autograder.cli.error_handler import EXPECTED_ERROR
from autograder.cli.progress import Bar, shown
from autograder.formatting import count, number
from autograder.sandbox.mode import Choice, Mode

if TYPE_CHECKING:
    from autograder.build.build import BuildReport


def build(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="LAB", help="Labs; all without.", autocompletion=completion.texts)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing: say which of source/ and release/ are out of date.")
    ] = False,
    sandbox: options.Sandbox = Choice.AUTO,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Build labs from course/: source/, release/ and the executed solutions/."""
    with shown("Reading the labs", quiet=quiet) as bar:
        report = built(course, labs or None, check=check, mode=options.mode(sandbox), bar=bar)
    if form is options.Format.JSON:
        print_json({**asdict(report), "current": report.current})
    else:
        show(report, check=check)
    if not report.current:
        raise typer.Exit(EXPECTED_ERROR)


def built(course: Path, labs: list[str] | None, *, check: bool, mode: Mode, bar: Bar) -> "BuildReport":
    """Build labs, or compare them, and show the progress.

    Raises:
        ExpectedError: the course or a lab is refused.
    """
    from autograder.build.build import build  # nbgrader takes a second to import

    return build(course, labs, check=check, mode=mode, progress=bar)


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
