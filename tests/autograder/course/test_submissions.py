"""Folders as students and learning platforms leave them."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat import v4 as notebook_format

from autograder.cells import Cell, Lab, LabNotebook, Role
from autograder.course.course import Course
from autograder.course.submissions import read_submission, working_files
from autograder.untrusted import files
from autograder.untrusted.file_names import rank
from autograder.untrusted.files import Quarantine

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
    left = "The file 'Copy of 06_minimum.ipynb' was left aside for '06_minimum.ipynb'."
    assert (submission.all_repairs, submission.missing, submission.unreadable) == ((left,), (), ())


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


@pytest.mark.parametrize(
    ("file", "name", "fits"),
    [
        ("06_minimum.ipynb", "06_minimum", True),
        ("lab-1 (1).ipynb", "lab-1", True),
        ("lab-1 (1).ipynb", "lab-2", False),
        ("lab-1.ipynb", "lab", True),
        ("06 Minimum - Copy (2).ipynb", "06_minimum", True),
        ("jane_4711_assignsubmission_file_06_minimum.ipynb", "06_minimum", True),
        ("06_minimum.IPYNB.txt", "06_minimum", True),
        ("other.ipynb", "06_minimum", False),
        # Each gap between words could belong to either: to try all of them would take for ever.
        ("x" + " copy" * 49 + "!.ipynb", "x", False),
    ],
)
def test_names_fit_or_not(file: str, name: str, fits: bool) -> None:
    assert (rank(file, name) is not None) is fits


def test_of_two_names_that_fit_the_nearer_is_taken(tmp_path: Path) -> None:
    lab = Lab("lab", tuple(replace(LAB.notebooks[0], name=name) for name in ("lab-1", "lab-2")), {})
    _put(tmp_path, "lab-2 (1).ipynb", "second = 2")
    _put(tmp_path, "lab-1-Copy1.ipynb", "first = 1")
    assert [notebook.cells[0].source for notebook in read_submission(tmp_path, lab).notebooks] == [
        "first = 1",
        "second = 2",
    ]


def test_where_names_say_nothing_the_content_does(tmp_path: Path) -> None:
    released = (Cell("code", Role.FREE, "x = 1"), Cell("code", Role.SOLUTION, "y = 2", "y"))
    lab = Lab("lab", (LabNotebook("06_minimum", (), released),), {})
    _put(tmp_path, "Untitled.ipynb", "scratch = 5")
    _put(tmp_path, "Untitled1.ipynb", "x = 1")
    (tmp_path / "Untitled2.ipynb").write_text("{")
    submission = read_submission(tmp_path, lab)
    assert submission.notebooks[0].cells[0].source == "x = 1"
    assert submission.repairs == ("The file 'Untitled1.ipynb' was taken for '06_minimum.ipynb'.",)


def test_a_folder_or_a_link_named_like_the_notebook(tmp_path: Path) -> None:
    _put(tmp_path, "06_minimum.ipynb/06_minimum.ipynb")
    assert read_submission(tmp_path, LAB).notebooks
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "06_minimum.ipynb").symlink_to(tmp_path / "06_minimum.ipynb" / "06_minimum.ipynb")
    ((_, reason),) = read_submission(linked, LAB).unreadable
    assert "it is a link" in reason
    pipe = tmp_path / "pipe"
    pipe.mkdir()
    os.mkfifo(pipe / "06_minimum.ipynb")
    ((_, reason),) = read_submission(pipe, LAB).unreadable
    assert "not a regular file" in reason


def test_a_hard_link_is_flagged(tmp_path: Path) -> None:
    _put(tmp_path, "other/mine.ipynb")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "06_minimum.ipynb").hardlink_to(tmp_path / "other" / "mine.ipynb")
    assert "hard link" in read_submission(tmp_path / "here", LAB).all_flags[0]


def test_an_archive_is_named_in_the_cure(tmp_path: Path) -> None:
    (tmp_path / "06_minimum.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(Quarantine, match=r"Unpack '06_minimum\.zip'"):
        read_submission(tmp_path, LAB)


def _deep(folder: Path, depth: int) -> None:
    """Make folders in one another; below the longest path only descriptors reach."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_a_tree_deeper_than_python_can_walk(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    _put(folder, "06_minimum.ipynb")
    _deep(folder, 3000)
    try:
        assert read_submission(folder, LAB).notebooks
        assert working_files(Course.open(make_course()), LAB, folder) == {}
    finally:
        # pytest cannot remove it either.
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_of_a_crowd_of_files_some_are_read(make_course: MakeCourse, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    _put(folder, "06_minimum.ipynb")
    for number in range(files.MOST_FILES):
        (folder / f"x{number}.csv").touch()
    for number in range(100):
        (folder / f"x{number}.ipynb").touch()
    submission = read_submission(folder, LAB)
    assert "more than" in submission.all_flags[0]
    assert 0 < len(working_files(Course.open(make_course()), LAB, folder)) <= files.MOST_FILES


def test_a_sparse_file_is_left_out_unread(make_course: MakeCourse, tmp_path: Path) -> None:
    (tmp_path / "small.txt").write_text("x")
    with (tmp_path / "giant.bin").open("wb") as file:
        file.truncate(2**40)
    assert working_files(Course.open(make_course()), LAB, tmp_path).keys() & {"giant.bin", "small.txt"} == {"small.txt"}
    (tmp_path / "giant.bin").rename(tmp_path / "06_minimum.ipynb")
    ((_, reason),) = read_submission(tmp_path, LAB).unreadable
    assert "larger than" in reason


def test_a_name_that_is_no_text_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "\udce9\n06_minimum.ipynb").write_text("{")
    submission = read_submission(tmp_path, LAB)
    for sentence in (*submission.repairs, submission.unreadable[0][1]):
        assert sentence.isprintable()
        assert sentence.encode()
