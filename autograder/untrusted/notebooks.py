"""Untrusted notebook files, read as cells."""

import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import nbformat
import nbformat.reader

from autograder.cells import Cell, Role
from autograder.untrusted.files import Quarantine, json_type, load, read_bytes
from autograder.untrusted.submitted_metadata import LONGEST_GRADE_ID, Claims, claims_of

MOST_CELLS = 2_000
"""Cells of the longest notebook that is read."""
MOST_TEXT = 16 * 1024**2
"""Characters of all cells of a notebook together: far more than a person types."""

RASTER_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

_FILTERS = Lock()
_KINDS = frozenset({"code", "markdown", "raw"})
# Editors without kernels write "plaintext".
_PYTHON = ("python", "ipython", "xpython", "plaintext")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHECKSUM = re.compile(r"[0-9a-f]{32}")
_ATTACHED_NAME = re.compile(r"[^/\\:\x00-\x1f]{1,200}")
_HAND_IN_NOTEBOOK = "Hand in the notebook itself, as it was released"
_SAVE_AGAIN = "Open it in JupyterLab, save it, and hand it in again"


@dataclass(frozen=True)
class ParsedNotebook:
    """A notebook file that could be read.

    Attributes:
        cells: the cells, in order; ids, roles and points are what the file claims.
        claims: each cell's nbgrader metadata, as the file has them.
        repairs: what had to be repaired to read the file, one sentence each.
    """

    cells: tuple[Cell, ...]
    claims: tuple[Claims, ...]
    repairs: tuple[str, ...] = ()


