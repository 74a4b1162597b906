"""Processes that are started early: they import torch while the coordinator still imports nbgrader.

This module is imported before nbgrader, and must not import it.
"""

from autograder.grading.judge_server import JudgeServer
from autograder.grading.terms import Terms
from autograder.sandbox.zygote import Zygote


class Prestart:
    """A judge server and a zygote that were started before their lab was known. Each can be taken once."""

    def __init__(self, terms: Terms) -> None:
        self._zygote: Zygote | None = Zygote(terms.mode, terms.limits)
        self._judge_server: JudgeServer | None = JudgeServer()

    def take_zygote(self) -> Zygote | None:
        """The zygote, which from now on is the caller's to close; None if it has been taken."""
        taken, self._zygote = self._zygote, None
        return taken

    def take_judge_server(self) -> JudgeServer | None:
        """The judge server, which from now on is the caller's to close; None if it has been taken."""
        taken, self._judge_server = self._judge_server, None
        return taken

    def close(self) -> None:
        """End what was not taken."""
        for left in (self.take_judge_server(), self.take_zygote()):
            if left is not None:
                left.close()
