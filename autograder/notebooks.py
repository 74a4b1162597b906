"""Notebook files as cells: read from bytes that nobody vouches for."""

import json
import math
import os
import re
import stat
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import nbformat
import nbformat.reader

from autograder.cells import Cell, Role

LARGEST_FILE = 64 * 1024**2
"""Bytes of the largest notebook file that is read."""
MOST_CELLS = 2_000
"""Cells of the longest notebook that is read."""

RASTER_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

_FILTERS = Lock()
_KINDS = frozenset({"code", "markdown", "raw"})
_PYTHON = frozenset({"python", "python3", "ipython"})
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_GRADE_ID = 256


class Quarantine(Exception):  # noqa: N818 - it names what happens to the submission
    """A submitted notebook cannot be read, so nothing in it can be graded.

    Args:
        file: the file's name, as its owner knows it.
        reason: what is wrong with it, one clause.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}."


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings about what somebody else wrote; threads wait for one another, as Python's filters are shared."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(path: Path) -> tuple[Cell, ...]:
    """Read a submitted notebook file; links and devices are not followed.

    Raises:
        Quarantine: it cannot be read as a Python notebook.
    """
    return parse(read_bytes(path), path.name)


def read_bytes(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Read a regular file of bounded size without following a link in its last part.

    Raises:
        Quarantine: it is missing, is no regular file, or is too large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Quarantine(path.name, f"the file cannot be opened ({error.strerror})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Quarantine(path.name, "it is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise Quarantine(path.name, f"the file is larger than {largest // 1024**2} MiB")
    return content


def parse(content: bytes, file: str) -> tuple[Cell, ...]:
    """Turn a notebook's bytes into cells, dropping outputs and all metadata but nbgrader's.

    Ids, roles and points are what the file claims: `autograder.repair` believes none of them.

    Args:
        content: the file's bytes: JSON in UTF-8, nbformat 4 or older.
        file: the file's name, for the reason.

    Returns:
        The cells, in order.

    Raises:
        Quarantine: it is no Python notebook, or too large to be one.
    """
    if len(content) > LARGEST_FILE:
        raise Quarantine(file, f"the file is larger than {LARGEST_FILE // 1024**2} MiB")
    notebook = _modern(_loaded(content, file), file)
    _require_python(notebook, file)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Quarantine(file, "it has no list of cells, so it is not a notebook")
    if len(cells) > MOST_CELLS:
        raise Quarantine(file, f"it has {len(cells):,} cells; more than {MOST_CELLS:,} are not read")
    return tuple(_cell(cell, place, file) for place, cell in enumerate(cells, start=1))


def cell_from(node: Mapping[str, Any]) -> Cell:
    """Turn one nbformat 4 cell, whose types have been checked, into a `Cell`."""
    metadata = node.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    claims: Mapping[str, Any] = nbgrader if isinstance(nbgrader, Mapping) else {}
    role = _role(claims)
    kind = node.get("cell_type")
    if kind not in _KINDS:
        kind = "code" if "outputs" in node else "markdown"
    return Cell(
        kind=str(kind),
        role=role,
        source=_clean(_joined(node.get("source", ""))),
        grade_id=_grade_id(claims) if role is not Role.FREE else None,
        points=_points(claims) if role in (Role.TEST, Role.ANSWER, Role.TASK) else 0.0,
        cell_id=_cell_id(node.get("id")),
        attachments=_attachments(node.get("attachments")) if kind == "markdown" else None,
    )


def _loaded(content: bytes, file: str) -> dict[str, Any]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Quarantine(file, "it is not text in UTF-8, so it is not a notebook") from None
    if not text.strip():
        raise Quarantine(file, "the file is empty")
    try:
        loaded = json.loads(text)
    except RecursionError:
        raise Quarantine(file, "its JSON is nested too deeply to be a notebook") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" starting at")
        raise Quarantine(file, f"it is not valid JSON (line {error.lineno}: {what})") from None
    except ValueError:
        raise Quarantine(file, "it is not valid JSON (a number in it is too long)") from None
    if not isinstance(loaded, dict):
        raise Quarantine(file, f"it holds a JSON {_json_type(loaded)}, not a notebook")
    return loaded


def _json_type(value: object) -> str:
    return {list: "list", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


def _modern(notebook: dict[str, Any], file: str) -> dict[str, Any]:
    major = notebook.get("nbformat", 3 if "worksheets" in notebook else 4)
    newest = nbformat.current_nbformat
    if not isinstance(major, int) or isinstance(major, bool) or not 1 <= major <= newest:
        raise Quarantine(file, f"its notebook format {str(major)[:20]!r} is not one of 1 to {newest}")
    if major == newest:
        return notebook
    try:
        with quiet():
            return dict(nbformat.convert(nbformat.reader.reads(json.dumps(notebook)), newest))
    except RecursionError:
        raise Quarantine(file, "its JSON is nested too deeply to be a notebook") from None
    except Exception as error:  # noqa: BLE001 - nbformat's old converters fail in any way on malformed fields
        raise Quarantine(
            file, f"it is in the old notebook format {major} and cannot be upgraded ({type(error).__name__})"
        ) from None


def _require_python(notebook: Mapping[str, Any], file: str) -> None:
    metadata = notebook.get("metadata")
    if not isinstance(metadata, Mapping):
        return
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        described = metadata.get(section)
        language = described.get(key) if isinstance(described, Mapping) else None
        if isinstance(language, str) and language and language.lower() not in _PYTHON:
            raise Quarantine(file, f"it is written in {language[:40]!r}, not in Python")


def _cell(cell: object, place: int, file: str) -> Cell:
    if not isinstance(cell, Mapping):
        raise Quarantine(file, f"its cell {place} is a JSON {_json_type(cell)}, not a cell")
    source = cell.get("source", "")
    if not isinstance(source, str) and not (isinstance(source, list) and all(isinstance(line, str) for line in source)):
        raise Quarantine(file, f"the text of its cell {place} is not text")
    return cell_from(cell)


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _clean(text: str) -> str:
    # JSON can hold half a surrogate pair, which nothing after us could write down again.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _role(claims: Mapping[str, Any]) -> Role:
    grade, solution, locked, task = (claims.get(key) is True for key in ("grade", "solution", "locked", "task"))
    if task:
        return Role.TASK
    if solution:
        return Role.ANSWER if grade else Role.SOLUTION
    if grade:
        return Role.TEST
    return Role.LOCKED if locked else Role.FREE


def _grade_id(claims: Mapping[str, Any]) -> str | None:
    grade_id = claims.get("grade_id")
    return _clean(grade_id) if isinstance(grade_id, str) and 0 < len(grade_id) <= _LONGEST_GRADE_ID else None


def _points(claims: Mapping[str, Any]) -> float:
    points = claims.get("points")
    if isinstance(points, bool) or not isinstance(points, int | float):
        return 0.0
    try:
        number = float(points)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _cell_id(cell_id: object) -> str | None:
    return cell_id if isinstance(cell_id, str) and _CELL_ID.fullmatch(cell_id) else None


def _attachments(attachments: object) -> dict[str, dict[str, str]] | None:
    if not isinstance(attachments, Mapping):
        return None
    kept = {
        _clean(str(name)): {
            kind: data
            for kind, data in images.items()
            if kind in RASTER_IMAGES and isinstance(data, str) and BASE64.fullmatch(data)
        }
        for name, images in attachments.items()
        if isinstance(images, Mapping)
    }
    return {name: images for name, images in kept.items() if images} or None
