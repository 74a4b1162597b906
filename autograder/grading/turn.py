"""Whose turn it is: one autograder at a time grades a course, and it clears away what a killed one has left."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from autograder import autograded
from autograder.course import Course
from autograder.errors import ExpectedError, unwritable
from autograder.grading.kept.store import clear_remains


@contextmanager
def turn(course: Course) -> Iterator[None]:
    """Have the course for oneself. The kernel ends the turn of a process that is killed.

    Raises:
        ExpectedError: another autograder is grading it, or its folder may not be written.
    """
    path = course.state / "lock"
    try:
        course.state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        raise ExpectedError(
            f"Another autograder is grading the course {course.root}.",
            "Wait until it has finished, or end it; then run the same command again.",
        ) from None
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        autograded.clear_remains(course)
        clear_remains(course.state)
        yield
    finally:
        lock.release()
