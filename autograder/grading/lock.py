"""Whose turn it is: one autograder at a time grades a course, and it clears away what a killed one has left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.autograded import store
from autograder.course.course import Course
from autograder.errors import ExpectedError, unwritable
from autograder.grading.json_store import clear_remains


@contextmanager
def alone(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock while others may not. The kernel ends the turn of a process that is killed.

    Args:
        path: the lock; a file that stays.
        busy: what is told where another one holds it.

    Raises:
        ExpectedError: another one holds it, or its folder may not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        cure = "Wait until it has finished, or end it; then run the same command again."
        raise ExpectedError(busy, cure) from None
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def turn(course: Course) -> Iterator[None]:
    """Have the course for oneself.

    Raises:
        ExpectedError: another autograder is grading it, or its folder may not be written.
    """
    with alone(course.state / "lock", f"Another autograder is grading the course {course.root}."):
        store.remove_unfinished(course)
        clear_remains(course.state)
        yield