@contextmanager
def warnings_ignored() -> Iterator[None]:
    """Ignore warnings about a student's code. Python's filters are global, so one thread at a time may."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(path: Path) -> ParsedNotebook:
    """Read a submitted notebook file; links and devices are not followed.

    Raises:
        Quarantine: it cannot be read as a Python notebook.
    """
    return parse(read_bytes(path), path.name)


def parse(content: bytes, file: str) -> ParsedNotebook:
    """Turn a notebook's bytes into cells, dropping outputs and all metadata but nbgrader's.

    Ids, roles and points are what the file claims: `autograder.repair` replaces them by the released ones.

    Args:
        content: the file's bytes: a notebook as JSON, nbformat 4 or older.
        file: the file's name, for the reason.

    Raises:
        Quarantine: it is no Python notebook, or too large to be one.
    """
    document = load(content, file)
    notebook = _upgraded(document.content, file)
    _require_python(notebook, file)
    nodes = notebook.get("cells")
    if not isinstance(nodes, list):
        raise Quarantine(file, "it has no list of cells, so it is not a notebook", _HAND_IN_NOTEBOOK)
    _limit_cells(len(nodes), file)
    cells = tuple(_cell(node, number, file) for number, node in enumerate(nodes, start=1))
    if sum(len(cell.source) for cell in cells) > MOST_TEXT:
        longest = max(range(len(cells)), key=lambda index: len(cells[index].source)) + 1
        raise Quarantine(
            file,
            f"its cells hold more than {MOST_TEXT // 1024**2} million characters of text, "
            f"most of them in cell {longest}",
            "Put data into a file of its own",
        )
    return ParsedNotebook(cells, tuple(claims_of(node) for node in nodes), document.repairs)


def cell_from(node: Mapping[str, Any]) -> Cell:
    """Turn one nbformat 4 cell, whose types have been checked, into a `Cell`."""
    metadata = node.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    claims: Mapping[str, Any] = nbgrader if isinstance(nbgrader, Mapping) else {}
    role = role_of(claims)
    kind = node.get("cell_type")
    if not isinstance(kind, str) or kind not in _KINDS:
        kind = "code" if "outputs" in node else "markdown"
    source: str | list[str] = node.get("source", "")
    return Cell(
        kind=kind,
        role=role,
        source=_clean(source if isinstance(source, str) else "".join(source)),
        grade_id=_grade_id(claims) if role is not Role.FREE else None,
        points=_points(claims) if role in (Role.TEST, Role.ANSWER, Role.TASK) else 0.0,
        cell_id=_cell_id(node.get("id")),
        checksum=_checksum(claims),
        attachments=_attachments(node.get("attachments")) if kind == "markdown" else None,
    )


def _upgraded(notebook: dict[str, Any], file: str) -> dict[str, Any]:
    newest = nbformat.current_nbformat
    major = notebook.get("nbformat", newest)
    if "worksheets" in notebook and "cells" not in notebook:
        major = 2 if major == 2 else 3
    if not isinstance(major, int) or isinstance(major, bool) or not 1 <= major <= newest:
        reason = f"its notebook format {str(major)[:20]!r} is not one of 1 to {newest}"
        raise Quarantine(file, reason, _SAVE_AGAIN)
    if major == newest:
        return notebook
    old = _without_outputs(notebook, major, file)
    try:
        with warnings_ignored():
            return dict(nbformat.convert(nbformat.reader.reads(json.dumps(old)), newest))
    except RecursionError:
        raise Quarantine(file, "its JSON is nested too deeply to be a notebook", _SAVE_AGAIN) from None
    except Exception as error:  # noqa: BLE001 - nbformat's old converters fail in any way on malformed fields
        reason = f"it is in the old notebook format {major} and cannot be upgraded ({type(error).__name__})"
        raise Quarantine(file, reason, _SAVE_AGAIN) from None


def _without_outputs(notebook: dict[str, Any], major: int, file: str) -> dict[str, Any]:
    """An old notebook with the fields that nbformat requires, and without outputs, which may take long to upgrade."""
    sheets = notebook.get("worksheets", [])
    if not isinstance(sheets, list) or not all(isinstance(sheet, dict) for sheet in sheets):
        return notebook
    lists = [sheet.get("cells", []) for sheet in sheets]
    if not all(isinstance(nodes, list) for nodes in lists):
        return notebook
    _limit_cells(sum(map(len, lists)), file)
    bare = [
        [node | {"outputs": []} if isinstance(node, dict) and "outputs" in node else node for node in nodes]
        for nodes in lists
    ]
    whole = {"metadata": {}, "nbformat_minor": 0} | notebook | {"nbformat": major}
    worksheets = [{"cells": nodes, "metadata": {}} for nodes in bare]
    return whole if "cells" in notebook else whole | {"worksheets": worksheets}


def _limit_cells(number: int, file: str) -> None:
    if number > MOST_CELLS:
        reason = f"it has {number:,} cells; more than {MOST_CELLS:,} are not read"
        raise Quarantine(file, reason, "Delete what is no part of the lab")


def _require_python(notebook: Mapping[str, Any], file: str) -> None:
    language = other_language(notebook.get("metadata"))
    if language is not None:
        reason = f"it is written in {language!r}, not in Python"
        raise Quarantine(file, reason, "Choose a Python kernel, run and save it, and hand it in again")


def other_language(metadata: object) -> str | None:
    """The language of a notebook that is not written in Python, by its metadata, cut short; None for Python."""
    if not isinstance(metadata, Mapping):
        return None
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        described = metadata.get(section)
        language = described.get(key) if isinstance(described, Mapping) else None
        if isinstance(language, str) and language and not language.lower().startswith(_PYTHON):
            return language[:40]
    return None


def _cell(cell: object, number: int, file: str) -> Cell:
    if not isinstance(cell, Mapping):
        raise Quarantine(file, f"its cell {number} is a JSON {json_type(cell)}, not a cell", _SAVE_AGAIN)
    source = cell.get("source", "")
    if not isinstance(source, str) and not (isinstance(source, list) and all(isinstance(line, str) for line in source)):
        raise Quarantine(file, f"the text of its cell {number} is not text", _SAVE_AGAIN)
    return cell_from(cell)


def _clean(text: str) -> str:
    # JSON can hold half of a surrogate pair, which cannot be encoded again.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def role_of(claims: Mapping[str, Any]) -> Role:
    """The role that a cell's nbgrader metadata claim; a cell without metadata is free."""
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
    return _clean(grade_id) if isinstance(grade_id, str) and 0 < len(grade_id) <= LONGEST_GRADE_ID else None


def _points(claims: Mapping[str, Any]) -> float:
    points = claims.get("points")
    if isinstance(points, bool) or not isinstance(points, int | float):
        return 0.0
    try:
        number = float(points)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _checksum(claims: Mapping[str, Any]) -> str | None:
    checksum = claims.get("checksum")
    return checksum if isinstance(checksum, str) and _CHECKSUM.fullmatch(checksum) else None


def _cell_id(cell_id: object) -> str | None:
    return cell_id if isinstance(cell_id, str) and _CELL_ID.fullmatch(cell_id) else None


def _attachments(attachments: object) -> dict[str, dict[str, str]] | None:
    if not isinstance(attachments, Mapping):
        return None
    kept = {
        name: {
            kind: data
            for kind, data in images.items()
            if kind in RASTER_IMAGES and isinstance(data, str) and BASE64.fullmatch(data)
        }
        for name, images in ((_clean(str(name)), images) for name, images in attachments.items())
        # A tool that unpacks attachments writes them under these names.
        if isinstance(images, Mapping) and _ATTACHED_NAME.fullmatch(name) and not name.startswith(".")
    }
    return {name: images for name, images in kept.items() if images} or None
