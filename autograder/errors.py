"""The one exception for errors that a user can correct."""

import errno
from pathlib import Path

_LONGEST = 300
_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.EIO}
)
"""The system's errors that no file of a student's leads to: the disk is full, a folder is not ours."""


class ExpectedError(Exception):
    """Something outside the program is wrong, and the user can correct it.

    Every message names what is wrong, where (the file, the cell), and the cure. The command line
    (`autograder.cli.error_handler`) prints it without a traceback and exits with code 1.

    Args:
        problem: what is wrong and where, one sentence.
        cure: what the user can do about it, one sentence; empty where the problem says it already.
    """

    def __init__(self, problem: str, cure: str = "") -> None:
        super().__init__(problem, cure)
        self.problem = problem
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.problem}\n{self.cure}" if self.cure else self.problem


def unwritable(path: Path, error: OSError) -> ExpectedError:
    """The error for a file or folder that could not be written."""
    cure = "See that the disk has room and the folder is yours."
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        blocking = next((above for above in (path, *path.parents) if above.is_file()), path)
        cure = f"{blocking} is a file where a folder is needed: move it away."
    elif error.errno == errno.EISDIR:
        cure = f"{path} is a folder where a file is needed: move it away."
    return ExpectedError(f"{path} cannot be written: {error.strerror}.", cure)


def is_not_about_one_file(error: BaseException) -> bool:
    """Whether an error at a student's files would come with all others, too: it is one of the machine or the course.

    What a student wrote can lead to any other error, so that such an error must not stop the others.
    """
    if isinstance(error, OSError):
        return error.errno in _OF_THE_MACHINE
    if isinstance(error, ExpectedError):
        cause = error.__cause__
        # A database's error is of the gradebook; a plug-in's may come from what one student wrote.
        return cause is None or _is_of_a_database(cause) or is_not_about_one_file(cause)
    return _is_of_a_database(error)


def _is_of_a_database(error: BaseException) -> bool:
    return any(kind.__name__ == "SQLAlchemyError" for kind in type(error).__mro__)


def described(error: BaseException) -> str:
    """An error in one short line; it may quote what a student wrote."""
    text = error.problem if isinstance(error, ExpectedError) else f"{type(error).__name__}: {error}"
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    shown = "".join(letter for letter in line if letter.isprintable())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
