"""Ways to damage a notebook that know what a notebook is."""

import json
import math
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Notebook = dict[str, Any]
Mutation = Callable[[Random, Notebook], Notebook]
ByteMutation = Callable[[Random, bytes, bytes], bytes]

_TEXTS = [
    "",
    " ",
    "x",
    "half",
    "\0",
    "\ud800",
    "\N{ZERO WIDTH SPACE}",
    "\u202e",
    "../../x",
    "ｌａｂ",
    "é",
    "e\u0301",
    "a" * 5000,
]
_FIELDS = ["cell_type", "source", "metadata", "outputs", "id", "attachments", "execution_count"]
_CLAIMS = ["grade", "solution", "locked", "task", "points", "grade_id", "checksum", "schema_version", "cell_type"]
_SOURCES = [
    "%%time\n",
    "%%bash\n",
    "%%capture x\n",
    "!ls\n",
    "?\n",
    "# coding: latin-1\n",
    "\t\n",
    "<<<<<<< HEAD\n",
    "raise SystemExit\n",
    "1 / 0\n",
    "import os; os._exit(3)\n",
    "quit()\n",
    "print('x' * 10_000_000)\n",
    "del rise\n",
    "await undefined\n",
]


def value(random: Random, depth: int = 3) -> Any:
    """Any JSON value, mostly of another type than the field's."""
    simple = [None, True, False, 0, 1, -1, 2**70, 0.5, 1e308, -0.0, math.nan, math.inf, random.choice(_TEXTS)]
    if depth and random.random() < 0.3:
        return [value(random, depth - 1) for _ in range(random.randrange(4))]
    if depth and random.random() < 0.3:
        names = [*_FIELDS, *_CLAIMS, "nbgrader", *_TEXTS]
        return {random.choice(names): value(random, depth - 1) for _ in range(random.randrange(4))}
    return random.choice(simple)


def _cells(notebook: Notebook) -> list[Any]:
    found = notebook.get("cells")
    return found if isinstance(found, list) else []


def _cell(random: Random, notebook: Notebook) -> dict[str, Any]:
    """One of the cells, or a stray one where none is left."""
    whole = [cell for cell in _cells(notebook) if isinstance(cell, dict)]
    return random.choice(whole) if whole else {}


def _claims(random: Random, notebook: Notebook) -> dict[str, Any]:
    metadata = [cell.get("metadata") for cell in _cells(notebook) if isinstance(cell, dict)]
    found = [item["nbgrader"] for item in metadata if isinstance(item, dict) and isinstance(item.get("nbgrader"), dict)]
    return random.choice(found) if found else {}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def swap_cells(random: Random, notebook: Notebook) -> Notebook:
    cells = _cells(notebook)
    if len(cells) > 1:
        one, other = random.sample(range(len(cells)), 2)
        cells[one], cells[other] = cells[other], cells[one]
    return notebook


def shuffle_cells(random: Random, notebook: Notebook) -> Notebook:
    random.shuffle(_cells(notebook))
    return notebook


def drop_cells(random: Random, notebook: Notebook) -> Notebook:
    share = random.random()
    return notebook | {"cells": [cell for cell in _cells(notebook) if random.random() > share / 2]}


def copy_cells(random: Random, notebook: Notebook) -> Notebook:
    """Some cells come again, anywhere."""
    cells = _cells(notebook)
    for cell in random.choices(cells, k=random.choice([1, 2, 5, 50])) if cells else []:
        cells.insert(random.randrange(len(cells) + 1), deepcopy(cell))
    return notebook


def retype_cells(random: Random, notebook: Notebook) -> Notebook:
    for cell in _cells(notebook):
        if isinstance(cell, dict) and random.random() < 0.3:
            cell["cell_type"] = random.choice(["code", "markdown", "raw", "heading", "video", None, 5])
    return notebook


def join_cells(random: Random, notebook: Notebook) -> Notebook:
    cells = _cells(notebook)
    for _ in range(random.choice([1, 3, len(cells)])):
        place = random.randrange(len(cells) - 1) if len(cells) > 1 else None
        if place is not None and isinstance(cells[place], dict) and isinstance(cells[place + 1], dict):
            keeps = random.choice([cells[place], cells[place + 1]])
            keeps["source"] = _source(cells[place]) + random.choice(["\n", "\n\n", ""]) + _source(cells[place + 1])
            cells[place : place + 2] = [keeps]
    return notebook


def split_cells(random: Random, notebook: Notebook) -> Notebook:
    """Cells are cut in two, anywhere."""
    made = []
    for cell in _cells(notebook):
        text = _source(cell) if isinstance(cell, dict) else ""
        if text and random.random() < 0.3:
            place = random.randrange(len(text))
            made += [cell | {"source": text[:place]}, deepcopy(cell) | {"source": text[place:]}]
        else:
            made.append(cell)
    return notebook | {"cells": made}


def edit_source(random: Random, notebook: Notebook) -> Notebook:
    """The text of a cell changes: a line more, a line less, noise, or endless."""
    cell = _cell(random, notebook)
    text = _source(cell)
    lines = text.split("\n")
    place = random.randrange(len(lines))
    cell["source"] = random.choice(
        [
            random.choice(_SOURCES) + text,
            text + "\n" + random.choice(_SOURCES),
            "\n".join(lines[:place] + lines[place + 1 :]),
            "\n".join([*lines[:place], random.choice(_TEXTS), *lines[place:]]),
            unicodedata.normalize(random.choice(["NFD", "NFKD", "NFKC"]), text),
            text + "\n#" + "x" * random.choice([1_000, 100_000, 3_000_000]),
            text.replace("    ", "\t"),
            text.splitlines(keepends=True),
        ]
    )
    return notebook


