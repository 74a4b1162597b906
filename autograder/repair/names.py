"""Which names a cell of Python binds and which it uses."""

import ast

from autograder.python_names import names_in
from autograder.untrusted.notebooks import warnings_ignored

EVERYTHING = "*"
"""Stands for the names that a star import binds."""

_LONGEST_SOURCE = 200_000


def bound(source: str) -> frozenset[str]:
    """The names that a cell binds by import, definition or assignment; none if it is not Python."""
    return names_in(_trees(source)).bound


def used(source: str) -> frozenset[str]:
    """The names that a cell reads; none if it is not Python."""
    return names_in(_trees(source)).used


def _trees(source: str) -> list[ast.Module]:
    plain = "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.split("\n"))
    try:
        with warnings_ignored():
            return [ast.parse(plain[:_LONGEST_SOURCE])]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
