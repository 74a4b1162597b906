"""The course is damaged, or lacks what a command needs."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.application import application
from tests.autograder.cli.wrong_usage import Damage, Wrong, check, configured, folder, put, rows, without

GRADEBOOK = "gradebook.db"
SOURCE = "source/lab/lab.ipynb"
GRADED = "autograded/amy/lab/lab.ipynb"
READERS = ("collect download", "grade lab", "feedback lab", "report lab", "export --to csv", "report --format json")
ONLY_READERS = ("feedback lab", "report lab", "export --to csv", "report --format json")
EVERYBODY = (*READERS, "build")
NO_GRADEBOOK = ("/gradebook.db yet", "autograder grade")
FOREIGN = ("/gradebook.db is no gradebook, but another program's database", "Name another file")
URL = "c.CourseDirectory.db_url = "
EXAMPLE = "Write sqlite:///gradebook.db"


def cut_off(course: Path) -> None:
    """What a full disk leaves of a gradebook."""
    path = course / GRADEBOOK
    path.write_bytes(path.read_bytes()[:5000])


def of_another_version(course: Path) -> None:
    """A gradebook in which assignments, grades and students lack what this nbgrader asks for."""
    places = (("assignment", "duedate"), ("grade", "extra_credit"), ("student", "lms_user_id"))
    change(course / GRADEBOOK, *(f"ALTER TABLE {table} DROP COLUMN {column}" for table, column in places))


def of_a_newer_version(course: Path) -> None:
    """A gradebook whose version this nbgrader has never heard of."""
    change(course / GRADEBOOK, "UPDATE alembic_version SET version_num = 'fedcba987654'")


def damaged_within(course: Path) -> None:
    """A gradebook whose first pages are as they were."""
    path = course / GRADEBOOK
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: size // 2] + b"\xff" * (size - size // 2))


def database_of(*statements: str) -> Damage:
    """A database of another program's in the place of the gradebook."""

    def damage(course: Path) -> None:
        (course / GRADEBOOK).unlink()
        change(course / GRADEBOOK, *statements)

    return damage


def dangling(course: Path) -> None:
    """A link to a gradebook that is not there."""
    (course / GRADEBOOK).unlink()
    (course / GRADEBOOK).symlink_to(course / "moved.db")


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def half_a_result(course: Path) -> None:
    """A page that holds a result in which something is missing."""
    put(GRADED, json.dumps({"metadata": {"gradlab": {}}, "cells": []}))(course)


