"""What converters, version control and old programs make of a notebook."""

import json
from copy import deepcopy

import jupytext
import nbformat

from tests.mangled.mangling import (
    CellNode,
    Change,
    Mangling,
    Notebook,
    as_bytes,
    both,
    each,
    grade_id,
    is_solution,
    text,
    without_ids,
)


def _nbstripout(notebook: Notebook) -> Notebook:
    """nbstripout: no outputs, cell ids counted from 0, other tools' metadata kept."""
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = str(number)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        for key in ("collapsed", "scrolled", "trusted", "ExecuteTime"):
            cell["metadata"].pop(key, None)
    return notebook


def _jupytext(form: str) -> Change:
    """Out to a text format and back, as pairing does it when the notebook's own file is lost."""

    def round_trip(notebook: Notebook) -> Notebook:
        text_form = jupytext.writes(nbformat.from_dict(notebook), form)
        made: Notebook = json.loads(nbformat.writes(jupytext.reads(text_form, form), version=4))
        return made

    return round_trip


def _format(minor: int) -> Change:
    return lambda notebook: without_ids(notebook, minor)


def _format_3(notebook: Notebook) -> bytes:
    """What nbconvert --to notebook --nbformat 3 writes."""
    made = nbformat.convert(nbformat.from_dict(without_ids(notebook, 4)), 3)
    return json.dumps(made).encode()


def _format_2(notebook: Notebook) -> bytes:
    made = json.loads(_format_3(notebook))
    return json.dumps(made | {"nbformat": 2, "nbformat_minor": 0}).encode()


def _schema(version: int) -> Change:
    """nbgrader's metadata as its earlier versions wrote them."""

    def older(cell: CellNode) -> None:
        said = cell["metadata"].get("nbgrader")
        if said is None:
            return
        said.pop("task", None)
        said["schema_version"] = version
        if version < 2:
            said.pop("cell_type", None)
        if version == 0:
            said.pop("schema_version")
            said.pop("checksum", None)
            if "points" in said:
                said["points"] = str(said["points"])

    return each(older)


def _without(*names: str) -> Change:
    def forget(cell: CellNode) -> None:
        for name in names:
            cell["metadata"].get("nbgrader", {}).pop(name, None)

    return each(forget)


def _nbdev_conflict(notebook: Notebook) -> Notebook:
    """nbdev's merge driver leaves both sides of a conflict, as whole cells between marks."""
    made = []
    for cell in notebook["cells"]:
        if is_solution(cell) and grade_id(cell) == "slope":
            theirs = deepcopy(cell) | {"source": 'def slope(f, x, h):\n    """The slope of f between x and x + h."""'}
            theirs["source"] += "\n    # YOUR CODE HERE\n    raise NotImplementedError()"
            made += [text("`<<<<<<< HEAD`"), cell, text("`=======`"), theirs, text("`>>>>>>> origin/main`")]
        else:
            made.append(cell)
    return notebook | {"cells": made}


def _union(notebook: Notebook) -> Notebook:
    """git's union merge of a notebook with itself: cells of both sides, with the same ids."""
    return notebook | {"cells": [copy for cell in notebook["cells"] for copy in (cell, deepcopy(cell))]}


def _widgets(notebook: Notebook) -> Notebook:
    """The state of widgets, saved: 30 MB, most of it in a few texts."""
    state = {
        f"{number:032x}": {"model_module": "@jupyter-widgets/base", "state": {"value": "0123456789" * 3_000}}
        for number in range(1_000)
    }
    kept = {"application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2, "version_minor": 0}}
    return notebook | {"metadata": notebook["metadata"] | {"widgets": kept}}


def _long_outputs(notebook: Notebook) -> Notebook:
    """A loop that printed for an hour."""
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "another line of output\n" * 400_000}]
    return notebook


def _missing_fields(notebook: Notebook) -> Notebook:
    return {"cells": [{key: cell[key] for key in ("cell_type", "metadata", "source")} for cell in notebook["cells"]]}


def _bom(notebook: Notebook) -> bytes:
    return b"\xef\xbb\xbf" + as_bytes(notebook)


def _windows_lines(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return as_bytes(notebook).replace(b"\n", b"\r\n")


def _encoded(encoding: str) -> Change:
    return lambda notebook: as_bytes(notebook).decode().encode(encoding)


def _followed_by(garbage: bytes) -> Change:
    return lambda notebook: as_bytes(notebook) + garbage


def _raw_tabs(notebook: Notebook) -> bytes:
    tab = text("A\ttab")
    return as_bytes(notebook | {"cells": [tab, *notebook["cells"]]}).replace(b"A\\ttab", b"A\ttab")


_LOST = "had lost its nbgrader id"
_BEHIND = "Behind the notebook's end"
TOOLS = [
    Mangling("nbstripout", _nbstripout),
    *(Mangling(f"jupytext {form}", _jupytext(form)) for form in ("py:percent", "py:light", "md", "Rmd")),
    *(Mangling(f"format 4.{minor}", _format(minor)) for minor in range(5)),
    Mangling("format 3", _format_3),
    Mangling("format 2", _format_2),
    *(Mangling(f"nbgrader's schema {version}", _schema(version)) for version in (0, 1, 2)),
    Mangling("no points in the metadata", _without("points")),
    Mangling("no flags in the metadata", _without("grade", "solution", "locked", "task")),
    Mangling("no id in the metadata", _without("grade_id"), _LOST),
    Mangling("no id in the metadata, no cell ids", both(_without("grade_id"), _format(4)), _LOST),
    Mangling("nbdev's merge driver", _nbdev_conflict, "An unchanged copy of the cell 'slope' was left out."),
    Mangling("a union merge", _union, "stood on several cells"),
    Mangling("30 MB of widget state", _widgets),
    Mangling("9 MB of output", _long_outputs),
    Mangling("no field that isn't needed", _missing_fields),
    Mangling("a byte order mark", _bom),
    Mangling("Windows' line ends", _windows_lines),
    Mangling("UTF-16", _encoded("utf-16"), "written in UTF-16"),
    Mangling("UTF-16 without a mark", _encoded("utf-16-le"), "written in UTF-16"),
    Mangling("Windows-1252", _encoded("cp1252"), "written in Windows-1252"),
    Mangling("zero bytes behind the end", _followed_by(b"\0" * 4096)),
    Mangling("a web page behind the end", _followed_by(b"\n</pre></body></html>\n"), _BEHIND),
    Mangling("another notebook behind the end", lambda notebook: as_bytes(notebook) * 2, _BEHIND),
    Mangling("raw tabs in texts", _raw_tabs),
]
