"""Functions of the judge's that a test hands to the student's side.

A function is sent by name if the student's side has the same one, else as source text; it may use plain data, other
such functions, and torch, NumPy and math. Anything else is refused: when the lab is built, not when it is graded.
"""

import ast
import builtins
import functools
import linecache
import math
import operator
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from autograder.python_names import free_names
from autograder.wall.codec import Encoder
from autograder.wall.errors import UnsupportedValueError
from autograder.wall.values import LIBRARY_NAMES, Node

_LIBRARIES = (torch, torch.nn.functional, math, numpy, operator, builtins)
_IMPORTED_FROM = ("gradlab", "torch", "numpy")


def write_function(
    function: Any,  # noqa: ANN401 - anything that can be called
    encoder: Encoder,
    student_has: Callable[[str, object], bool],
) -> Node:
    """Write a function for the student's side.

    Args:
        function: the function.
        encoder: writes the plain data that it uses.
        student_has: whether the student's side has this very object under that name.

    Raises:
        UnsupportedValueError: it can't exist on the student's side.
    """
    name = getattr(function, "__name__", "")
    if student_has(name, function):
        return ["name", name]
    if isinstance(function, functools.partial):
        return ["partial", *(encoder.write(part) for part in (function.func, list(function.args), function.keywords))]
    for library in _LIBRARIES:
        if getattr(library, name, None) is function:
            return ["imported", library.__name__, name]
    if isinstance(function, types.MethodDescriptorType) and _is_builtin(function.__objclass__):
        return ["imported", "builtins", function.__qualname__]
    if not isinstance(function, types.FunctionType):
        raise UnsupportedValueError(
            f"a test sends the student {_describe(function)}, which exists on the judge's side only"
        )
    if _importable(function):
        return ["imported", function.__module__, function.__qualname__]
    return _write_source(function, encoder, student_has)


def _is_builtin(kind: type) -> bool:
    return getattr(builtins, kind.__name__, None) is kind


def _importable(function: types.FunctionType) -> bool:
    if function.__module__.split(".")[0] not in _IMPORTED_FROM or "<" in function.__qualname__:
        return False
    module: Any = sys.modules.get(function.__module__)
    try:
        found: object = functools.reduce(getattr, function.__qualname__.split("."), module)
    except AttributeError:
        return False
    return found is function


def _write_source(function: types.FunctionType, encoder: Encoder, student_has: Callable[[str, object], bool]) -> Node:
    source = read_source(function.__code__)
    if source is None:
        raise UnsupportedValueError(f"a test sends the student {_describe(function)}, whose source text can't be found")
    used = []
    for free in source.free:
        value = _look_up(function, free)
        if free not in LIBRARY_NAMES or value is not LIBRARY_NAMES[free]:
            used.append([free, _write_used(free, value, function, encoder, student_has)])
    return ["source", source.name, source.text, used]


@dataclass(frozen=True)
class Source:
    """The source text of a function.

    Attributes:
        name: the name that the text binds.
        text: a statement.
        free: the names that it takes from outside and that are no builtins.
    """

    name: str
    text: str
    free: tuple[str, ...]


@functools.cache
def read_source(code: types.CodeType) -> Source | None:
    """The source text of a function or a lambda; None if it can't be found.

    Args:
        code: the function's code. Functions with equal code differ only in the values of their free names.
    """
    node = _find(code)
    if node is None:
        return None
    for argument in ast.walk(node):
        # Annotations may use names that the student's side doesn't have, and do nothing there.
        if isinstance(argument, ast.arg):
            argument.annotation = None
    if isinstance(node, ast.FunctionDef):
        node.returns = None
        # The code is that of the function below its decorators; what they make of it is another object.
        node.decorator_list = []
        name, text = node.name, ast.unparse(node)
    else:
        name, text = "_function", f"_function = {ast.unparse(node)}"
    return Source(name, text, tuple(sorted(free_names(text))))


def _write_used(
    name: str, value: object, function: Callable[..., Any], encoder: Encoder, student_has: Callable[[str, object], bool]
) -> Node:
    if isinstance(value, types.ModuleType):
        if value.__name__.split(".")[0] in ("torch", "numpy", "math"):
            return ["module", value.__name__]
        raise UnsupportedValueError(
            f"a test sends the student {_describe(function)}, which uses the module {name!r}: "
            "such a function may use torch, NumPy and math alone"
        )
    return ["name", name] if student_has(name, value) else encoder.write(value)


def _look_up(function: types.FunctionType, name: str) -> object:
    cells: Mapping[str, types.CellType] = dict(
        zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    )
    if name in cells:
        return cells[name].cell_contents
    try:
        return function.__globals__[name]
    except KeyError:
        raise UnsupportedValueError(
            f"a test sends the student {_describe(function)}, which uses the unknown name {name!r}"
        ) from None


def _find(code: types.CodeType) -> ast.FunctionDef | ast.Lambda | None:
    text = "".join(linecache.getlines(code.co_filename))
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = ast.parse("")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name and _first_line(node) == code.co_firstlineno:
            return node
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and _is_body_of(code, node):
            return node
    return None


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _is_body_of(code: types.CodeType, node: ast.Lambda) -> bool:
    # The last operation of a lambda has the position of its body; no other lambda's body has this position.
    body = node.body
    return (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in set(code.co_positions())


def _describe(function: Any) -> str:  # noqa: ANN401 - anything
    name = getattr(function, "__name__", "")
    return f"the function {name!r}" if name else f"a {type(function).__name__}"
