"""Verdicts that were given before: the same submission, tests, limits and programs give the same verdicts again."""

from collections.abc import Mapping
from pathlib import Path

from autograder.cells import LabNotebook
from autograder.grading.cache_keys import case_key, notebook_key
from autograder.grading.json_store import JsonStore
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.verdicts import CellStatus, NotebookResult
from autograder.wire import MalformedRecordError, from_plain, to_plain


class VerdictCache:
    """The verdicts of a course's notebooks. Several threads may use it at once.

    Args:
        folder: where they lie.
        terms: the terms of the run; if it is fresh, nothing is found.
    """

    def __init__(self, folder: Path, terms: Terms) -> None:
        self._store = JsonStore(folder)
        self._terms = terms
        self._notebook_keys: dict[str, tuple[LabNotebook, Mapping[str, bytes], str]] = {}

    def key(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> str:
        """The key of a submitted notebook's verdicts.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.
            case: the student's notebook.
        """
        return case_key(self._notebook_key(notebook, files), case)

    def find(self, key: str) -> NotebookResult | None:
        """The verdicts under a key; None if there are none, the file is damaged, or the run is fresh."""
        if self._terms.fresh:
            return None
        try:
            return from_plain(NotebookResult, self._store.find(key))
        except MalformedRecordError:
            return None

    def keep(self, key: str, result: NotebookResult) -> None:
        """Keep verdicts, unless the grader itself broke."""
        if all(verdict.status is not CellStatus.BROKE for verdict in result.verdicts):
            self._store.keep(key, to_plain(result))

    def _notebook_key(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> str:
        # The same for a whole class: its digest is computed once for each notebook.
        known = self._notebook_keys.get(notebook.name)
        if known is not None and known[0] is notebook and known[1] is files:
            return known[2]
        key = notebook_key(notebook, files, self._terms)
        self._notebook_keys[notebook.name] = notebook, files, key
        return key
