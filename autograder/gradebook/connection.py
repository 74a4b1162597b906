"""nbgrader's gradebook, opened. nbgrader writes its tables into whatever it is given, so that is looked at first."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from nbgrader.api import Base, Gradebook, InvalidEntry
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import scoped_session, sessionmaker

from autograder.course.release import own_tools
from autograder.errors import ExpectedError
from autograder.gradebook.address import file_of, is_missing, name_of, unusable
from autograder.gradebook.errors import closed, damaged, explain, foreign, newer, older

_TABLES = {table.name: set(table.columns.keys()) for table in Base.metadata.sorted_tables}
_VERSION = "alembic_version"
_CORE = {"assignment", "notebook", "student", "submitted_assignment", "submitted_notebook", "grade", "comment"}
"""The tables that every version of nbgrader has made."""
_HEADER, _MODE, _WITH_WAL = 20, 18, b"\2\2"
"""How the header of a SQLite file says that there may be a second file with what was written last."""
_TO_BE_MENDED = (264, 520, 776)
"""SQLite's codes for a file that whoever only reads must not bring in order: a program that wrote to it was killed."""


class NoGradebookError(ExpectedError):
    """There is no gradebook yet."""


class _State(Enum):
    ABSENT = auto()
    UNFINISHED = auto()
    PRESENT = auto()


class _Reader(Gradebook):  # type: ignore[misc] # nbgrader has no types
    """A gradebook in which nothing is made: no table, and no entry for the course."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, future=True)
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = None
        self.authenticator = None


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the database, its driver or nbgrader raises into a message."""
    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as error:
        raise explain(url, error) from error
    except UnicodeEncodeError as error:
        problem = f"{error.object!r} cannot stand in a gradebook: it is no UTF-8 text."
        raise ExpectedError(problem, "Rename that student, lab or notebook.") from error


@contextmanager
def reading(url: str, cure: str = "Run: autograder grade") -> Iterator[Gradebook]:
    """Open a gradebook for who reads it: nothing is made.

    Args:
        url: SQLAlchemy's URL.
        cure: what makes a gradebook, where there is none.

    Raises:
        NoGradebookError: there is none yet.
        ExpectedError: it is another program's database, or cannot be read.
    """
    with explained(url):
        if _look(url) is not _State.PRESENT:
            raise _absent(url, cure)
        with closing(_Reader(url)) as gradebook:
            yield gradebook


@contextmanager
def writing(url: str, course_id: str) -> Iterator[Gradebook]:
    """Open a gradebook for who writes to it; where there is none, or an empty file, it is made.

    Args:
        url: SQLAlchemy's URL.
        course_id: the course's id.

    Raises:
        ExpectedError: it is another program's database, or cannot be read or written.
    """
    with explained(url):
        _look(url)
        with own_tools():
            opened = Gradebook(url, course_id)
        with closing(opened) as gradebook:
            yield gradebook


def check_ready(url: str) -> None:
    """See that a gradebook can be written, before the work begins of which it is to learn. Nothing is changed.

    Raises:
        ExpectedError: it is damaged, locked, closed to this user, or another program's database.
    """
    with explained(url):
        present = _look(url) is not _State.ABSENT
        where = make_url(url)
        if where.get_backend_name() != "sqlite":
            return
        if not present:
            if not os.access(file_of(where).resolve().parent, os.W_OK | os.X_OK, effective_ids=True):
                raise closed(url)
            return
        with _connected(where) as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
            if found != "ok":
                raise damaged(url)
            # What is written is taken back. Until then it wants all that writing wants: the lock, the file, its folder.
            number = connection.execute(text("PRAGMA user_version")).scalar()
            connection.execute(text("BEGIN IMMEDIATE"))
            connection.execute(text(f"PRAGMA user_version = {number}"))
            connection.rollback()


def _look(url: str) -> _State:
    """What there is at a gradebook's place, whose bytes stay as they are.

    Raises:
        ExpectedError: it is another program's database, or a gradebook that this nbgrader cannot use.
    """
    where = make_url(url)
    _engine(where).dispose()
    if is_missing(url):
        return _State.ABSENT
    if where.get_backend_name() == "sqlite" and file_of(where).is_dir():
        raise closed(url)
    if where.get_driver_name() == "pysqlite":
        try:
            with _connected(_untouched(where)) as connection:
                return _judged(url, connection)
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) not in _TO_BE_MENDED:
                raise
    with _connected(where) as connection:
        return _judged(url, connection)


def _untouched(where: URL) -> URL:
    """The URL under which SQLite changes no byte of a file, and makes none beside it.

    Whoever may write would move into it what another program has put into its ``-wal`` file; and who reads would make
    such a file where there is none, unless nobody is said to write.
    """
    path = file_of(where).resolve()
    options = {"mode": "ro", "uri": "true"}
    with path.open("rb") if path.is_file() else BytesIO() as file:
        if file.read(_HEADER)[_MODE:] == _WITH_WAL and not Path(f"{path}-wal").exists():
            options["immutable"] = "1"
    return where.set(database=f"file:{quote(os.fsencode(path))}").update_query_dict(options)


def _judged(url: str, connection: Connection) -> _State:
    there = inspect(connection)
    names = set(there.get_table_names())
    if not names:
        return _State.ABSENT
    own = sorted(names & _TABLES.keys())
    fits = all({column["name"] for column in there.get_columns(table)} >= _TABLES[table] for table in own)
    if not names >= _CORE and not (own and fits and names <= _TABLES.keys() | {_VERSION}):
        raise foreign(url, sorted(names - {_VERSION}) or sorted(names))
    whole = names >= _TABLES.keys()
    # nbgrader notes the version when all tables are made.
    if not fits or (_VERSION in names and not whole):
        raise older(url)
    if _VERSION in names:
        version = connection.execute(text(f"SELECT version_num FROM {_VERSION}")).scalar()  # noqa: S608 - a constant
        if version and _known() and version not in _known():
            raise newer(url)
    return _State.PRESENT if whole else _State.UNFINISHED


@cache
def _known() -> frozenset[str]:
    """The versions of a gradebook's tables that the installed nbgrader knows; none if it does not say."""
    folder = files("nbgrader") / "alembic" / "versions"
    texts = (path.read_text() for path in folder.iterdir() if path.name.endswith(".py")) if folder.is_dir() else ()
    return frozenset(name for text in texts for name in re.findall(r"^revision = ['\"](\w+)", text, re.MULTILINE))


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    with _engine(url).connect() as connection:
        yield connection


def _engine(url: URL) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool)
    except (ImportError, TypeError, ValueError) as error:
        raise unusable(error) from error


def _absent(url: str, cure: str) -> ExpectedError:
    if is_missing(url):
        path = file_of(make_url(url))
        if path.is_symlink():
            problem = f"There is no gradebook {path} yet: it is a link to {path.resolve()}, where nothing is."
            return NoGradebookError(problem, f"Mend the link, or make a new gradebook there. {cure}")
        if not path.parent.is_dir():
            return closed(url)
    return NoGradebookError(f"There is no gradebook {name_of(url)} yet.", cure)
