"""The lock of a course: one autograder at a time grades it, and removes what a killed one has left unfinished."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.autograded import store
from autograder.course.course import Course
from autograder.errors import ExpectedError, unwritable
from autograder.grading.json_store import clear_unfinished


@contextmanager
def exclusive_lock(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file that only one process can hold. The kernel releases the lock of a process that is killed.

    Args:
        path: the lock file; it stays.
        busy: the problem that is reported where another process holds it.

    Raises:
        ExpectedError: another process holds it, or its folder can't be written.
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
def course_lock(course: Course) -> Iterator[None]:
    """Hold the lock of a course.

    Raises:
        ExpectedError: another autograder is grading it, or its folder can't be written.
    """
    with exclusive_lock(course.state / "lock", f"Another autograder is grading the course {course.root}."):
        store.remove_unfinished(course)
        clear_unfinished(course.state)
        yield
