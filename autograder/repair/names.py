"""Which names a cell of Python binds and which it uses."""

import ast

from autograder.untrusted.notebooks import warnings_ignored

EVERYTHING = "*"
"""Stands for the names that a star import binds."""

_LONGEST_SOURCE = 200_000


def bound(source: str) -> frozenset[str]:
    """The names that a cell binds by import, definition or assignment; none if it is not Python."""
    names: set[str] = set()
    for node in _nodes(source):
        match node:
            case ast.Import() | ast.ImportFrom():
                names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    return frozenset(names)


def used(source: str) -> frozenset[str]:
    """The names that a cell reads; none if it is not Python."""
    return frozenset(
        node.id for node in _nodes(source) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _nodes(source: str) -> list[ast.AST]:
    plain = "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.split("\n"))
    try:
        with warnings_ignored():
            return list(ast.walk(ast.parse(plain[:_LONGEST_SOURCE])))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
