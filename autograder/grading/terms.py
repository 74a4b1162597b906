"""The terms of a run: what holds for every submission that is graded in it."""

from dataclasses import dataclass

from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Level


@dataclass(frozen=True)
class Terms:
    """The terms of a run.

    Attributes:
        limits: what a submission may use.
        mode: how student code is isolated.
        workers: how many submissions run at once.
        fresh: whether everything runs and is written again, even what has not changed.
        level: the weakest level at which a test may run; `Level.WALL` for an exam.
    """

    limits: Limits
    mode: Mode
    workers: int = 1
    fresh: bool = False
    level: Level = Level.BESIDE
