"""Folders as students and learning platforms leave them."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat import v4 as notebook_format

from autograder.cells import Cell, Lab, LabNotebook, Role
from autograder.course import Course
from autograder.documents import Quarantine
from autograder.submissions import read_submission, working_files

MakeCourse = Callable[..., Path]
LAB = Lab("lab", (LabNotebook("06_minimum", (), (Cell("code", Role.FREE, "x = 1"),)),), {})
TWO = Lab("lab", (*LAB.notebooks, LabNotebook("second", (), ())), {})


def _put(folder: Path, name: str, cell: str = "x = 1") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    cells = [notebook_format.new_code_cell(cell)]
    nbformat.write(notebook_format.new_notebook(cells=cells), folder / name)


def test_the_right_name_needs_no_mending(tmp_path: Path) -> None:
    _put(tmp_path, "06_minimum.ipynb")
    _put(tmp_path, "Copy of 06_minimum.ipynb", "y = 2")
    submission = read_submission(tmp_path, LAB)
    assert submission.notebooks[0].cells[0].source == "x = 1"
    assert (submission.all_repairs, submission.missing, submission.unreadable) == ((), (), ())


@pytest.mark.parametrize(
    "name",
    [
        "Copy of 06_minimum.ipynb",
        "Copy of Copy of 06_minimum.ipynb",
        "06_minimum (2).ipynb",
        "06_minimum-Copy1.ipynb",
        "06 Minimum.ipynb",
        "Kopia 06_minimum.ipynb",
        "doe_jane_4711_file_06_minimum.ipynb",
        "doejane_LATE_123_456_06_minimum-1 (1).ipynb",
        "Untitled.ipynb",
        "inside/06_minimum.ipynb",
        "06_minimum.ipynb.ipynb",
    ],
)
def test_other_names_are_mended_and_noted(tmp_path: Path, name: str) -> None:
    _put(tmp_path, name)
    _put(tmp_path, ".ipynb_checkpoints/06_minimum-checkpoint.ipynb", "old")
    submission = read_submission(tmp_path, LAB)
    assert submission.notebooks[0].cells[0].source == "x = 1"
    assert submission.repairs == (f"The file {Path(name).name!r} was taken for '06_minimum.ipynb'.",)


def test_what_is_missing_or_unreadable_is_said(tmp_path: Path) -> None:
    (tmp_path / "06_minimum.ipynb").write_text("{")
    submission = read_submission(tmp_path, TWO)
    assert submission.missing == ("second",)
    ((name, reason),) = submission.unreadable
    assert (name, "not valid JSON" in reason) == ("06_minimum", True)


def test_a_folder_without_a_notebook_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "essay.docx").write_text("x")
    with pytest.raises(Quarantine, match="no notebook of this lab"):
        read_submission(tmp_path, LAB)


def test_the_labs_files_win_unless_the_student_may_replace_them(
    make_course: MakeCourse, make_cell: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    course = Course.open(make_course('c.Autograde.exclude_overwriting = {"lab": ["mine.py", "absent.py"]}'))
    lab = Lab("lab", (), {"data/x.csv": b"true", "mine.py": b"stub", "absent.py": b"stub"})
    folder = tmp_path / "submission"
    for name, text in {"data/x.csv": "forged", "data/x.csv.d/y": "z", "mine.py": "done", "own.txt": "hi"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "lab.ipynb").write_text("{}")
    assert working_files(course, lab, folder) == {
        "data/x.csv": b"true", "data/x.csv.d/y": b"z", "mine.py": b"done", "absent.py": b"stub", "own.txt": b"hi"
    }  # fmt: skip


def test_a_file_cannot_take_the_place_of_a_folder(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    lab = Lab("lab", (), {"data/x.csv": b"true"})
    assert working_files(Course.open(make_course()), lab, tmp_path).keys() >= {"data/x.csv"}
    assert "data" not in working_files(Course.open(make_course()), lab, tmp_path)
