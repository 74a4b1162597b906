"""The program and its commands."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from autograder.cli import build, collect, demo, doctor, export, feedback, grade, levels, report
from autograder.cli.error_handler import ErrorHandler

application = typer.Typer(
    cls=ErrorHandler,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Builds labs, grades submissions behind a wall, writes feedback and reports.",
)
application.command()(build.build)
application.command()(doctor.doctor)
application.command()(collect.collect)
application.command()(levels.levels)
application.command()(grade.grade)
application.command()(feedback.feedback)
application.command()(report.report)
application.command()(export.export)
application.command()(demo.demo)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("gradlab"))
        raise typer.Exit


@application.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the program with the arguments that it was started with."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A letter that the terminal's encoding lacks must not end the program.
            stream.reconfigure(errors="backslashreplace")
    application(prog_name="autograder")
