"""The program: its commands, and the one boundary where errors become messages and exit codes."""

import errno
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from autograder.cli import build, collect, demo, doctor, export, feedback, grade, report
from autograder.cli.display import show_error
from autograder.cli.exits import EXPECTED_ERROR, INTERRUPTED, TERMINATED
from autograder.errors import ExpectedError
from autograder.grading.interrupts import Terminated, interruptible

_YOURS = "See that the file and its folder may be read and written by you, then run the same command again."
_NAME = "See that it is written right: what stands before the last / must be a folder."
_ROOM = "Make room on that disk, then run the same command again: what was finished is kept."
_CURES = {
    errno.EACCES: _YOURS,
    errno.EPERM: _YOURS,
    errno.EROFS: _YOURS,
    errno.ENOTDIR: _NAME,
    errno.EEXIST: "Move it away: a folder is needed there.",
    errno.EISDIR: "Name a file, not a folder.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EMFILE: "Allow more open files (ulimit -n 4096), then run the same command again.",
}
"""What the system refuses wherever it may be, and what a user can do about it."""


class Boundary(TyperGroup):
    """Turns what a user can mend into a message; everything else keeps its traceback, since it is our fault."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Click's own signature
        """Run the command."""
        try:
            with interruptible():
                return super().invoke(ctx)
        except ExpectedError as error:
            show_error(error)
            raise typer.Exit(EXPECTED_ERROR) from error
        except OSError as error:
            if error.errno not in _CURES:
                raise
            where = f"{error.filename}: " if error.filename else ""
            show_error(ExpectedError(f"{where}{error.strerror}.", _CURES[error.errno]))
            raise typer.Exit(EXPECTED_ERROR) from error
        except KeyboardInterrupt as error:
            show_error(ExpectedError("Interrupted.", "What was finished is kept: run the same command to go on."))
            raise typer.Exit(TERMINATED if isinstance(error, Terminated) else INTERRUPTED) from error


application = typer.Typer(
    cls=Boundary,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Builds labs, grades submissions behind a wall, writes feedback and reports.",
)
application.command()(build.build)
application.command()(doctor.doctor)
application.command()(collect.collect)
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
            # A terminal that lacks a letter is no reason to lose a result.
            stream.reconfigure(errors="backslashreplace")
    application(prog_name="autograder")
