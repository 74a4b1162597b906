from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.build.lesson import Lesson, lab_names, read_lesson
from autograder.errors import ExpectedError


def test_a_text_becomes_a_valid_notebook(read_lab: Callable[[str], Lesson], lab_text: str) -> None:
    lesson = read_lab(lab_text)
    nbformat.validate(lesson.notebook)
    assert [cell.cell_type for cell in lesson.notebook.cells] == [
        *("markdown", "code", "code", "code", "markdown", "markdown"),
    ]
    assert lesson.notebook.metadata.kernelspec.name == "python3"
    assert lesson.notebook.cells[2].source.startswith("def square(x):")


def test_each_cell_knows_its_place(read_lab: Callable[[str], Lesson], lab_text: str) -> None:
    lesson = read_lab(lab_text)
    lines = lab_text.splitlines()
    for cell, place in zip(lesson.notebook.cells, lesson.places, strict=True):
        assert lines[place.line - 1].startswith("# %%")
        assert lines[place.first_line - 1].removeprefix("# ") == cell.source.split("\n")[0]
    assert lesson.place_of("square").cell == "cell 'square'"
    assert lesson.place_of("no such cell").line == 1


def test_tags_stay_and_layout_notes_go(read_lab: Callable[[str], Lesson]) -> None:
    lesson = read_lab('# %% A title tags=["nbval-ignore-output"]\nx = 1\n# %%\n\n\ny = 2\n')
    assert [cell.metadata for cell in lesson.notebook.cells] == [{"tags": ["nbval-ignore-output"]}, {}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import torch\n# %%\nx = 1\n", "line 2: the text has 1 cell headers, but 2 cells"),
        ('# %%\nx = """\n# %% in a string\n"""\n', "the text has 2 cell headers, but 1 cells"),
        ("# ---\n# title: x\n# ---\n# %%\nx = 1\n", "line 4: the text has 1 cell headers, but 2 cells"),
        ("# %% [markdown] nbgrader={bad\n# x\n", "line 1, cell 1: its header cannot be read"),
        (
            '# %% nbgrader={"grade_id": "a"}\nx = 1\n# %% nbgrader={"grade_id": "a"}\ny = 1\n',
            "line 3, cell 'a': line 1 has the same grade id",
        ),
    ],
)
def test_a_malformed_text_is_refused(read_lab: Callable[[str], Lesson], text: str, problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem):
        read_lab(text)


def test_a_lab_that_is_not_there_is_named_with_those_that_are(write_lab: Callable[..., Path]) -> None:
    with pytest.raises(ExpectedError, match="circles") as refusal:
        read_lesson(write_lab(), "circles")
    assert "squares" in refusal.value.cure


def test_a_lab_cannot_be_a_path(write_lab: Callable[..., Path]) -> None:
    with pytest.raises(ExpectedError, match="not a lab's name"):
        read_lesson(write_lab(), "../squares")


def test_a_text_in_another_encoding_is_refused(write_lab: Callable[..., Path]) -> None:
    root = write_lab()
    (root / "course" / "squares.py").write_bytes(b"# %%\nx = '\xff'\n")
    with pytest.raises(ExpectedError, match="cannot be read"):
        read_lesson(root, "squares")


def test_a_course_without_labs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="no lab"):
        lab_names(tmp_path)