@rows(
    *(
        Wrong("a gradebook that was cut off", command, "/gradebook.db is damaged", "last good copy", cut_off)
        for command in EVERYBODY
    ),
    *(
        Wrong("no database", command, "/gradebook.db is damaged", "last good copy", put(GRADEBOOK, "Hello" * 300))
        for command in EVERYBODY
    ),
    *(
        Wrong("a folder", command, "/gradebook.db cannot be opened", "written by you", folder(GRADEBOOK))
        for command in EVERYBODY
    ),
    *(
        Wrong("another version's gradebook", command, "another version", "nbgrader db upgrade", of_another_version)
        for command in EVERYBODY
    ),
    *(
        Wrong("a newer version's gradebook", command, "made by a newer nbgrader", "--upgrade", of_a_newer_version)
        for command in ("grade lab", "report lab", "build")
    ),
    Wrong("a gradebook damaged within", "build", "/gradebook.db is damaged", "last good copy", damaged_within),
    *(Wrong("no gradebook", command, *NO_GRADEBOOK, without(GRADEBOOK)) for command in ONLY_READERS),
    *(Wrong("an empty gradebook", command, *NO_GRADEBOOK, put(GRADEBOOK)) for command in ONLY_READERS),
    Wrong("a database without tables", "report lab", *NO_GRADEBOOK, database_of("PRAGMA user_version = 1")),
    Wrong("a link to nowhere", "report lab", "it is a link to", "Mend the link", dangling),
)
def test_gradebooks(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    *(
        Wrong("another program's database", command, *FOREIGN, database_of("CREATE TABLE moz_places (url TEXT)"))
        for command in EVERYBODY
    ),
    *(
        Wrong(
            "another program's database with a log",
            command,
            *FOREIGN,
            database_of("PRAGMA journal_mode = wal", "CREATE TABLE moz_places (url TEXT)"),
        )
        for command in ("grade lab", "report lab")
    ),
    Wrong(
        "another school's database",
        "grade lab",
        "tables course, student",
        "Name another file",
        database_of(*(f"CREATE TABLE {name} (id)" for name in ("course", "student", "alembic_version"))),
    ),
)
def test_databases_of_other_programs(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    Wrong("a syntax error", "grade", "line 3", "Mend the line", configured("c = (")),
    Wrong("an error", "report", "cannot be read: line 3: ZeroDivisionError", "Mend the line", configured("1 / 0")),
    Wrong("a missing library", "export --to csv", "'no_such'", "Mend the line", configured("import no_such")),
    Wrong("an end", "build --check", "cannot be read: line 3: SystemExit", "Mend", configured("raise SystemExit(0)")),
    Wrong("a wrong type", "feedback", "'db_url' trait", "Mend that setting", configured(f"{URL}5")),
    Wrong("a header", "build --check", "adds a header", "Remove", configured("c.IncludeHeaderFooter.header = 'h'")),
    Wrong("no URL", "grade lab", "is no URL", EXAMPLE, configured(f"{URL}'gradebook'")),
    Wrong(
        "a file below none", "report lab", "/gone/g.db cannot", "its folder", configured(f"{URL}'sqlite:///gone/g.db'")
    ),
    Wrong("no file", "report lab", "names no file", EXAMPLE, configured(f"{URL}'sqlite://'")),
    Wrong("no database", "report lab", "begins with http://", EXAMPLE, configured(f"{URL}'http://x.org/y'")),
    Wrong("an old name", "grade lab", "begins with postgres://", EXAMPLE, configured(f"{URL}'postgres://x/y'")),
    Wrong("no such driver", "export --to csv", "postgresql+no://", EXAMPLE, configured(f"{URL}'postgresql+no://h/d'")),
    Wrong("no driver for nbgrader", "grade", "asynchronous", EXAMPLE, configured(f"{URL}'postgresql+asyncpg://h/d'")),
    Wrong("no number", "report", "float: 'abc'", "Mend", configured(f"{URL}'sqlite:///g.db?timeout=abc'")),
    Wrong("no path", "build", "is no URL", EXAMPLE, configured(f"{URL}'sqlite:///g%00.db'")),
    Wrong(
        "no folder to write to", "build", "/gone/g.db cannot", "its folder", configured(f"{URL}'sqlite:///gone/g.db'")
    ),
    Wrong("text that is no TOML", "build --check", "pyproject.toml cannot", "Mend it", put("pyproject.toml", "[")),
)
def test_configurations(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@rows(
    *(
        Wrong("no driver", "report lab", f"its driver {driver} is not installed", "Install it", configured(URL + url))
        for driver, url in (
            ("pyodbc", "'mssql://me:s3cret@example.org/grades'"),
            ("pg8000", "'postgresql+pg8000://me:s3cret@example.org/grades'"),
        )
    )
)
def test_a_password_is_not_told(wrong: Wrong, graded_course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("pyodbc", "pg8000"):
        # Whether or not this machine has it.
        monkeypatch.setitem(sys.modules, driver, None)
    assert "s3cret" not in check(wrong, graded_course)


@rows(
    Wrong("no texts", "build", "There is no lab in course", "write course/LAB.py", without("course")),
    Wrong("a text that is a folder", "build", "course/lab.py cannot be read", "text file", folder("course/lab.py")),
    Wrong("a text in no encoding", "build", "course/lab.py cannot", "UTF-8", put("course/lab.py", b"# %%\n\xff")),
    Wrong("a text without cells", "build --check", "course/lab.py, line 1", "# %%", put("course/lab.py", "Hello")),
    *(
        Wrong("no source", command, "There is no lab in", "autograder build", without("source"))
        for command in ("collect download", "grade", "grade lab", "feedback lab", "report", "report lab")
    ),
    Wrong("a file as source", "grade lab", "There is no lab in", "autograder build", put("source")),
    Wrong("a lab without a notebook", "report lab", "There is no lab in", "a folder of its own", without(SOURCE)),
    Wrong("a notebook that is a folder", "grade lab", "There is no lab", "a folder of its own", folder(SOURCE)),
    *(
        Wrong("no JSON", command, "/lab.ipynb: it cannot be read", "last good copy", put(SOURCE, "Hello"))
        for command in ("grade lab", "feedback lab", "report lab")
    ),
    Wrong("an empty notebook", "grade lab", "/lab.ipynb: it cannot be read", "last good copy", put(SOURCE)),
    Wrong("a list", "report lab", "it is no JSON object", "last good copy", put(SOURCE, "[]")),
    Wrong("bytes", "report lab", "/lab.ipynb: it cannot be read", "last good copy", put(SOURCE, b"\xff\xfe\0")),
    Wrong(
        "no JSON in the release",
        "grade lab",
        "/release/lab/lab.ipynb: it cannot be read",
        "build the lab again",
        put("release/lab/lab.ipynb", "Hello"),
    ),
    Wrong(
        "another release",
        "grade lab",
        "is not the release of",
        "nbgrader generate_assignment lab",
        put("release/lab/lab.ipynb", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'),
    ),
)
def test_labs(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


NOT_GRADED = ("'lab' has not been graded yet", "autograder grade lab")
NOBODY = ("Nobody has submitted anything", "submitted/STUDENT/LAB/LAB.ipynb")


@rows(
    *(Wrong("no submissions", command, *NOBODY, without("submitted")) for command in ("grade", "feedback", "report")),
    Wrong("none of this lab", "grade lab", "Nobody has submitted the lab 'lab'", "STUDENT/lab", without("submitted")),
    Wrong("a file as submissions", "grade lab", "Nobody has submitted", "STUDENT/lab", put("submitted")),
    Wrong("a file as a student", "grade --student amy", "by 'amy'", "There are: ben, cleo", put("submitted/amy")),
    *(
        Wrong("no grades", command, *NOT_GRADED, without("autograded"))
        for command in ("feedback", "feedback lab", "report lab", "report --format json")
    ),
    Wrong("a lock that is a folder", "grade lab", "/lock cannot", "move it away", folder(".autograder/lock")),
    Wrong("a secret that is a folder", "grade lab", "/secret can't", "are yours", folder(".autograder/secret")),
    Wrong("a secret cut off", "grade lab", "/secret is damaged", "Delete it", put(".autograder/secret", "x")),
)
def test_submissions_and_results(wrong: Wrong, graded_course: Path) -> None:
    check(wrong, graded_course)


@pytest.mark.parametrize("damage", [put(GRADED, "Hello"), half_a_result])
def test_a_damaged_notebook_of_one_student_stops_no_other(damage: Damage, graded_course: Path) -> None:
    damage(graded_course)
    done = CliRunner().invoke(application, ["feedback", "lab"])
    told = " ".join(done.stderr.split())
    assert done.exit_code == 3, told
    assert f"/{GRADED}: it has been damaged" in told
    assert "Grade it again: autograder grade lab --student amy" in told
    assert (graded_course / "feedback" / "ben" / "lab" / "lab.html").is_file()
    done = CliRunner().invoke(application, ["report", "lab", "--format", "json"])
    assert done.exit_code == 0, done.stderr
    assert f"/{GRADED}: it has been damaged" in done.stdout
