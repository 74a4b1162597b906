"""Which names of an instructor's notebook are the student's.

They are those that solution cells bind or change; and those that other cells compute from them, for on the judge's
side such a value would be the solution's. Functions, classes and imports of other cells are the judge's own: what
they look up when they run is asked for then.
"""

import ast
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

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


def used_names(source: str) -> frozenset[str]:
    """The names that a cell looks up, in its functions as well."""
    return frozenset(name for statement in statements(source) for name in _all_loads(statement))


def imported_names(source: str) -> frozenset[str]:
    """The names that a cell's import statements bind."""
    return frozenset(
        (alias.asname or alias.name).split(".")[0]
        for statement in statements(source)
        for node in ast.walk(statement)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )


@dataclass(frozen=True)
class Lesson:
    """A cell that is neither a solution nor a test.

    Attributes:
        source: its text.
        bound: the names that it bound when it ran.
        changed: the names whose values it changed in place when it ran.
    """

    source: str
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def derived_names(lessons: Iterable[Lesson], student_names: frozenset[str]) -> frozenset[str]:
    """The names that lesson cells compute from the student's.

    Args:
        lessons: the lesson's cells, in order.
        student_names: the names that solution cells bind.
    """
    derived: set[str] = set()
    imported: set[str] = set()
    touching: set[str] = set()
    for lesson in lessons:
        imported |= imported_names(lesson.source)
        seen: set[str] = set()
        uses = False
        for statement in statements(lesson.source):
            seen |= _bound(statement)
            theirs = student_names | derived | touching
            if isinstance(statement, _DEFINITIONS) or _is_function(statement):
                if _loads_when_defined(statement, theirs, student_names | derived):
                    derived |= _bound(statement)
                elif _all_loads(statement) & theirs:
                    touching |= _bound(statement)
            elif _loads(statement) & theirs:
                uses = True
                derived |= (_bound(statement) | _changed(statement)) - imported
        if uses:
            # What a function did that one of these statements has called can't be seen in the text.
            derived |= lesson.changed | (lesson.bound - seen - imported)
    return frozenset(derived)


def _loads_when_defined(statement: ast.stmt, theirs: Set[str], values: Set[str]) -> bool:
    """Whether a definition makes use of the student's names before it is called: then it holds what they gave.

    Args:
        statement: a function, a class or a name given to a lambda.
        theirs: the student's names, and functions and classes of the lesson that use them when they are called.
        values: the student's names alone, of which a class may be derived.
    """
    if isinstance(statement, ast.ClassDef):
        parents = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
        if any(_loads(parent) & values for parent in parents):
            return True
        return any(_loads(decorator) & theirs for decorator in statement.decorator_list) or any(
            _loads_when_defined(item, theirs, values) if isinstance(item, _DEFINITIONS) else bool(_loads(item) & theirs)
            for item in statement.body
        )
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments, decorators = statement.args, statement.decorator_list
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        arguments, decorators = statement.value.args, []
    else:
        return False
    given = [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]
    return any(_loads(expression) & theirs for expression in (*given, *decorators))


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
