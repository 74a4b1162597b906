"""Folders and names that cannot be worked with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from autograder.build.lab_text import lab_names
from autograder.course.course import Course
from autograder.course.folder_checks import check_course_path, check_name, require_readable
from autograder.errors import ExpectedError


@contextmanager
def not_root() -> Iterator[None]:
    """Root may read everything: for a moment this is somebody else."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder to which all the way is open."""
    with TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", ["course", "50% off", "Kurs für Ana", "a{b}", "(2)", "a]b"])
def test_a_folder_may_have_almost_any_name(name: str) -> None:
    check_course_path(Path("/courses") / name)
    check_name(name, Path("/courses"))


@pytest.mark.parametrize("name", ["a[b]", "new\nline", "caf\udce9", "\x1b[31mred"])
def test_a_folder_in_which_nbgrader_finds_nothing_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(ExpectedError, match="The path of the course's folder") as told:
        Course.open(tmp_path / name)
    assert told.value.cure == "Rename that folder."


@pytest.mark.parametrize("closed", ["submitted", "submitted/amy", "source", "source/lab"])
def test_a_closed_folder_does_not_count_as_empty(open_folder: Path, closed: str) -> None:
    for folder in ("source/lab", "submitted/amy/lab", "submitted/ben/lab"):
        (open_folder / folder).mkdir(parents=True)
        (open_folder / folder / "lab.ipynb").touch()
    (open_folder / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Course.open(open_folder)
    (open_folder / closed).chmod(0o000)
    with not_root(), pytest.raises(ExpectedError, match=f"{closed} may not be read by you") as told:
        course.students("lab") if closed.startswith("submitted") else course.labs()
    assert f"chmod -R u+rwX {open_folder / closed}" in told.value.cure
    (open_folder / closed).chmod(0o755)
    with not_root():
        assert course.students("lab") == ["amy", "ben"]
        assert course.labs() == ["lab"]


def test_a_closed_folder_of_texts_is_told(open_folder: Path) -> None:
    (open_folder / "course").mkdir(mode=0o000)
    with not_root(), pytest.raises(ExpectedError, match="course may not be read"):
        lab_names(open_folder)


def test_what_is_missing_is_not_closed(tmp_path: Path) -> None:
    require_readable(tmp_path / "gone", deep=True)
