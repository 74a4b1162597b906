"""``autograder export``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import completion, options
from autograder.cli.display import messages, print_json, tell_refused
from autograder.cli.progress import shown
from autograder.errors import ExpectedError
from autograder.export import table
from autograder.export.table import System

if TYPE_CHECKING:
    from autograder.export.export import Export


def export(  # noqa: PLR0913 - a command's options are its parameters
    to: Annotated[System, typer.Option("--to", help="Who reads it: a spreadsheet, Moodle or Canvas.")],
    labs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LAB",
            help="Labs; without one, every lab that was graded.",
            autocompletion=completion.submitted_labs,
        ),
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
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Write the scores for a spreadsheet, Moodle or Canvas."""
    with shown("Reading the gradebook", quiet=quiet):
        from autograder.course.course import Course  # nbgrader takes a second to import
        from autograder.course.gradebook_url import name_of
        from autograder.export.export import export as make
        from autograder.export.export import notes_on

        opened = Course.open(course)
        tell_refused(opened.refused_ids(labs or opened.labs()))
        if to_file is not None and str(to_file.resolve()) == name_of(opened.gradebook_url):
            raise ExpectedError(f"{to_file} is the gradebook itself.", "Name another file with --output.")
        exported = make(opened, to, labs or (), template=template, unfinished=unfinished)
    if to_file is not None:
        table.write(to_file, exported.table)
        if not quiet:
            messages().print(f"Written: {to_file}", markup=False)
    if form is options.Format.JSON:
        print_json(_record(exported, to, to_file))
    elif to_file is None:
        _print(table.as_csv(exported.table).replace("\r\n", "\n"))
    for line in notes_on(exported, unfinished=unfinished):
        messages().print(line, markup=False)


def _print(text: str) -> None:
    """Print a table as a whole or not at all: a name that has lost a letter may be another student's."""
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError as error:
        raise ExpectedError(
            f"The table holds {text[error.start]!r}, which the encoding {error.encoding} of this terminal lacks.",
            "Write it into a file with --output, or set PYTHONIOENCODING=utf-8.",
        ) from None
    sys.stdout.write(text)


def _record(exported: "Export", to: System, to_file: Path | None) -> dict[str, object]:
    return {
        "to": to.value,
        "output": to_file,
        "columns": exported.table.header,
        "rows": exported.table.rows,
        "notes": exported.table.notes,
        "unfinished": [{"lab": lab, "student": student, "cells": cells} for lab, student, cells in exported.unfinished],
        "ungraded": [{"lab": lab, "student": student} for lab, student in exported.ungraded],
    }
