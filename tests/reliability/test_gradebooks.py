"""Gradebooks that are locked, damaged, or of another age: one message with the cure, and nothing changed."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.reliability.class_course import assert_explained, database, grade, gradebook, make_class, written

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gradebooks")]


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    """A class of 3 that was graded."""
    root = make_class(tmp_path_factory.mktemp("class") / "course", blank_gradebook, 3)
    code, _, err = grade(root, "--sandbox", "none")
    assert code == 0, err
    return root


@pytest.fixture
def course(graded_class: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(graded_class, tmp_path / "course")


def refused(root: Path) -> str:
    """What the grader says when it can't go on."""
    code, out, err = grade(root, "--sandbox", "none")
    assert (code, out) == (1, ""), err
    assert_explained(err)
    assert "gradebook.db" in err
    return " ".join(err.split())


def test_a_locked_gradebook_is_waited_for_and_then_told(course: Path) -> None:
    before = gradebook(course)
    with closing(sqlite3.connect(course / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = refused(course)
        other.execute("ROLLBACK")
    assert "is locked by another program, and stayed so for 5 seconds" in told
    assert "Close what uses it" in told
    assert gradebook(course) == before


def test_a_gradebook_that_is_damaged_is_told_and_left_alone(course: Path) -> None:
    path = course / "gradebook.db"
    for content in (b"this is no database" * 500, path.read_bytes()[:5000] + b"\xff" * 40_000):
        path.write_bytes(content)
        told = refused(course)
        assert "is damaged" in told
        assert "Put back the last good copy" in told
        assert path.read_bytes() == content


def test_a_gradebook_of_an_older_nbgrader_is_told_with_the_way_to_renew_it(course: Path) -> None:
    with database(course) as connection:
        connection.execute("ALTER TABLE submitted_assignment DROP COLUMN extension")
    assert "nbgrader db upgrade" in refused(course)


def test_a_lost_gradebook_is_made_anew_from_what_is_kept(course: Path) -> None:
    before = written(course)
    (course / "gradebook.db").unlink()
    code, _, err = grade(course, "--sandbox", "none")
    assert code == 0, err
    assert written(course) == before
