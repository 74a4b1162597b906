"""What the student's side says of a submission that is graded without some of the lesson's cells.

Errors that may come of their absence, and draws of random numbers, which would be others after them. A submission that
says more or less of this has itself graded with all cells, or without: both are its own verdicts.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from autograder.wall.seeds import read_states

_GENERATORS: Final = ("random", "numpy", "torch")
_MOST_TOLD = 20
_LONGEST_MESSAGE = 300
_DEEPEST = 10
_ABSENCE: Final = frozenset(
    {"NameError", "UnboundLocalError", "KeyError", "ImportError", "ModuleNotFoundError", "MissingNameError"}
    | {"FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "FileExistsError", "OSError", "EOFError"}
)
"""Errors that the absence of a name, a module or a file leads to."""
_OF_A_VALUE: Final = re.compile(
    r"'(NoneType|Tensor|ndarray|int|float|bool|str|bytes|list|tuple|dict|set|complex)' object"
)
_NAME: Final = re.compile(r"name '(\w+)' is not defined")


def may_come_of_absence(kind: str, message: str, answers: Iterable[str] = ()) -> bool:
    """Whether an error may come of the absence of cells.

    Args:
        kind: the name of its class.
        message: its message.
        answers: names that answers alone would bind.
    """
    if kind == "AttributeError":
        return not _OF_A_VALUE.search(message)
    missing = _NAME.search(message) if kind.endswith("NameError") else None
    return kind in _ABSENCE and not (missing is not None and missing[1] in answers)


class Traces:
    """Notices errors and draws in this process, for the judge."""

    def __init__(self) -> None:
        self._errors: list[list[str]] = []
        self._states = read_states(_GENERATORS)
        self._drew = False

    def error(self, error: BaseException | None) -> None:
        """Note an error, and those of which it came."""
        for _ in range(_DEEPEST):
            if error is None or len(self._errors) >= _MOST_TOLD:
                return
            kind = type(error).__name__
            try:
                message = str(error)[:_LONGEST_MESSAGE]
            except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
                message = ""
            if may_come_of_absence(kind, message):
                self._errors.append([kind, message])
            error = error.__cause__ or error.__context__

    def look(self) -> bool:
        """Whether numbers were drawn since the last look."""
        now = read_states(_GENERATORS)
        drew, self._states = now != self._states, now
        return drew

    def look_between_cells(self) -> None:
        """Note whether a test's calls have drawn."""
        self._drew |= self.look()

    def accept(self, names: Iterable[str]) -> None:
        """Generators whose states a test has set: what is drawn from them depends on no cell."""
        self._states |= read_states(names)

    def told(self) -> dict[str, Any]:
        """What the judge is told: ``errors`` and ``drew``, each only once."""
        told = {"errors": self._errors, "drew": self._drew}
        self._errors, self._drew = [], False
        return told


def read_told(told: object) -> tuple[list[tuple[str, str]], bool]:
    """The errors, class and message, and whether numbers were drawn; the student's side may have sent anything."""
    if not isinstance(told, dict):
        return [], False
    errors = told.get("errors")
    pairs = [
        (pair[0], pair[1])
        for pair in (errors if isinstance(errors, list) else [])[:_MOST_TOLD]
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
    ]
    return pairs, told.get("drew") is True
