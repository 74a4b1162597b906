"""The one exception for errors that a user can correct."""

import errno
from pathlib import Path


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
