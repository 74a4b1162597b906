"""Which lab's notebook a file is, by its name or by its cells."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.collect.notebooks import Labs
from autograder.course.course import Course
from autograder.course.recognition import NotebookName
from autograder.errors import ExpectedError

LABS = Labs(
    {"05_descent": ["05_descent"], "minimum": ["minimum"], "06_minimum": ["06_minimum"], "two": ["a", "b"], "a": ["a"]}
)
DESCENT, MINIMUM = NotebookName("05_descent", "05_descent"), NotebookName("06_minimum", "06_minimum")


@pytest.mark.parametrize(
    ("path", "lab"),
    [
        ("06_minimum.ipynb", "06_minimum"),
        ("06 Minimum.ipynb", "06_minimum"),
        ("06_minimum-2.ipynb", "06_minimum"),
        ("Copy of 06_minimum (1).ipynb", "06_minimum"),
        ("minimum.ipynb", "minimum"),
        ("ada_06_minimum.ipynb", "06_minimum"),
        ("06_minimum_ada.ipynb", "06_minimum"),
        ("05_descent.ipynb.txt", "05_descent"),
        ("b.ipynb", "two"),
        ("two/a.ipynb", "two"),
        ("a/a.ipynb", "a"),
        ("a.ipynb", None),
        ("Untitled.ipynb", None),
        ("06_minimum.py", None),
        ("06_minimums.ipynb", None),
    ],
)
def test_the_best_name_says_which(path: str, lab: str | None) -> None:
    notebook = LABS.by_name(tuple(path.split("/")))
    assert (notebook.lab if notebook else None) == lab


def test_the_only_notebook_of_the_only_lab() -> None:
    assert Labs({"x": ["n"]}, only="x").single() == NotebookName("x", "n")
    assert Labs({"x": ["n"]}).single() is None
    assert Labs({"x": ["n", "m"]}, only="x").single() is None


def test_a_lab_that_is_not_there_is_told(course: Course) -> None:
    assert Labs.of(course).names == ("05_descent", "06_minimum")
    with pytest.raises(ExpectedError, match="There is no lab '06_minimun'"):
        Labs.of(course, "06_minimun")


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
def labs(tmp_path: Path) -> Labs:
    write(tmp_path / "05.ipynb", ["fit", "train", "shared"], [paragraph("descent"), paragraph("rates")])
    write(tmp_path / "06.ipynb", ["surface", "descend", "shared"], [paragraph("minima"), paragraph("basins")])
    return Labs({}, sources={DESCENT: tmp_path / "05.ipynb", MINIMUM: tmp_path / "06.ipynb"})


@pytest.mark.parametrize(
    ("ids", "texts", "notebook"),
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
    labs: Labs, tmp_path: Path, ids: list[str], texts: list[str], notebook: NotebookName | None
) -> None:
    assert labs.by_contents([("Untitled.ipynb", write(tmp_path / "Untitled.ipynb", ids, texts))])[0] == notebook


def test_without_metadata_the_paragraphs_tell(labs: Labs, tmp_path: Path) -> None:
    bare = write(tmp_path / "colab.ipynb", ["fit", "train"], [paragraph("descent")], metadata=False)
    assert labs.by_contents([(bare.name, bare)])[0] == DESCENT


def test_what_cannot_be_read_is_no_labs(labs: Labs, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_bytes(b'{"cells": [')
    assert labs.by_contents([(broken.name, broken)])[0] is None
    broken.write_bytes(b"[" * 100_000)
    assert labs.by_contents([(broken.name, broken)])[0] is None


def test_a_source_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / "05.ipynb").write_text("{", encoding="utf-8")
    good = write(tmp_path / "06.ipynb", ["surface"], [])
    labs = Labs({}, sources={DESCENT: tmp_path / "05.ipynb", MINIMUM: good})
    assert labs.by_contents([(good.name, good)])[0] == MINIMUM
