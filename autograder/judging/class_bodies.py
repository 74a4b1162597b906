"""Names of the student's in the bodies of classes that a test defines.

In a class's body Python looks a global name up in the dictionary itself, and never asks `Namespace` for what is missing
there. So such a name is written as an item of ``globals()``.
"""

import ast
from collections.abc import Iterator, Set

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def ask_in_class_bodies(tree: ast.Module, names: Set[str]) -> ast.Module:
    """Have the bodies of classes ask for these names.

    Args:
        tree: a test; it is changed.
        names: names of the student's.
    """
    _classes_within(tree, names)
    return ast.fix_missing_locations(tree)


def _classes_within(node: ast.AST, names: Set[str]) -> None:
    """Change all classes under a node."""
    if isinstance(node, _FUNCTIONS):
        # What a function binds is its own in the classes that it defines.
        names = names - _bound(node)
    if isinstance(node, ast.ClassDef):
        own = set(names)
        for index, statement in enumerate(node.body):
            node.body[index] = _Asking(own).visit(statement)
            own -= _bound(statement)
    for child in ast.iter_child_nodes(node):
        _classes_within(child, names)


class _Asking(ast.NodeTransformer):
    """Changes what is looked up in the scope of a class's body itself."""

    def __init__(self, names: Set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._names or not isinstance(node.ctx, ast.Load):
            return node
        everything = ast.Call(ast.Name("globals", ast.Load()), [], [])
        return ast.copy_location(ast.Subscript(everything, ast.Constant(node.id), ast.Load()), node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, _COMPREHENSIONS):
            # The rest of it is a scope of its own.
            node.generators[0].iter = self.visit(node.generators[0].iter)
            return node
        if isinstance(node, ast.ClassDef):
            node.bases = [self.visit(base) for base in node.bases]
            return node
        if isinstance(node, _FUNCTIONS):
            node.args = self.visit(node.args)
            if not isinstance(node, ast.Lambda):
                node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
            return node
        return super().generic_visit(node)


def _bound(node: ast.AST) -> set[str]:
    return set(_binding(node))


def _binding(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.arg):
            yield part.arg
        elif isinstance(part, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
