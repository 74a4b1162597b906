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


def describe_error(error: BaseException, exported: ExportedObjects | None = None, depth: int = 0) -> dict[str, Node]:
    """Write an exception.

    Args:
        error: the exception.
        exported: where the judge may ask for more; None if it won't.
        depth: how many errors it is the cause of.

    Returns:
        ``types``, the names of its classes; ``message``; ``traceback``, the student's part of it; and if the judge may
        ask for more: ``class``, the number of its class; ``classes``, descriptions of those that the judge does not
        know yet; ``number``, its own; ``args`` and ``attributes``, as far as they are plain; ``cause``; ``group``, the
        errors of an exception group.
    """
    try:
        message = str(error)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
        message = "(it has no readable message)"
    described: dict[str, Node] = {
        "types": describe_types(type(error)),
        "message": message,
        "traceback": _student_frames(error)[:_LONGEST_MESSAGE],
    }
    if exported is None:
        return described
    if isinstance(error, ExceptionGroup):
        described["message"] = error.message[:_LONGEST_MESSAGE]
    classes = exported.describe_class(type(error))
    cause = error.__cause__
    return described | {
        "class": exported.keep(type(error)),
        "classes": classes,
        # What is kept here keeps the frames of its traceback, too.
        "number": None if type(error).__module__ == "builtins" else exported.keep(error),
        "args": list(error.args) if all(map(_is_plain, error.args)) else None,
        "attributes": {
            name: value for name, value in list(vars(error).items())[:_MOST_PARTS] if _is_plain(name) and _is_plain(value)
        },
        "cause": None if cause is None or depth >= _DEEPEST else describe_error(cause, exported, depth + 1),
        "group": [describe_error(one, exported, _DEEPEST) for one in error.exceptions[:_MOST_PARTS]]
        if isinstance(error, ExceptionGroup)
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
    return "\n".join(lines)
