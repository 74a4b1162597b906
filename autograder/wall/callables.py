"""Functions and classes of the judge's that a test hands to the student's side.

A function is sent by name if the student's side has the same one or can import it, else as source text; it may use
plain data, other such functions and classes, and every module that the student's side can import. Anything else is
refused: when the lab is built, not when it is graded.
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
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from autograder.python_names import free_names
from autograder.wall.codec import Encoder
from autograder.wall.errors import UnsupportedValueError
from autograder.wall.values import LIBRARY_NAMES, Node

_LIBRARIES = (torch, torch.nn.functional, math, numpy, operator, builtins)
# What the student's side has under these names is not what the judge has.
_OWN_MODULES = ("__main__", "autograder", "builtins")
_MADE_BY_OPERATOR = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
_IMMUTABLE = (str, bytes, int, float, complex, tuple, frozenset)
_READING_METHODS = frozenset({"get", "__getitem__", "__contains__", "index", "count", "keys", "values", "items"})
_DEFAULT = "_default_"

StudentHas = Callable[[str, object], bool]


def write_function(
    function: Any,  # noqa: ANN401 - anything that can be called
    encoder: Encoder,
    student_has: StudentHas,
) -> Node:
    """Write a function or a class for the student's side.

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
    if isinstance(function, _MADE_BY_OPERATOR):
        parts: Any = function.__reduce__()
        return ["made", ["imported", "operator", type(function).__name__], encoder.write(list(parts[1]))]
    for library in _LIBRARIES:
        if getattr(library, name, None) is function:
            return ["imported", library.__name__, name]
    if isinstance(function, types.MethodDescriptorType) and _is_builtin(function.__objclass__):
        return ["imported", "builtins", function.__qualname__]
    place = _place_in_library(function, name)
    if place is not None:
        return ["imported", *place]
    if isinstance(function, types.BuiltinMethodType) and _only_reads(function):
        return ["method", encoder.write(function.__self__), name]
    if hasattr(function, "cache_info") and isinstance(getattr(function, "__wrapped__", None), types.FunctionType):
        # A cache changes no result.
        return write_function(function.__wrapped__, encoder, student_has)
    if not isinstance(function, (types.FunctionType, type)):
        raise UnsupportedValueError(
            f"a test sends the student {_describe(function)}, which exists on the judge's side only"
        )
    return _Texts(encoder, student_has).write(function)


def _is_builtin(kind: type) -> bool:
    return getattr(builtins, kind.__name__, None) is kind


def _only_reads(method: types.BuiltinMethodType) -> bool:
    return isinstance(method.__self__, _IMMUTABLE) or (
        type(method.__self__) in (list, dict) and method.__name__ in _READING_METHODS
    )


def _place_in_library(function: Any, name: str) -> tuple[str, str] | None:  # noqa: ANN401 - anything that can be called
    """The module in which a function or a class of a library is found, and its name there; None if it is in none."""
    module, qualified = getattr(function, "__module__", None), getattr(function, "__qualname__", name)
    if isinstance(module, str) and _is_shared(module) and _is_at(function, module, qualified):
        return module, qualified
    if isinstance(function, (types.FunctionType, type)) or not name:
        return None
    # Functions written in C don't all know their module: a ufunc of scipy.special, ``random.random``.
    places = [
        other
        for other, found in list(sys.modules.items())
        if isinstance(found, types.ModuleType) and _is_shared(other) and vars(found).get(name) is function
    ]
    return (
        (min(places, key=lambda place: ("._" in place or place.startswith("_"), len(place))), name) if places else None
    )


def _is_shared(module: str) -> bool:
    return module.partition(".")[0] not in _OWN_MODULES and module in sys.modules


def _is_at(value: object, module: str, qualified: str) -> bool:
    try:
        return functools.reduce(getattr, qualified.split("."), sys.modules[module]) is value
    except AttributeError:
        return False


@dataclass
class _Texts:
    """Writes a function or a class as source text, with the functions and classes that it uses.

    Functions that call each other are defined by one text, in which each finds the others.

    Attributes:
        encoder: writes the plain data that they use.
        student_has: see `write_function`.
        texts: what is defined so far: a name, and the object and the text that defines it. In the order in which
            they must be defined.
        used: the other names that they use, with what the student's side has for them.
        values: these names, with their values.
    """

    encoder: Encoder
    student_has: StudentHas
    texts: dict[str, tuple[object, str]] = field(default_factory=dict)
    used: dict[str, Node] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)

    def write(self, function: Any) -> Node:  # noqa: ANN401 - a function or a class
        """Write it."""
        name = self._add(function, None)
        text = "\n".join(text for _, text in self.texts.values())
        return ["source", name, text, [[free, node] for free, node in self.used.items()]]

    def _add(self, function: Any, known_as: str | None) -> str:  # noqa: ANN401 - a function or a class
        source = _read_class(function) if isinstance(function, type) else read_source(function.__code__)
        if source is None:
            raise UnsupportedValueError(
                f"a test sends the student {_describe(function)}, whose source text can't be found"
            )
        name, text = source.name, source.text
        if known_as not in (None, name):
            text = f"{text}\n{known_as} = {name}"
            name = known_as or name
        self.texts[name] = function, ""
        for free in source.free:
            value = _look_up(function, free)
            if free not in LIBRARY_NAMES or value is not LIBRARY_NAMES[free]:
                self._use(free, value, function)
        # What it uses stands above it, but for what uses it.
        del self.texts[name]
        self.texts[name] = function, text
        return name

    def _use(self, name: str, value: Any, function: object) -> None:  # noqa: ANN401 - any value
        if name in self.texts and self.texts[name][0] is value:
            return
        if name in self.values and self.values[name] is value:
            return
        if name in self.texts or name in self.values:
            raise UnsupportedValueError(
                f"a test sends the student {_describe(function)}, which uses two objects named {name!r}"
            )
        if isinstance(value, types.ModuleType):
            node: Node = ["module", _module_name(value, name, function)]
        elif self.student_has(name, value):
            node = ["name", name]
        elif _is_own(value) and not name.startswith(_DEFAULT):
            self._add(value, name)
            return
        else:
            node = self.encoder.write(value)
        self.used[name], self.values[name] = node, value


