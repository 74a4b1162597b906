"""Which names of an instructor's notebook are the student's.

They are those that solution cells bind or change; and those that other cells compute from them, for on the judge's
side such a value would be the solution's. Functions, classes and imports of other cells are the judge's own: what
they look up when they run is asked for then.
"""

import ast
from collections.abc import Iterable, Iterator

from IPython.core.inputtransformer2 import TransformerManager

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell, magics translated; none if it isn't Python."""
    try:
        text: str = TransformerManager().transform_cell(source)
        return ast.parse(text).body
    except SyntaxError:
        return []


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, those of imports excepted."""
    return frozenset(name for statement in statements(source) for name in _bound(statement)) - imported_names(source)


def changed_names(source: str) -> frozenset[str]:
    """The names whose objects a cell may change: it assigns to a part of them or calls a method of theirs."""
    return frozenset(name for statement in statements(source) for name in _changed(statement))


def imported_names(source: str) -> frozenset[str]:
    """The names that a cell's import statements bind."""
    return frozenset(
        (alias.asname or alias.name).split(".")[0]
        for statement in statements(source)
        for node in ast.walk(statement)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )


def derived_names(sources: Iterable[str], student_names: frozenset[str]) -> frozenset[str]:
    """The names that lesson cells compute from the student's.

    Args:
        sources: the cells that are neither solutions nor tests, in order.
        student_names: the names that solution cells bind.
    """
    derived: set[str] = set()
    imported: set[str] = set()
    touching: set[str] = set()
    for source in sources:
        imported |= imported_names(source)
        for statement in statements(source):
            theirs = student_names | derived | touching
            if isinstance(statement, _DEFINITIONS):
                if _all_loads(statement) & theirs:
                    touching.add(statement.name)
            elif _is_function(statement):
                if _all_loads(statement) & theirs:
                    touching |= _bound(statement)
            elif _loads(statement) & theirs:
                derived |= (_bound(statement) | _changed(statement)) - imported
    return frozenset(derived)


def _is_function(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run in the cell's own scope, neither in a function's nor as the variable of a comprehension."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.comprehension) and child is node.target:
            continue
        if not isinstance(child, _FUNCTIONS):
            yield from _outside_functions(child)
        elif not isinstance(child, ast.Lambda):
            yield ast.Name(child.name, ast.Store())


def _loads(node: ast.AST) -> set[str]:
    return {n.id for n in _outside_functions(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _all_loads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, _DEFINITIONS):
        return {statement.name}
    names = {n.id for n in _outside_functions(statement) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return names | {n.name for n in _outside_functions(statement) if isinstance(n, ast.ClassDef)}


def _changed(statement: ast.stmt) -> set[str]:
    if isinstance(statement, _DEFINITIONS):
        return set()
    changed = set()
    for node in _outside_functions(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            changed.add(_root(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed.add(_root(node.func))
    return {name for name in changed if name is not None}


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
