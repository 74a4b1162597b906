"""One writer to a gradebook on a server: two machines may have the same one, and each its own course folder."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from autograder.errors import ExpectedError

_LOCK = text("SELECT pg_try_advisory_lock(:key)")


@contextmanager
def sole_writer(engine: Engine, course: str) -> Iterator[None]:
    """Be the only autograder that writes to a course's gradebook, as far as its database knows of others.

    A SQLite file lies in the course's folder, of which one autograder at a time has its turn (`grading.turn`). On a
    PostgreSQL server, the lock is the server's, and it ends with the connection, however this program ends.

    Args:
        engine: the gradebook's.
        course: the course's id.

    Raises:
        ExpectedError: another one does so now.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be used.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Closed at the end instead of being kept for later: a lock belongs to the connection.
        connection.detach()
        if not connection.scalar(_LOCK, {"key": _key(course)}):
            raise ExpectedError(
                f"Another autograder is writing to the gradebook of the course {course!r}, maybe on another machine.",
                "Wait until it has finished, or end it; then run the same command again.",
            )
        yield


def _key(course: str) -> int:
    """A number of 64 bits, as PostgreSQL wants it."""
    digest = hashlib.sha256(f"autograder {course}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
