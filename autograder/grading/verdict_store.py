"""Verdicts that were given before: the same submission, tests, limits and programs give the same verdicts again."""

from pathlib import Path

from autograder.grading.json_store import Store
from autograder.judging.supervisor import read_outcome, write_outcome
from autograder.verdicts import CellStatus, NotebookResult


class Cache:
    """Verdicts on notebooks, by `autograder.grading.cache_keys.key_of_case`.

    Args:
        folder: where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def find(self, key: str) -> NotebookResult | None:
        """The verdicts that were kept under a key; None if there are none, or the file is damaged."""
        kept = self._store.find(key)
        try:
            outcomes = tuple(read_outcome(outcome) for outcome in kept["outcomes"])
            return NotebookResult(kept["name"], outcomes, tuple(kept["flags"]))
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, key: str, result: NotebookResult) -> None:
        """Keep verdicts, unless the grader itself broke."""
        if all(verdict.status is not CellStatus.BROKE for verdict in result.verdicts):
            outcomes = [write_outcome(outcome) for outcome in result.outcomes]
            self._store.keep(key, {"name": result.name, "outcomes": outcomes, "flags": list(result.flags)})
