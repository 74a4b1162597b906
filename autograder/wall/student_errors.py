"""How the student's side describes what student code raised."""

import traceback
from typing import Any

from autograder.wall.student_objects import ExportedObjects, describe_types
from autograder.wall.values import Node

_LONGEST_MESSAGE = 10_000
_MOST_PARTS = 20
_DEEPEST = 3
_PLAIN = (bool, int, float, str, bytes, type(None))
_CELL = "<ipython-input-"


def describe_error(error: BaseException, exported: ExportedObjects | None = None) -> dict[str, Node]:
    """Write an exception.

    Args:
        error: the exception.
        exported: where the judge may ask for more; None if it won't.

    Returns:
        ``types``, the names of its classes; ``message``; ``traceback``, the student's part of it; and if the judge may
        ask for more: ``class``, the number of its class; ``classes``, descriptions of those that the judge does not
        know yet; ``number``, its own; ``args`` and ``attributes``, as far as they are plain; ``cause``; ``group``, the
        errors of an exception group.
    """
    if exported is None:
        return _describe(error)
    classes: list[Node] = []
    described = _describe_further(error, exported, classes, 0)
    return described | {"classes": classes}


def _describe(error: BaseException) -> dict[str, Node]:
    try:
        # The text of a SyntaxError names the file, too.
        message = str(error.msg if isinstance(error, SyntaxError) else error)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
        message = "(it has no readable message)"
    return {
        "types": describe_types(type(error)),
        "message": message,
        "traceback": _student_frames(error)[:_LONGEST_MESSAGE],
    }


def _describe_further(
    error: BaseException, exported: ExportedObjects, classes: list[Node], depth: int
) -> dict[str, Node]:
    described = _describe(error)
    classes += exported.describe_class(type(error))
    cause = error.__cause__
    grouped = isinstance(error, ExceptionGroup) and depth == 0
    if isinstance(error, ExceptionGroup):
        described["message"] = error.message[:_LONGEST_MESSAGE]
    attributes = list(vars(error).items())[:_MOST_PARTS]
    return described | {
        "class": exported.keep(type(error)),
        # What is kept here keeps the frames of its traceback, too.
        "number": None if type(error).__module__ == "builtins" else exported.keep(error),
        "args": list(error.args) if all(map(_is_plain, error.args)) else None,
        "attributes": {name: value for name, value in attributes if _is_plain(name) and _is_plain(value)},
        "cause": _describe_further(cause, exported, classes, depth + 1) if cause and depth < _DEEPEST else None,
        "group": [_describe_further(one, exported, classes, depth + 1) for one in error.exceptions[:_MOST_PARTS]]
        if grouped and isinstance(error, ExceptionGroup)
        else None,
    }


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - any value
    if type(value) in (str, bytes):
        return len(value) < _LONGEST_MESSAGE
    return type(value) in _PLAIN and (type(value) is not int or -(2**63) <= value < 2**63)


def _student_frames(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = []
    for frame in frames[-30:]:
        if frame.filename.startswith(_CELL):
            cell = frame.filename.removeprefix(_CELL).split("-")[0]
            line = f"Cell In[{cell}], line {frame.lineno}"
            where = line if frame.name in ("<module>", "<cell line: 1>") else f"{line}, in {frame.name}"
            lines.append(f"{where}\n    {frame.line}")
    if isinstance(error, SyntaxError) and str(error.filename).startswith(_CELL):
        cell = str(error.filename).removeprefix(_CELL).split("-")[0]
        lines.append(f"Cell In[{cell}], line {error.lineno}\n    {str(error.text or '').strip()}")
    return "\n".join(lines)
