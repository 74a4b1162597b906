"""The whole build, with the real nbgrader, the real engine and a real kernel."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.build.build import build
from autograder.build.files import contents
from autograder.errors import ExpectedError
from autograder.sandbox.mode import Mode

WriteLab = Callable[..., Path]


def make(root: Path, **options: bool) -> None:
    # The sandbox has tests of its own; here the lab is on trial.
    build(root, mode=Mode.NONE, **options)


def source_of(root: Path, step: str) -> str:
    notebook = nbformat.read(root / step / "squares" / "squares.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


def test_a_lab_is_built_and_stays_the_same(write_lab: WriteLab) -> None:
    root = write_lab()
    (root / "course" / "squares").mkdir()
    (root / "course" / "squares" / "numbers.txt").write_text("1 2 3")
    report = build(root, mode=Mode.NONE)
    (lab,) = report.labs
    assert (lab.name, lab.points, lab.exercises, lab.advice) == ("squares", 6.0, 3, ())

    source, release, solution = (source_of(root, step) for step in ("source", "release", "solutions"))
    assert "return x * x" in source
    assert "torch.tensor(3.0)" in source
    assert "MARK SCHEME" in source
    assert "x * x" not in release
    assert "torch.tensor(3.0)" not in release
    assert "right angles" not in release
    assert "two equal sides" not in release
    assert "return x * x" in solution
    assert "torch.tensor(3.0)" not in solution
    assert "right angles" not in solution
    for step in ("source", "release", "solutions"):
        assert (root / step / "squares" / "numbers.txt").read_text() == "1 2 3"

    first = {step: contents(root / step) for step in ("source", "release", "solutions")}
    make(root)
    assert first == {step: contents(root / step) for step in ("source", "release", "solutions")}
    with sqlite3.connect(root / "gradebook.db") as database:
        assert database.execute("select name from assignment").fetchall() == [("squares",)]
    database.close()


def test_a_check_finds_what_is_out_of_date_and_changes_nothing(write_lab: WriteLab, lab_text: str) -> None:
    root = write_lab()
    report = build(root, check=True)
    assert report.labs[0].outdated == ("source/squares/squares.ipynb", "release/squares/squares.ipynb")
    assert not (root / "source").exists()
    make(root)
    assert build(root, check=True).current

    write_lab(lab_text.replace("x * x", "x**2"))
    before = contents(root)
    report = build(root, check=True)
    assert not report.current
    assert report.labs[0].outdated == ("source/squares/squares.ipynb",)
    assert contents(root) == before


def test_a_check_names_folders_without_a_lab(write_lab: WriteLab) -> None:
    root = write_lab()
    make(root)
    (root / "release" / "circles").mkdir()
    assert build(root, check=True).orphans == ("release/circles",)
    assert build(root, ["squares"], check=True).current


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'assert square(2) == 4, "2 squared is 4"',
            "2",
            r"line 14, cell 'square-test': the released notebook, as it is, earns 2 of 2 points",
        ),
        ("return x * x", "return x + x + 1", r"line 14, cell 'square-test': the worked solution earns 0 of 2 points"),
        (
            "assert square(torch.tensor(3.0)) == 9",
            "assert square(open) == 9",
            r"line 14, cell 'square-test': the test itself breaks",
        ),
        ("### END SOLUTION", "", r"line 10, cell 'square': the solution lines begin here but never end"),
        ('"points": 2', '"locked": true', r"line 14, cell 'square-test': it is graded but has no points"),
        ("# Because a square", "# return x * x\n# Because", r"gives away one of the solution lines"),
    ],
)
def test_a_refused_lab_leaves_everything_as_it_was(
    write_lab: WriteLab, lab_text: str, old: str, new: str, problem: str
) -> None:
    root = write_lab()
    make(root)
    assert old in lab_text
    write_lab(lab_text.replace(old, new))
    before = contents(root)
    with pytest.raises(ExpectedError, match=problem) as refusal:
        make(root)
    assert refusal.value.problem.startswith("course/squares.py, line ")
    assert refusal.value.cure
    assert contents(root) == before


def test_a_lab_that_students_have_handed_in_keeps_its_cells(write_lab: WriteLab, lab_text: str) -> None:
    root = write_lab()
    make(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("squares", "ada")
    write_lab(lab_text.replace("2 squared is 4", "two squared is four"))
    make(root)
    write_lab(lab_text + '\n# %% nbgrader={"grade_id": "more", "grade": true, "points": 1}\nassert square(3) == 9\n')
    before = contents(root)
    with pytest.raises(ExpectedError, match="The gradebook holds submissions to 'squares'"):
        make(root)
    after = contents(root)
    assert {name: after[name] for name in after if name != "gradebook.db"} == {
        name: before[name] for name in before if name != "gradebook.db"
    }


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="not a course"):
        make(tmp_path)


def test_a_header_is_refused(write_lab: WriteLab) -> None:
    with pytest.raises(ExpectedError, match="adds a header or a footer"):
        make(write_lab(configuration='c.IncludeHeaderFooter.header = "header.ipynb"\n'))


def test_a_notebook_among_the_data_is_refused(write_lab: WriteLab) -> None:
    root = write_lab()
    (root / "course" / "squares").mkdir()
    (root / "course" / "squares" / "other.ipynb").write_text("{}")
    with pytest.raises(ExpectedError, match=r"holds a notebook, other\.ipynb"):
        make(root)
