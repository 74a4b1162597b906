"""Which lab's notebook a file is, by what it holds."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.collect.contents import Contents
from autograder.collect.findings import Place

DESCENT, MINIMUM = Place("05_descent", "05_descent"), Place("06_minimum", "06_minimum")


def write(path: Path, ids: list[str], texts: list[str], *, metadata: bool = True) -> Path:
    cells = [new_markdown_cell(text) for text in texts]
    for grade_id in ids:
        cell = new_code_cell("x = 1")
        if metadata:
            cell.metadata["nbgrader"] = {
                "grade_id": grade_id,
                "grade": True,
                "solution": False,
                "locked": True,
                "points": 1,
                "schema_version": 3,
            }
        cells.append(cell)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def paragraph(word: str) -> str:
    return f"# {word}\n\nA paragraph about {word}, long enough to be nobody else's."


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    write(tmp_path / "05.ipynb", ["fit", "train", "shared"], [paragraph("descent"), paragraph("rates")])
    write(tmp_path / "06.ipynb", ["surface", "descend", "shared"], [paragraph("minima"), paragraph("basins")])
    return Contents({DESCENT: tmp_path / "05.ipynb", MINIMUM: tmp_path / "06.ipynb"})


@pytest.mark.parametrize(
    ("ids", "texts", "place"),
    [
        (["fit", "train", "shared"], [], DESCENT),
        (["surface", "descend"], ["short"], MINIMUM),
        ([], [paragraph("minima"), "and a thought of my own about what all of this means"], MINIMUM),
        (["shared"], [], None),
        (["fit", "train", "surface", "descend"], [], None),
        ([], ["x"], None),
    ],
)
def test_half_of_the_cells_are_enough(
    contents: Contents, tmp_path: Path, ids: list[str], texts: list[str], place: Place | None
) -> None:
    assert contents.place(write(tmp_path / "Untitled.ipynb", ids, texts)) == place


def test_without_metadata_the_paragraphs_tell(contents: Contents, tmp_path: Path) -> None:
    bare = write(tmp_path / "colab.ipynb", ["fit", "train"], [paragraph("descent")], metadata=False)
    assert contents.place(bare) == DESCENT


def test_what_cannot_be_read_is_no_labs(contents: Contents, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_bytes(b'{"cells": [')
    assert contents.place(broken) is None
    broken.write_bytes(b"[" * 100_000)
    assert contents.place(broken) is None


def test_a_source_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "05.ipynb").write_text("{", encoding="utf-8")
    good = write(tmp_path / "06.ipynb", ["surface"], [])
    contents = Contents({DESCENT: tmp_path / "05.ipynb", MINIMUM: good})
    assert contents.place(good) == MINIMUM
