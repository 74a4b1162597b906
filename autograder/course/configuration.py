"""What is wrong with a course's configuration, and the cure."""

from pathlib import Path
from traceback import extract_tb

from traitlets import TraitError

from autograder.errors import ExpectedError


def unreadable(path: Path, error: BaseException) -> ExpectedError:
    """The message for a configuration that cannot be read.

    Args:
        path: the file.
        error: what was raised while it was read.
    """
    # traitlets ends the program at a setting that is of the wrong type.
    meant = error.__context__ if isinstance(error, SystemExit) else None
    if isinstance(meant, TraitError):
        return ExpectedError(f"{path} cannot be read: {meant}", "Mend that setting.")
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = f"line {lines[-1]}: " if lines else ""
    return ExpectedError(
        f"{path} cannot be read: {line}{type(error).__name__}: {error}.", "Mend the line it names, or remove it."
    )
