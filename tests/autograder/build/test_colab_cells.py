"""The badge and the installation cell: made from one table, put after the title, ignored by grading."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.build.build import read_with_colab_cells
from autograder.build.colab_cells import BADGE, INSTALLATION, Origin, add_colab_cells, read_origin
from autograder.build.conversion import open_course
from autograder.build.lab_text import LabText
from autograder.build.trial import cells_of
from autograder.errors import ExpectedError
from autograder.repair import repair_notebook
from autograder.untrusted.notebooks import ParsedNotebook
from autograder.untrusted.submitted_metadata import claims_of

TABLE = '[tool.gradlab]\nrepository = "https://github.com/us/course"\n'
ORIGIN = Origin("us/course", "main", "gradlab @ git+https://github.com/us/course")
RELEASED = "release/squares/squares.ipynb"


def settings(root: Path, text: str) -> Path:
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    return root


def ids(lab_text: LabText) -> list[str]:
    return [cell.id for cell in lab_text.notebook.cells]


def test_a_course_that_says_nothing_has_no_such_cells(tmp_path: Path) -> None:
    assert read_origin(tmp_path) is None
    assert read_origin(settings(tmp_path, '[project]\nname = "course"\n')) is None


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (TABLE, replace(ORIGIN, line=1)),
        ("[project]\n\n" + TABLE, replace(ORIGIN, line=3)),
        (
            TABLE + 'branch = "2026/spring"\n',
            Origin("us/course", "2026/spring", "gradlab @ git+https://github.com/us/course@2026/spring"),
        ),
        (TABLE + 'package = "gradlab>=1,<2"\n', Origin("us/course", "main", "gradlab>=1,<2")),
        (TABLE.replace("course", "course.git"), Origin("us/course", "main", f"{ORIGIN.package}.git")),
        (
            '[tool.gradlab]\nrepository = "https://gitlab.example.org/a/b/c"\n',
            Origin(None, "main", "gradlab @ git+https://gitlab.example.org/a/b/c"),
        ),
    ],
)
def test_the_table_says_all(tmp_path: Path, text: str, origin: Origin) -> None:
    assert read_origin(settings(tmp_path, text)) == origin


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tool.gradlab]\n", "line 1: .* names no repository"),
        ("\n" + TABLE + 'adress = "x"\n', "line 2: .* has no 'adress'"),
        ("[tool]\ngradlab = 3\n", "no table"),
        (TABLE + "branch = 3\n", "3 is no branch"),
        (TABLE + "package = '''gradlab\"; import os'''\n", "is no package"),
        (TABLE + 'package = "gradlab $(reboot)"\n', "is no package"),
        ('[tool.gradlab]\nrepository = "git@github.com:us/course"\n', "is no repository"),
        ('[tool.gradlab]\nrepository = "https://us:key@github.com/us/course"\n', "is no repository"),
        ("[tool.gradlab\n", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem):
        read_origin(settings(tmp_path, text))


def test_they_stand_behind_the_title_and_leave_all_else_alone(
    read_lab: Callable[[str], LabText], source_text: str
) -> None:
    lab_text = read_lab(source_text)
    opened = add_colab_cells(lab_text, ORIGIN, RELEASED)
    assert ids(opened) == [ids(lab_text)[0], BADGE, INSTALLATION, *ids(lab_text)[1:]]
    assert len(opened.locations) == len(ids(opened))
    assert opened.location_of("square") == lab_text.location_of("square")
    assert opened.location_of(INSTALLATION).file == "pyproject.toml"
    nbformat.validate(opened.notebook)
    assert BADGE not in ids(lab_text)


def test_without_a_title_they_stand_at_the_top(read_lab: Callable[[str], LabText]) -> None:
    for text in ("# %%\nx = 1\n", "# %% [markdown]\n# Some words.\n\n# %%\nx = 1\n"):
        assert ids(add_colab_cells(read_lab(text), ORIGIN, RELEASED))[:2] == [BADGE, INSTALLATION]


def test_elsewhere_than_on_github_there_is_no_badge(read_lab: Callable[[str], LabText], source_text: str) -> None:
    opened = add_colab_cells(read_lab(source_text), replace(ORIGIN, github=None), RELEASED)
    assert INSTALLATION in ids(opened)
    assert BADGE not in ids(opened)


def test_a_lab_cannot_take_their_ids(read_lab: Callable[[str], LabText]) -> None:
    lab_text = read_lab(f'# %% nbgrader={{"grade_id": "{INSTALLATION}", "locked": true}}\nx = 1\n')
    with pytest.raises(ExpectedError, match=f"line 1, cell '{INSTALLATION}': the build gives this id"):
        add_colab_cells(lab_text, ORIGIN, RELEASED)


@pytest.mark.parametrize("lost", [(BADGE, INSTALLATION), (INSTALLATION,), ()])
def test_a_submission_without_them_is_mended_without_a_word(
    lost: tuple[str, ...], read_lab: Callable[[str], LabText], source_text: str
) -> None:
    released = add_colab_cells(read_lab(source_text), ORIGIN, RELEASED).notebook
    kept = nbformat.from_dict(released)
    kept.cells = [cell for cell in kept.cells if cell.id not in lost]
    reading = ParsedNotebook(cells_of(kept), tuple(map(claims_of, kept.cells)))
    mended = repair_notebook("squares", reading, cells_of(released))
    assert mended.repairs == ()
    assert mended.flags == ()
    assert [cell.cell_id for cell in mended.cells] == [cell.id for cell in kept.cells]


def test_a_build_begins_with_them(write_lab: Callable[..., Path], source_text: str) -> None:
    course = open_course(settings(write_lab(source_text), TABLE).resolve())
    made = read_with_colab_cells(course, "squares").notebook
    assert [cell.id for cell in made.cells[1:3]] == [BADGE, INSTALLATION]
    assert f"/us/course/blob/main/{RELEASED})" in made.cells[1].source
    assert made.cells[1].metadata == made.cells[2].metadata == {"deletable": False, "editable": False}