def lose_metadata(random: Random, notebook: Notebook) -> Notebook:
    """Some metadata, ids or whole fields go."""
    field = random.choice([*_FIELDS, "nbgrader"])
    for cell in _cells(notebook):
        if isinstance(cell, dict) and random.random() < 0.7:
            holder = cell.get("metadata") if field == "nbgrader" else cell
            if isinstance(holder, dict):
                holder.pop(field, None)
    return notebook


def forge_claims(random: Random, notebook: Notebook) -> Notebook:
    claims = _claims(random, notebook)
    for _ in range(random.choice([1, 1, 4])):
        claims[random.choice(_CLAIMS)] = random.choice([True, False, 1000, value(random)])
    return notebook


def swap_claims(random: Random, notebook: Notebook) -> Notebook:
    """Two cells change what they claim, or one takes the other's id."""
    one, other = _claims(random, notebook), _claims(random, notebook)
    for name in random.choice([["grade_id"], _CLAIMS]):
        one[name], other[name] = other.get(name), one.get(name)
    return notebook


def wrong_types(random: Random, notebook: Notebook) -> Notebook:
    """Fields of a cell, or of the notebook, hold anything."""
    if random.random() < 0.7:
        _cell(random, notebook)[random.choice(_FIELDS)] = value(random)
    else:
        notebook[random.choice(["nbformat", "nbformat_minor", "metadata", "cells", "worksheets", "x"])] = value(random)
    return notebook


def stray_cells(random: Random, notebook: Notebook) -> Notebook:
    """Values that are no cells stand among the cells, and cells of the student's own."""
    own = {"cell_type": "code", "source": random.choice(_SOURCES), "metadata": {}, "outputs": []}
    for _ in range(random.choice([1, 3])):
        _cells(notebook).insert(
            random.randrange(len(_cells(notebook)) + 1), random.choice([own, own, own, value(random)])
        )
    return notebook


def outputs(random: Random, notebook: Notebook) -> Notebook:
    """A cell has outputs of any kind and size."""
    text = "2.0\n" * random.choice([1, 100_000])
    made = [
        {"output_type": "stream", "name": "stdout", "text": text},
        {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}, "execution_count": 1},
        {"output_type": "display_data", "data": {"text/html": "<script>x</script>"}, "metadata": value(random)},
        value(random),
    ]
    _cell(random, notebook)["outputs"] = random.sample(made, random.randrange(1, len(made)))
    return notebook


def older_format(random: Random, notebook: Notebook) -> Notebook:
    """The notebook says that it is older, and may look like it."""
    cells = _cells(notebook)
    if random.random() < 0.5:
        return notebook | {"nbformat": random.choice([1, 2, 3, 4]), "nbformat_minor": random.randrange(8)}
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell["input"] = cell.pop("source", "")
    rest = {name: item for name, item in notebook.items() if name != "cells"}
    return rest | {"nbformat": random.choice([2, 3]), "worksheets": [{"cells": cells, "metadata": {}}]}


STRUCTURAL: tuple[Mutation, ...] = (
    swap_cells,
    shuffle_cells,
    drop_cells,
    copy_cells,
    retype_cells,
    join_cells,
    split_cells,
    edit_source,
    lose_metadata,
    forge_claims,
    swap_claims,
    wrong_types,
    stray_cells,
    outputs,
    older_format,
)


def flip_bytes(random: Random, content: bytes, _: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice([1, 1, 10])):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def flip_letters(random: Random, content: bytes, _: bytes) -> bytes:
    """Some bytes are other letters, so that the file is still text."""
    changed = bytearray(content)
    for _ in range(random.choice([1, 3, 30])):
        changed[random.randrange(len(changed))] = random.choice(b'abcxyz019_ "{}[],:')
    return bytes(changed)


def truncate(random: Random, content: bytes, _: bytes) -> bytes:
    return content[: random.randrange(len(content))]


def splice(random: Random, content: bytes, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return content[: random.randrange(len(content))] + other[random.randrange(len(other)) :]


def append(random: Random, content: bytes, other: bytes) -> bytes:
    """Something stands behind the end, or before the beginning."""
    noise = random.choice([b"\0" * 100, b"}", b"\n" * 10, b"\xef\xbb\xbf", other, b"<html>"])
    return noise + content if random.random() < 0.3 else content + noise


def recode(random: Random, content: bytes, _: bytes) -> bytes:
    """The file is in another encoding."""
    encoding = random.choice(["utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "utf-7", "utf-8-sig"])
    return content.decode("utf-8", "replace").encode(encoding, "replace")


BYTES: tuple[ByteMutation, ...] = (flip_bytes, flip_letters, truncate, splice, append, recode)


def as_json(notebook: Notebook, random: Random) -> bytes:
    """A notebook as some tool writes it."""
    text = json.dumps(notebook, indent=random.choice([None, 1]), ensure_ascii=random.choice([True, False]))
    return text.encode("utf-8", "surrogatepass")
