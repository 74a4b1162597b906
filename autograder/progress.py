"""What whoever does long work tells of it; how that looks is the command line's business."""

from typing import Protocol


class Progress(Protocol):
    """Is told how far the work is."""

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work: what it is, and of how many steps it consists; 0 where nobody knows."""

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""


class Unwatched:
    """The progress of work that nobody looks at."""

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work."""

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
