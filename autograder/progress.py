"""How long work reports its progress: the one convention for all packages. `autograder.cli.progress` displays it."""

from typing import Protocol


class Progress(Protocol):
    """Receives reports of how far the work is."""

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work.

        Args:
            what: what is being done, in a word or two.
            total: the number of its steps; 0 if it is unknown.
        """

    def describe(self, what: str) -> None:
        """Say what is being done now; the count of steps goes on."""

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""


class NoProgress:
    """Ignores all reports."""

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work."""

    def describe(self, what: str) -> None:
        """Say what is being done now."""

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""


NO_PROGRESS = NoProgress()
