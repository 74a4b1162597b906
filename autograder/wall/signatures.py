"""What a test may want to know of a student's function besides what it does: its signature and its text."""

import inspect
import itertools
import linecache
from collections.abc import Callable
from types import CodeType
from typing import Any

from autograder.wall.values import Node

_files = itertools.count(1)
_COUNTS = ("argcount", "posonlyargcount", "kwonlyargcount")
_NAMES = ("varnames", "names")
_LARGEST = 10_000
_FLAGS = (
    inspect.CO_GENERATOR
    | inspect.CO_COROUTINE
    | inspect.CO_ASYNC_GENERATOR
    | inspect.CO_VARARGS
    | inspect.CO_VARKEYWORDS
    | inspect.CO_NESTED
    | inspect.CO_OPTIMIZED
    | inspect.CO_NEWLOCALS
)


def describe_signature(function: Callable[..., Any]) -> list[Any]:
    """The signature of a function as plain data, on the student's side.

    Returns:
        The annotation of the returned value, and for each parameter its name, kind, default and annotation. A default
        or an annotation is a tuple of one value, or an empty one where there is none.
    """
    signature = inspect.signature(function)
    empty = inspect.Signature.empty
    parameters = [
        (p.name, int(p.kind), *(() if item is empty else (item,) for item in (p.default, p.annotation)))
        for p in signature.parameters.values()
    ]
    returned = signature.return_annotation
    # The tuples of the comprehension above stay apart: a default may itself be a tuple.
    return [() if returned is empty else (returned,), parameters]


def read_signature(described: Node) -> inspect.Signature:
    """Read what `describe_signature` wrote.

    Raises:
        ValueError, TypeError: the student's side sent something else.
    """
    returned, parameters = described
    return inspect.Signature(
        [
            inspect.Parameter(name, inspect._ParameterKind(kind), **_given(default=default, annotation=annotation))
            for name, kind, default, annotation in parameters
        ],
        **_given(return_annotation=returned),
    )


def _given(**values: tuple[Any, ...]) -> dict[str, Any]:
    return {name: value[0] for name, value in values.items() if value}


def describe_code(function: Any) -> dict[str, Any]:  # noqa: ANN401 - any function
    """What a test may want to know of a function's code, as plain data, on the student's side."""
    try:
        text = inspect.getsource(function)
    except OSError:
        text = ""
    code = function.__code__
    return {"text": text, "flags": code.co_flags, **{name: getattr(code, f"co_{name}") for name in _COUNTS + _NAMES}}


def code_with_source(name: str, described: Node) -> CodeType:
    """An empty code object for which `inspect.getsource` finds the text of a function. The text is never compiled.

    Args:
        name: what the object is, in words.
        described: what `describe_code` wrote.

    Raises:
        ValueError, TypeError, KeyError: the student's side sent something else.
    """
    file = f"<answer {next(_files)}>"
    text, names = described["text"], {key: described[key] for key in _NAMES}
    counts = {key: described[key] for key in (*_COUNTS, "flags")}
    if type(text) is not str or not all(type(count) is int and 0 <= count < _LARGEST for count in counts.values()):
        raise ValueError("code")
    if not all(type(found) is tuple and all(type(one) is str for one in found) for found in names.values()):
        raise ValueError("names")
    if sum(counts[key] for key in ("argcount", "kwonlyargcount")) > len(names["varnames"]):
        raise ValueError("arguments")
    if text:
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return compile("", file, "exec").replace(
        co_name=name,
        co_firstlineno=1,
        co_nlocals=len(names["varnames"]),
        co_flags=counts.pop("flags") & _FLAGS,
        **{f"co_{key}": value for key, value in (names | counts).items()},
    )
