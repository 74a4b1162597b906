"""``autograder export``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.command_line import options
from autograder.command_line.display import messages


class Target(StrEnum):
    """Who reads the file; the engine, which knows the same names, is not imported before it is needed."""

    CSV = "csv"
    MOODLE = "moodle"
    CANVAS = "canvas"


def export(
    to: Annotated[Target, typer.Option("--to", help="Who reads it: a spreadsheet, Moodle or Canvas.")],
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="LAB", help="Labs; without one, every lab that was graded.")
    ] = None,
    to_file: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; without it, the table goes to stdout.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", help="What Moodle or Canvas has exported: its students, its columns, its ids."),
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--with-unfinished", help="Also scores that still wait for a person.")
    ] = False,
    course: options.Course = Path(),
) -> None:
    """Write the scores for a spreadsheet, Moodle or Canvas."""
    from autograder.course import Course  # nbgrader takes a second to import
    from autograder.export import table
    from autograder.export.export import System, told
    from autograder.export.export import export as make

    exported = make(Course.open(course), System(to.value), labs or (), template=template, unfinished=unfinished)
    if to_file is None:
        sys.stdout.write(table.as_csv(exported.table).replace("\r\n", "\n"))
    else:
        table.write(to_file, exported.table)
        messages().print(f"Written: {to_file}", markup=False)
    for line in told(exported, unfinished=unfinished):
        messages().print(line, markup=False)
