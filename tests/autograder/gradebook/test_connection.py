"""A gradebook is looked at before it is opened: whoever reads makes nothing, whoever writes spoils nothing."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.errors import ExpectedError
from autograder.gradebook.connection import NoGradebookError, check_ready, reading, writing


@pytest.fixture
def gradebook(blank_gradebook: Path, tmp_path: Path) -> Path:
    """A gradebook without entries, of this test's own."""
    return Path(shutil.copy(blank_gradebook, tmp_path / "gradebook.db"))


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def left_behind(path: Path, copy: Path, *statements: str) -> Sequence[Path]:
    """What a program leaves that is killed while it writes: the file, and the one beside it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)
        beside = [file for file in path.parent.glob(f"{path.name}-*") if not file.name.endswith("-shm")]
        assert beside
        return [
            Path(shutil.copy(file, copy.with_name(file.name.replace(path.name, copy.name)))) for file in (path, *beside)
        ]


def test_whoever_reads_makes_neither_a_table_nor_an_entry(gradebook: Path) -> None:
    before = gradebook.read_bytes()
    with reading(url_of(gradebook)) as opened:
        assert not opened.assignments
    assert gradebook.read_bytes() == before
    assert list(gradebook.parent.iterdir()) == [gradebook]


def test_an_empty_file_is_a_new_gradebook(tmp_path: Path, gradebook: Path) -> None:
    path = tmp_path / "new.db"
    path.touch()
    with pytest.raises(NoGradebookError), reading(url_of(path)):
        pass
    check_ready(url_of(path))
    assert not path.read_bytes()
    with writing(url_of(path), "course") as opened:
        opened.add_student("amy")
    assert tables(path) == tables(gradebook)
    with reading(url_of(path)) as opened:
        assert [student.id for student in opened.students] == ["amy"]


def test_a_gradebook_whose_making_was_broken_off_is_made_whole(gradebook: Path) -> None:
    whole = tables(gradebook)
    with closing(sqlite3.connect(gradebook)) as database:
        for table in ("alembic_version", "comment", "grade"):
            database.execute(f"DROP TABLE {table}")
    with pytest.raises(NoGradebookError), reading(url_of(gradebook)):
        pass
    with writing(url_of(gradebook), "course"):
        pass
    assert tables(gradebook) == whole - {"alembic_version"}


def test_a_gradebook_of_a_writer_that_was_killed_is_brought_in_order(gradebook: Path, tmp_path: Path) -> None:
    with writing(url_of(gradebook), "course") as opened:
        opened.add_student("amy")
    copy = tmp_path / "copy.db"
    spilling = "INSERT INTO student (id) SELECT hex(randomblob(500)) FROM base CROSS JOIN base b CROSS JOIN base c"
    left_behind(
        gradebook,
        copy,
        "PRAGMA cache_size = 2",
        "CREATE TEMP TABLE base AS VALUES (1), (2), (3), (4), (5), (6), (7), (8)",
        "BEGIN",
        spilling,
    )
    with (
        closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database,
        pytest.raises(sqlite3.OperationalError),
    ):
        database.execute("SELECT * FROM student")
    with reading(url_of(copy)) as opened:
        assert [student.id for student in opened.students] == ["amy"]


def test_what_another_program_has_written_last_stays_where_it_is(tmp_path: Path) -> None:
    places = tmp_path / "places.sqlite"
    left = left_behind(
        places, tmp_path / "copy.sqlite", "PRAGMA journal_mode = wal", "CREATE TABLE moz_places (url TEXT)"
    )
    before = [path.read_bytes() for path in left]
    refused = pytest.raises(ExpectedError, match="another program's database, with the tables moz_places")
    with refused, writing(url_of(left[0]), "course"):
        pass
    assert [path.read_bytes() for path in left] == before


def test_a_gradebook_that_may_be_written_is_left_as_it_is(gradebook: Path) -> None:
    before = gradebook.read_bytes()
    check_ready(url_of(gradebook))
    assert gradebook.read_bytes() == before
    assert list(gradebook.parent.iterdir()) == [gradebook]


def test_a_gradebook_that_may_not_be_written_is_told_before_the_work_begins(gradebook: Path) -> None:
    with pytest.raises(ExpectedError, match="may not be written"):
        check_ready(f"sqlite:///file:{gradebook}?mode=ro&uri=true")


def test_a_gradebook_that_is_locked_is_told_before_the_work_begins(gradebook: Path) -> None:
    with closing(sqlite3.connect(gradebook, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ExpectedError, match=r"stayed so for 0\.1 seconds"):
            check_ready(f"{url_of(gradebook)}?timeout=0.1")


def test_nbgrader_opens_what_was_looked_at(gradebook: Path) -> None:
    with writing(url_of(gradebook), "course") as opened:
        assert isinstance(opened, Gradebook)
