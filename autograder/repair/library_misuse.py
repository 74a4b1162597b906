"""Finds answers that use the internals of `gradlab`, with which the tests check them.

Students have `gradlab`, too: its checks run in their notebooks, and compute what a right answer computes. An answer
that calls these functions or changes their state does not solve the exercise. No test can tell the difference, so a
flag tells a person where to look. Copied source text is not found.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from autograder.cells import Cell, Role
from autograder.repair.messages import sentences_about

_STUDENTS = frozenset({Role.SOLUTION, Role.ANSWER, Role.FREE})
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+gradlab\b.*$", re.MULTILINE)
_INSIDE = r"[ \t]*\.[ \t]*(?:\w+[ \t]*\.[ \t]*\w|_)"
_FULL_NAME = r"\bgradlab[ \t]*\.[ \t]*(?:_|check[ \t]*\.[ \t]*\w+[ \t]*\.|(?:ladder|basins|landscape)[ \t]*\.)"
_SUBMODULE_IMPORT = re.compile(r"\b(?:import|from)[ \t]{1,20}gradlab[ \t]{0,20}\.")
_PACKAGE_IMPORT = re.compile(r"\bfrom[ \t]{1,20}gradlab[ \t]{1,20}import\b")
_DEEP_NAME = re.compile(r"\b(?:check|ladder|basins|landscape)\b")


def flags(cells: Sequence[Cell], released: Sequence[Cell]) -> tuple[str, ...]:
    """Find the student's own cells that use more of gradlab than what the lab itself shows.

    Returns:
        Sentences that name the cells; empty where the lab does not use gradlab.
    """
    shown = {line.strip() for cell in released for line in cell.source.splitlines() if "gradlab" in line}
    imports = [line for line in shown if _IMPORT.match(line)]
    if not imports:
        return ()
    inside = reaching_inside({name for line in imports for name in _bound(line)} - {"gradlab"})
    found = [
        cell.grade_id or f"number {number}"
        for number, cell in enumerate(cells, start=1)
        if cell.kind == "code" and cell.role in _STUDENTS and _reaches(cell.source, shown, inside)
    ]
    sentence = "The cell {} reaches into gradlab, with which the tests check: does it call what was to be written?"
    return tuple(sentences_about(sentence, found))


def reaching_inside(names: Collection[str]) -> re.Pattern[str]:
    """Matches code that goes deeper into gradlab than a notebook does, under names that a lesson binds."""
    return re.compile("|".join([_FULL_NAME, *(rf"\b{re.escape(name)}{_INSIDE}" for name in sorted(names))]))


def _bound(line: str) -> Iterator[str]:
    """The names that a line with an import binds."""
    last_words = (part.split()[-1] for part in line.split(",") if part.strip())
    return (word for word in last_words if word.isidentifier())


def _reaches(source: str, shown: set[str], inside: re.Pattern[str]) -> bool:
    lines = (line for line in source.splitlines() if line.strip() not in shown)
    return any(inside.search(line) or _imports_deeply(line) for line in lines)


def _imports_deeply(line: str) -> bool:
    if _SUBMODULE_IMPORT.search(line):
        return True
    found = _PACKAGE_IMPORT.search(line)
    return found is not None and _DEEP_NAME.search(line, found.end()) is not None
