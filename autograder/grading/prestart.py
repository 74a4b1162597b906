"""A head start: the processes that import torch begin to do so while the coordinator still imports nbgrader."""

from collections.abc import Iterator
from contextlib import contextmanager

from autograder.grading.judge_server import Stage
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote


class HeadStart:
    """A stage and a zygote that were started before it was known what for. Each can be taken once.

    Args:
        mode: how student code will be walled in.
        limits: what a submission may use.
    """

    def __init__(self, mode: Mode, limits: Limits) -> None:
        self._zygote: Zygote | None = Zygote(mode, limits)
        self._stage: Stage | None = Stage()

    def take_zygote(self) -> Zygote | None:
        """The zygote, which from now on is the caller's to close; None if it has been taken."""
        taken, self._zygote = self._zygote, None
        return taken

    def take_stage(self) -> Stage | None:
        """The stage, which from now on is the caller's to close; None if it has been taken."""
        taken, self._stage = self._stage, None
        return taken

    def close(self) -> None:
        """End what nobody has taken."""
        for left in (self.take_stage(), self.take_zygote()):
            if left is not None:
                left.close()


@contextmanager
def head_start(mode: Mode, limits: Limits) -> Iterator[HeadStart]:
    """Start a stage and a zygote; what was not taken ends with the context."""
    started = HeadStart(mode, limits)
    try:
        yield started
    finally:
        started.close()
