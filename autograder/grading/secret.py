"""The course's secret, from which hidden inputs are drawn for each submission and cell."""

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
    """The secret of a course; the first call makes it.

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
    """Make a secret, atomically; of several processes that do so at once, the first one wins."""
    descriptor, unfinished = mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()


def derived_secret(secret: bytes, *parts: str) -> bytes:
    """The secret from which the hidden inputs of one notebook are drawn.

    Args:
        secret: the course's secret.
        parts: lab, notebook and content for a submission; the notebook alone for the instructor's own solution.
    """
    return hmac.digest(secret, "\0".join(parts).encode(), hashlib.sha256)
