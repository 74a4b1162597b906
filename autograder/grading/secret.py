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
    """Make a secret that is whole or not there at all; the first of those who do so at once decides."""
    descriptor, unfinished = mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()


def secret_for(secret: bytes, *parts: str) -> bytes:
    """A secret for one student's notebook, derived from the course's."""
    return hmac.digest(secret, "\0".join(parts).encode(), hashlib.sha256)
