"""The one place where an error becomes a message and an exit code, and an unexpected one a log file.

As usual, 0 is success and 2 wrong usage.
"""

import errno
import os
import platform
import re
import shlex
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from autograder.cli.display import messages, show_error
from autograder.errors import ExpectedError
from autograder.grading.interrupts import Terminated, interruptible

EXPECTED_ERROR = 1
"""Something outside the program is wrong; the message says what, and the cure."""
UNEXPECTED_ERROR = 1
"""The program is wrong; the message names a log file. It is the code with which Python ends after an exception."""
NOT_ALL_GRADED = 3
"""Graded, with some submissions quarantined or broken, or without a lab in another language."""
INTERRUPTED = 130
"""Interrupted from the keyboard."""
TERMINATED = 143
"""Ended by SIGTERM, as batch systems do."""

_PERMISSION = "See that the file and its folder may be read and written by you, then run the same command again."
_NAME = "See that it is written right: what stands before the last / must be a folder."
_SPACE = "Make room on that disk, then run the same command again: what was finished is kept."
_CURES = {
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.EROFS: _PERMISSION,
    errno.ENOTDIR: _NAME,
    errno.EEXIST: "Move it away: a folder is needed there.",
    errno.EISDIR: "Name a file, not a folder.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EMFILE: "Allow more open files (ulimit -n 4096), then run the same command again.",
}
"""The system's errors for any file → what a user can do about them."""

# Typer shows these itself, and ends the program without a message if the reader of stdout is gone.
_SHOWN_BY_TYPER: tuple[type[BaseException], ...] = (
    typer.Exit,
    typer.Abort,
    BrokenPipeError,
    *typer.BadParameter.__bases__,
)

_COURSE = "autograder.course"
_LOG = "error.log"
_PACKAGES = ("gradlab", "torch", "numpy", "nbgrader", "nbformat", "nbconvert", "ipython", "sqlalchemy", "typer", "rich")
_LONGEST_SUMMARY = 300
_MASK = "***"
# A password may hold anything but a line break; it ends at the last @ of its line.
_URL_PASSWORD = re.compile(r"(://[^\s:/?#@]*:)[^\n]*(?=@)")
_NAMED_PASSWORD = re.compile(
    r"""((?:password|passwd|pwd)["']?\s*[=:]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s&;,)"']+)""", re.IGNORECASE
)


class ErrorHandler(TyperGroup):
    """The group of all commands: what a command raises ends here."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Click's own signature
        """Run the command."""
        try:
            with interruptible():
                return super().invoke(ctx)
        except _SHOWN_BY_TYPER:
            raise
        except (Exception, KeyboardInterrupt) as error:
            raise typer.Exit(handle(error, ctx.meta.get(_COURSE))) from error


def remember_course(ctx: typer.Context, course: Path) -> Path:
    """Note the course of the command that runs, for its log; a callback of the option that names it."""
    ctx.meta[_COURSE] = course
    return course


def handle(error: BaseException, course: Path | None = None) -> int:
    """Say on stderr what was wrong.

    Args:
        error: what a command raised.
        course: the folder of the course that the command was about, if that is known.

    Returns:
        The exit code.
    """
    match error:
        case ExpectedError():
            show_error(error)
            return EXPECTED_ERROR
        case OSError() if error.errno in _CURES:
            where = f"{error.filename}: " if error.filename else ""
            show_error(ExpectedError(f"{where}{error.strerror}.", _CURES[error.errno]))
            return EXPECTED_ERROR
        case KeyboardInterrupt():
            show_error(ExpectedError("Interrupted.", "What was finished is kept: run the same command to go on."))
            return TERMINATED if isinstance(error, Terminated) else INTERRUPTED
        case _:
            _show_unexpected(error, course)
            return UNEXPECTED_ERROR


def without_passwords(text: str) -> str:
    """The text with each password masked that a URL or an assignment holds."""
    return _NAMED_PASSWORD.sub(rf"\g<1>{_MASK}", _URL_PASSWORD.sub(rf"\g<1>{_MASK}", text))


def _show_unexpected(error: BaseException, course: Path | None) -> None:
    lines = without_passwords(f"{type(error).__name__}: {error}").splitlines()
    summary = "".join(letter if letter.isprintable() else "�" for letter in lines[0][:_LONGEST_SUMMARY])
    problem = f"Unexpected error: {summary.rstrip(': ')}"
    log = _log(error)
    path = _write_log(log, course)
    if path is not None:
        show_error(ExpectedError(problem, f"The autograder is at fault. Please report it with its log: {path}"))
    else:
        show_error(ExpectedError(problem, "The autograder is at fault. Please report it. No log could be written:"))
        messages().print(log, markup=False)


def _log(error: BaseException) -> str:
    versions = [f"Python {sys.version}", f"platform {platform.platform()}", *map(_version, _PACKAGES)]
    sections = {
        "Command": shlex.join(sys.argv),
        "Versions": "\n".join(versions),
        "Traceback": "".join(traceback.format_exception(error)),
    }
    return without_passwords("\n".join(f"## {title}\n\n{text.rstrip()}\n" for title, text in sections.items()))


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} (missing)"


def _write_log(text: str, course: Path | None) -> Path | None:
    """Write the log into the course's state folder, or else into the folder for temporary files; None if neither can.

    The course's log is the one of the last error.
    """
    if course is not None and (course / "nbgrader_config.py").is_file():
        folder = course.absolute() / ".autograder"
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            written = _write(text, folder)
            try:
                return written.replace(folder / _LOG)
            except OSError:
                return written
    with suppress(OSError):
        return _write(text, None)
    return None


def _write(text: str, folder: Path | None) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="autograder-error-", suffix=".log", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
