"""Keeps the levels of a lab's tests for the class report, in the folder of the autograder's own state.

The reasons may tell a hidden test: ``autograded/`` holds none, so that no notebook there gives a test away.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from autograder.grading.json_store import JsonStore
from autograder.verdicts import TestLevel
from autograder.wire import MalformedRecordError, from_plain, to_plain


class LevelStore:
    """The levels of tests, by lab and notebook.

    Args:
        state: the folder in which the autograder keeps what belongs to a course.
    """

    def __init__(self, state: Path) -> None:
        self._store = JsonStore(state / "levels")

    def keep(self, lab: str, notebook: str, levels: tuple[TestLevel, ...]) -> None:
        """Keep the levels of a notebook's tests that do not run at the wall, unless they are kept already."""
        if levels != self._find(lab, notebook):
            self._store.keep(_key(lab, notebook), to_plain(levels))

    def find(self, lab: str, notebooks: Iterable[str]) -> tuple[TestLevel, ...]:
        """The levels that were kept; none for a notebook of which none were, or whose file is damaged."""
        return tuple(level for notebook in notebooks for level in self._find(lab, notebook))

    def _find(self, lab: str, notebook: str) -> tuple[TestLevel, ...]:
        kept = self._store.find(_key(lab, notebook))
        try:
            return () if kept is None else from_plain(tuple[TestLevel, ...], kept)
        except MalformedRecordError:
            return ()


def _key(lab: str, notebook: str) -> str:
    return hashlib.sha256(f"{lab}\0{notebook}".encode("utf-8", "surrogateescape")).hexdigest()