def _is_own(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a value is a function or a class that a cell or a test has defined."""
    if not isinstance(value, (types.FunctionType, type)):
        return False
    return _place_in_library(value, value.__name__) is None and getattr(builtins, value.__name__, None) is not value


def _module_name(module: types.ModuleType, name: str, function: object) -> str:
    if not _is_shared(module.__name__) or sys.modules[module.__name__] is not module:
        raise UnsupportedValueError(
            f"a test sends the student {_describe(function)}, which uses the module {name!r}, "
            "which exists on the judge's side only"
        )
    return module.__name__


@dataclass(frozen=True)
class Source:
    """The source text of a function or a class.

    Attributes:
        name: the name that the text binds.
        text: a statement.
        free: the names that it takes from outside and that are no builtins; ``_default_0`` is the first default.
    """

    name: str
    text: str
    free: tuple[str, ...]


@functools.cache
def read_source(code: types.CodeType) -> Source | None:
    """The source text of a function or a lambda, without its decorators; None if it can't be found.

    Args:
        code: the function's code. Functions with equal code differ only in the values of their free names and of their
            defaults.
    """
    node = _find(code)
    if node is None:
        return None
    _drop_annotations(node)
    arguments = node.args
    # A default has the value that it had when the function was defined.
    arguments.defaults = [ast.Name(f"{_DEFAULT}{index}", ast.Load()) for index in range(len(arguments.defaults))]
    arguments.kw_defaults = [
        None if default is None else ast.Name(f"{_DEFAULT}{argument.arg}", ast.Load())
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if isinstance(node, ast.Lambda):
        name, text = "_function", f"_function = {ast.unparse(node)}"
    else:
        # The function that the code belongs to is what the decorators were given.
        node.decorator_list = []
        name, text = node.name, ast.unparse(node)
    return Source(name, text, tuple(sorted(free_names(text))))


def _drop_annotations(node: ast.AST) -> None:
    """Annotations may use names that the student's side doesn't have, and do nothing there."""
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            part.returns = None


def _read_class(kind: type) -> Source | None:
    """The source text of a class that a cell or a test has defined; None if it can't be found."""
    for method in _methods(kind):
        text = "".join(linecache.getlines(method.__code__.co_filename))
        try:
            nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
        except SyntaxError:
            continue
        line = method.__code__.co_firstlineno
        for node in nodes:
            if node.name == kind.__name__ and node.lineno <= line <= (node.end_lineno or line):
                source = ast.unparse(node)
                return Source(node.name, source, tuple(sorted(free_names(source))))
    return None


def _methods(kind: type) -> list[types.FunctionType]:
    items = [getattr(item, "__func__", None) or getattr(item, "fget", None) or item for item in vars(kind).values()]
    return [item for item in items if isinstance(item, types.FunctionType)]


def _look_up(function: Any, name: str) -> object:  # noqa: ANN401 - a function or a class
    if isinstance(function, type):
        for method in _methods(function):
            try:
                return _look_up(method, name)
            except UnsupportedValueError:
                continue
        raise _unknown(function, name)
    if name.startswith(_DEFAULT):
        key = name.removeprefix(_DEFAULT)
        return function.__defaults__[int(key)] if key.isdigit() else function.__kwdefaults__[key]
    cells: Mapping[str, types.CellType] = dict(
        zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    )
    try:
        return cells[name].cell_contents if name in cells else function.__globals__[name]
    except (KeyError, ValueError):
        raise _unknown(function, name) from None


def _unknown(function: object, name: str) -> UnsupportedValueError:
    return UnsupportedValueError(
        f"a test sends the student {_describe(function)}, which uses the unknown name {name!r}"
    )


def _find(code: types.CodeType) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
    text = "".join(linecache.getlines(code.co_filename))
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = ast.parse("")
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name == code.co_name and _first_line(node) == code.co_firstlineno:
                return node
        elif isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and _is_body_of(code, node):
            return node
    return None


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _is_body_of(code: types.CodeType, node: ast.Lambda) -> bool:
    # The last operation of a lambda has the position of its body; no other lambda's body has this position.
    body = node.body
    return (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in set(code.co_positions())


def _describe(function: Any) -> str:  # noqa: ANN401 - anything
    name = getattr(function, "__name__", "")
    return f"the function {name!r}" if name else f"a {type(function).__name__}"
