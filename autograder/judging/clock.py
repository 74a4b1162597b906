"""The time of one submission: what a cell may take, what the whole notebook may take, and where it went."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.judging.stops import used_up
from autograder.limits import Limits
from autograder.wall.faults import OutOfTime


class Clock:
    """Shares the time for a notebook out among its cells; it runs from the moment in which it is made.

    Args:
        limits: what a submission may use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.submission_seconds
        self._spent: dict[str, float] = {}

    def deadline(self) -> float:
        """When a cell that begins now must have come to its end, in seconds of `time.monotonic`."""
        return min(time.monotonic() + self._limits.cell_seconds, self._end)

    @property
    def over(self) -> bool:
        """Whether the time for the notebook is used up."""
        return time.monotonic() >= self._end

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Note how long a cell takes, under its name."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + time.monotonic() - begun

    def told(self) -> str:
        """What the student is told once the time is used up."""
        name = max(self._spent, key=self._spent.__getitem__, default="")
        return used_up(self._limits.submission_seconds, name, self._spent.get(name, 0.0))


def out_of_time(*_: object) -> None:
    """What a signal does that ends whatever is running.

    Raises:
        OutOfTime: always.
    """
    raise OutOfTime
