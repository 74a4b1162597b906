from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.build.lab_text import LabText, lab_names, read_lab_text
from autograder.course.instructor_cells import instructor_cell
from autograder.errors import ExpectedError


def test_a_text_becomes_a_valid_notebook(read_lab: Callable[[str], LabText], source_text: str) -> None:
    lab_text = read_lab(source_text)
    nbformat.validate(lab_text.notebook)
    assert [cell.cell_type for cell in lab_text.notebook.cells] == [
        *("markdown", "code", "code", "code", "markdown", "markdown"),
    ]
    assert lab_text.notebook.metadata.kernelspec.name == "python3"
    assert lab_text.notebook.cells[2].source.startswith("def square(x):")


def test_each_cell_has_its_location(read_lab: Callable[[str], LabText], source_text: str) -> None:
    lab_text = read_lab(source_text)
    lines = source_text.splitlines()
    for cell, location in zip(lab_text.notebook.cells, lab_text.locations, strict=True):
        assert lines[location.line - 1].startswith("# %%")
        assert lines[location.first_line - 1].removeprefix("# ") == cell.source.split("\n")[0]
    assert lab_text.location_of("square").cell == "cell 'square'"
    assert lab_text.location_of("no such cell").line == 1


def test_tags_stay_and_layout_notes_go(read_lab: Callable[[str], LabText]) -> None:
    lab_text = read_lab('# %% A title tags=["nbval-ignore-output"]\nx = 1\n# %%\n\n\ny = 2\n')
    assert [cell.metadata for cell in lab_text.notebook.cells] == [{"tags": ["nbval-ignore-output"]}, {}]


def test_a_test_can_be_tagged_for_the_wall(read_lab: Callable[[str], LabText]) -> None:
    header = '# %% tags=["autograder:wall"] nbgrader={"grade_id": "t", "grade": true, "points": 1}'
    (node,) = read_lab(f"{header}\nassert f\n").notebook.cells
    assert instructor_cell(node).wall_only


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('# %% tags=["autograder:walls"]\nx = 1\n', "line 1, cell 1: it has the tag 'autograder:walls'"),
        ('# %%\nx = 1\n# %% tags=["autograder:wall"]\nx = 1\n', "line 3, cell 2: .* but it is no test"),
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
def test_a_malformed_text_is_refused(read_lab: Callable[[str], LabText], text: str, problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem):
        read_lab(text)


def test_a_lab_that_is_not_there_is_named_with_those_that_are(write_lab: Callable[..., Path]) -> None:
    with pytest.raises(ExpectedError, match="circles") as refusal:
        read_lab_text(write_lab(), "circles")
    assert "squares" in refusal.value.cure


def test_a_lab_cannot_be_a_path(write_lab: Callable[..., Path]) -> None:
    with pytest.raises(ExpectedError, match="not a lab's name"):
        read_lab_text(write_lab(), "../squares")


def test_a_text_in_another_encoding_is_refused(write_lab: Callable[..., Path]) -> None:
    root = write_lab()
    (root / "course" / "squares.py").write_bytes(b"# %%\nx = '\xff'\n")
    with pytest.raises(ExpectedError, match="cannot be read"):
        read_lab_text(root, "squares")


def test_a_course_without_labs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="no lab"):
        lab_names(tmp_path)


TEXT = '# %%\na = 1\n\n# %%\nb = 2\n\n# %% nbgrader={"grade_id": "c", "solution": true}\nc = 3\n\n# %%\na = 1\n'


def ids(lab_text: LabText) -> list[str]:
    return [cell.id for cell in lab_text.notebook.cells]


def test_ids_are_unique_and_the_same_every_time(read_lab: Callable[[str], LabText]) -> None:
    first = ids(read_lab(TEXT))
    assert len(set(first)) == len(first)
    assert first == ids(read_lab(TEXT))


def test_a_graded_cell_is_called_by_its_grade_id(read_lab: Callable[[str], LabText]) -> None:
    assert ids(read_lab(TEXT))[2] == "c"
    assert ids(read_lab(TEXT.replace("c = 3", "c = 4")))[2] == "c"


def test_editing_a_cell_leaves_its_neighbours_ids_alone(read_lab: Callable[[str], LabText]) -> None:
    before, after = ids(read_lab(TEXT)), ids(read_lab(TEXT.replace("b = 2", "b = 20")))
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert before[2:] == after[2:]


def test_a_new_cell_leaves_the_others_ids_alone(read_lab: Callable[[str], LabText]) -> None:
    assert ids(read_lab("# %%\nnew = 0\n\n" + TEXT))[1:] == ids(read_lab(TEXT))
