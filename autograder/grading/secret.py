"""The course's secret, from which hidden inputs are drawn for each student and cell."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import ExpectedError

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
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            secret = path.read_bytes()
        else:
            secret = secrets.token_bytes(_BYTES)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secret)
    except OSError as error:
        raise ExpectedError(f"The course's secret {path} can't be read or made: {error}.") from error
    if len(secret) != _BYTES:
        raise ExpectedError(f"{path} is damaged.", "Delete it: a new one is made, and a regrade draws other inputs.")
    return secret


def secret_for(secret: bytes, *parts: str) -> bytes:
    """A secret for one student's notebook, derived from the course's."""
    return hmac.digest(secret, "\0".join(parts).encode(), hashlib.sha256)
