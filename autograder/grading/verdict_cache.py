"""Verdicts that were given before are looked up, wherever the others are found out."""

from collections.abc import Callable, Mapping
from pathlib import Path

from autograder.cells import LabNotebook, SubmittedNotebook
from autograder.grading.cache_keys import key_of_case, key_of_lesson
from autograder.grading.secret import open_secret, secret_for
from autograder.grading.verdict_store import Cache
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import NotebookResult
from autograder.wall.profile import Profile


class Lookup:
    """What was found out of a course's notebooks before. Several threads may use it at once.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret, its cache).
        limits: what a submission may use.
        mode: how student code is walled in.
        fresh: whether verdicts that were given before are put aside.
    """

    def __init__(self, state: Path, limits: Limits, mode: Mode, *, fresh: bool) -> None:
        self._secret = open_secret(state)
        self._cache = Cache(state / "cache")
        self._limits = limits
        self._mode = mode
        self._fresh = fresh
        self._lessons: list[tuple[LabNotebook, Mapping[str, bytes], str]] = []

    def grade(
        self,
        notebook: LabNotebook,
        submitted: SubmittedNotebook,
        files: Mapping[str, bytes],
        student: str,
        lab: str,
        working_files: Mapping[str, bytes] | None,
        judge: Callable[[Case], NotebookResult],
    ) -> NotebookResult:
        """Find the verdicts on a notebook, or have it judged.

        Args:
            notebook: the instructor's notebook.
            submitted: the student's, realigned to it.
            files: the lab's own data files: path → content.
            student: the student's id.
            lab: the lab's name.
            working_files: the files that the submission runs with; the lab's own where it is None.
            judge: runs the notebook.
        """
        secret = secret_for(self._secret, lab, notebook.name, student)
        case = Case(submitted, files if working_files is None else working_files, secret, Profile(), self._limits)
        key = key_of_case(self.lesson(notebook, files), case)
        result = None if self._fresh else self._cache.find(key)
        if result is None:
            result = judge(case)
            self._cache.keep(key, result)
        return result

    def lesson(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> str:
        """`key_of_lesson`, reckoned once."""
        for known, its_files, key in self._lessons:
            if known is notebook and its_files is files:
                return key
        key = key_of_lesson(notebook, files, self._limits, self._mode)
        self._lessons.append((notebook, files, key))
        return key

    def solution_secret(self, notebook: str) -> bytes:
        """From what the hidden inputs of the instructor's own solution are drawn."""
        return secret_for(self._secret, notebook)
