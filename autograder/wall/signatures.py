"""What a test may want to know of a student's function besides what it does: its signature and its text."""

import inspect
import itertools
import linecache
from collections.abc import Callable
from types import CodeType
from typing import Any

from autograder.wall.values import Node

_files = itertools.count(1)


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


def code_with_source(name: str, text: str) -> CodeType:
    """An empty code object for which `inspect.getsource` finds this text. The text is never compiled."""
    file = f"<answer {next(_files)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return compile("", file, "exec").replace(co_name=name, co_firstlineno=1)
