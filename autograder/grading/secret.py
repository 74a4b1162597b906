"""The course's secret, from which hidden inputs are drawn for each student and cell."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from autograder.errors import ExpectedError
from autograder.grading.json_store import UNFINISHED

_BYTES = 32


def open_secret(state: Path) -> bytes:
    """The secret of a course; it is made when it is first asked for.

    Args:
        state: the folder in which the autograder keeps what belongs to a course.

    Raises:
        ExpectedError: the folder or the file can't be used.
    """
    path = state / "secret"
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise ExpectedError(
            f"The course's secret {path} can't be read or made: {error.strerror}.",
            "See that the disk has room and that file and folder are yours.",
        ) from error
    if len(secret) != _BYTES:
        raise ExpectedError(f"{path} is damaged.", "Delete it: a new one is made, and a regrade draws other inputs.")
    return secret


def _make(path: Path) -> None:
    """Make a secret, atomically; of several processes that do so at once, the first one decides."""
    descriptor, unfinished = mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()


def student_secret(secret: bytes, lab: str, notebook: str, student: str) -> bytes:
    """The secret from which the hidden inputs of one student's notebook are drawn.

    Args:
        secret: the course's.
        lab: the lab's name.
        notebook: the notebook's name.
        student: the student's id.
    """
    return _derive(secret, lab, notebook, student)


def solution_secret(secret: bytes, notebook: str) -> bytes:
    """The secret from which the hidden inputs of the instructor's own solution are drawn.

    Args:
        secret: the course's.
        notebook: the notebook's name.
    """
    return _derive(secret, notebook)


def _derive(secret: bytes, *parts: str) -> bytes:
    return hmac.digest(secret, "\0".join(parts).encode(), hashlib.sha256)
