"""The outputs that the student's side reports, made safe to store: only nbformat's fields and types are kept."""

import math
import re
from typing import Any

from autograder.verdicts import CellOutcome

_MOST_OUTPUTS = 1_000
_LONGEST_NAME = 200
_MOST_NESTED = 100
_CUT = {"output_type": "stream", "name": "stderr", "text": "… the output of this cell was cut here."}
_JSON = re.compile(r"application/([^/]*\+)?json")


def read_outputs(reported: object, limit: int) -> tuple[dict[str, Any], ...]:
    """Copy the outputs that are well-formed, up to a limit.

    Args:
        reported: what the student's side sent; it may be anything.
        limit: how many characters are kept in all.
    """
    kept, left = [], limit
    outputs = reported if isinstance(reported, list) else []
    for output in outputs[:_MOST_OUTPUTS]:
        clean = _read_output(output) if isinstance(output, dict) else None
        if clean is None:
            continue
        left -= size(clean)
        if left < 0:
            kept.append(_CUT)
            break
        kept.append(clean)
    else:
        if len(outputs) > _MOST_OUTPUTS:
            kept.append(_CUT)
    return tuple(kept)


def read_count(reported: object) -> int | None:
    """The execution count, if it is one."""
    return reported if type(reported) is int and 0 < reported < 2**31 else None


def failed(name: str, message: str) -> CellOutcome:
    """The outcome of a cell that ended with an error that the student's side could not report."""
    line = f"{name}: {message}"
    return CellOutcome(({"output_type": "error", "ename": name, "evalue": message, "traceback": [line]},))


def _read_output(output: dict[Any, Any]) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream":
        return _stream("stderr" if output.get("name") == "stderr" else "stdout", _text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": _text(output.get("ename"))[:_LONGEST_NAME],
            "evalue": _text(output.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    if kind not in ("display_data", "execute_result"):
        return None
    data = output.get("data")
    items = data.items() if isinstance(data, dict) else ()
    kept = [(name, value) for name, value in items if isinstance(name, str) and _fits(name, value)]
    bundle = {_text(name)[:_LONGEST_NAME]: _clean(value) for name, value in kept}
    clean: dict[str, Any] = {"output_type": kind, "data": bundle, "metadata": {}}
    if kind == "execute_result":
        clean["execution_count"] = read_count(output.get("execution_count"))
    return clean


def _fits(name: str, value: object) -> bool:
    # nbformat wants text, or lines of it, for every type that is not JSON.
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines) or (_JSON.fullmatch(name) is not None and _is_json(value))


def _is_json(value: object, depth: int = 0) -> bool:
    if depth > _MOST_NESTED:
        return False
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(item, depth + 1) for name, item in value.items())
    if isinstance(value, list):
        return all(_is_json(item, depth + 1) for item in value)
    if isinstance(value, float):
        # Python writes and reads NaN; a browser can't read a notebook that contains it.
        return math.isfinite(value)
    return isinstance(value, (str, int, bool, type(None)))


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {_text(name): _clean(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _text(value: object) -> str:
    # Lone surrogates are valid in Python and can't be written to a file.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def size(output: dict[str, Any]) -> int:
    """About how many characters an output takes."""
    return len(repr(output))
