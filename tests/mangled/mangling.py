"""What one mangling is, and small helpers for writing them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Notebook = dict[str, Any]
CellNode = dict[str, Any]
Change = Callable[[Notebook], Notebook | bytes]


@dataclass(frozen=True)
class Mangling:
    """What becomes of an honest notebook on its way from the student's editor to ``submitted/``.

    Attributes:
        name: the editor, tool or mishap.
        change: from the notebook, of which it may keep and change what it likes, to another one or a file's bytes.
        repaired: what one of the repairs must say; empty where nothing needs to be mended.
        file: the file's path below the submission's folder; ``{}`` stands for the notebook's name.
    """

    name: str
    change: Change
    repaired: str = ""
    file: str = "{}.ipynb"

    def content(self, notebook: Notebook) -> bytes:
        return as_bytes(self.change(notebook))


def as_bytes(notebook: Notebook | bytes) -> bytes:
    """A notebook as Jupyter writes it."""
    if isinstance(notebook, bytes):
        return notebook
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def unchanged(notebook: Notebook) -> Notebook:
    """What changes file names alone does to the notebook."""
    return notebook


def each(change: Callable[[CellNode], object]) -> Change:
    """Change each cell in place."""

    def apply(notebook: Notebook) -> Notebook:
        for cell in notebook["cells"]:
            change(cell)
        return notebook

    return apply


def cells(change: Callable[[list[CellNode]], list[CellNode]]) -> Change:
    """Replace the list of cells."""

    def apply(notebook: Notebook) -> Notebook:
        return notebook | {"cells": change(notebook["cells"])}

    return apply


def both(first: Change, second: Change) -> Change:
    def apply(notebook: Notebook) -> Notebook | bytes:
        changed = first(notebook)
        assert isinstance(changed, dict), "bytes can be made by the last change only"
        return second(changed)

    return apply


def without_ids(notebook: Notebook, minor: int) -> Notebook:
    """The notebook in a format before 4.5, in which cells have no ids."""
    for cell in notebook["cells"]:
        cell.pop("id", None)
    return notebook | {"nbformat_minor": minor}


def grade_id(cell: CellNode) -> str | None:
    found: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return found


def is_solution(cell: CellNode) -> bool:
    """Whether it is an answer in code."""
    said = cell["metadata"].get("nbgrader", {})
    return bool(said.get("solution")) and not said.get("grade")


def is_test(cell: CellNode) -> bool:
    said = cell["metadata"].get("nbgrader", {})
    return bool(said.get("grade")) and not said.get("solution")


def is_locked(cell: CellNode) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("locked"))


def code(source: str) -> CellNode:
    """A new code cell without an id, as editors of old formats make it."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def text(source: str) -> CellNode:
    """A new markdown cell without an id."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}
