"""Opens nbgrader's gradebook. nbgrader creates its tables in any database, so the database is examined first."""

import hashlib
import os
import re
import sys
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

from autograder.course.gradebook_url import file_of, is_missing, name_of, unusable
from autograder.errors import ExpectedError
from autograder.gradebook.errors import closed, damaged, explain, foreign, newer, older

_TABLES = {table.name: set(table.columns.keys()) for table in Base.metadata.sorted_tables}
_VERSION = "alembic_version"
_CORE = {"assignment", "notebook", "student", "submitted_assignment", "submitted_notebook", "grade", "comment"}
"""The tables that every version of nbgrader has made."""
_HEADER, _MODE, _WITH_WAL = 20, 18, b"\2\2"
"""Where the header of a SQLite file says that the file is in WAL mode, and may have a ``-wal`` file beside it."""
_NEEDS_RECOVERY = (264, 520, 776)
"""SQLite's error codes for a file that a killed writer left behind: a read-only connection may not recover it."""


_LOCK = text("SELECT pg_try_advisory_lock(:key)")


class NoGradebookError(ExpectedError):
    """There is no gradebook yet."""


class _State(Enum):
    ABSENT = auto()
    UNFINISHED = auto()
    PRESENT = auto()


class _Reader(Gradebook):  # type: ignore[misc] # nbgrader has no types
    """A gradebook that creates nothing: no table, and no entry for the course."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, future=True)
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = None
        self.authenticator = None


@contextmanager
def alembic_on_path() -> Iterator[None]:
    """Let nbgrader find ``alembic``, which it starts for every new gradebook, beside this interpreter."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), before)))
    try:
        yield
    finally:
        os.environ["PATH"] = before


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
    """Open a gradebook for reading: nothing is created. `cure` says how to create one.

    Raises:
        NoGradebookError: there is none yet.
        ExpectedError: it is another program's database, or cannot be read.
    """
    with explained(url):
        if _examine(url) is not _State.PRESENT:
            raise _absent(url, cure)
        with closing(_Reader(url)) as gradebook:
            yield gradebook


@contextmanager
def writing(url: str, course_id: str) -> Iterator[Gradebook]:
    """Open a gradebook for writing; where there is none, or an empty file, it is created.

    Raises:
        ExpectedError: it is another program's database, or cannot be read or written.
    """
    with explained(url):
        _examine(url)
        with alembic_on_path():
            opened = Gradebook(url, course_id)
        with closing(opened) as gradebook:
            yield gradebook


@contextmanager
def server_lock(url: str, course: str) -> Iterator[None]:
    """Hold a lock on a course's gradebook on a PostgreSQL server.

    Two machines may use the same gradebook, each with its own course folder. A SQLite file lies in the course's folder,
    which has a lock of its own (`autograder.grading.lock`). The server's lock ends with the connection, however this
    program ends.

    Raises:
        ExpectedError: another autograder holds it.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be used.
    """
    where = make_url(url)
    if where.get_backend_name() != "postgresql":
        yield
        return
    with _engine(where).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(_LOCK, {"key": _lock_key(course)}):
            raise ExpectedError(
                f"Another autograder is writing to the gradebook of the course {course!r}, maybe on another machine.",
                "Wait until it has finished, or end it; then run the same command again.",
            )
        yield


def _lock_key(course: str) -> int:
    """A number of 64 bits, as PostgreSQL wants it."""
    digest = hashlib.sha256(f"autograder {course}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def check_ready(url: str) -> None:
    """Check that a gradebook can be written, before long work whose results go into it. Nothing is changed.

    Raises:
        ExpectedError: it is damaged, locked, closed to this user, or another program's database.
    """
    with explained(url):
        present = _examine(url) is not _State.ABSENT
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
            # Rolled back; but it needs what every write needs: the lock, and write access to the file and its folder.
            number = connection.execute(text("PRAGMA user_version")).scalar()
            connection.execute(text("BEGIN IMMEDIATE"))
            connection.execute(text(f"PRAGMA user_version = {number}"))
            connection.rollback()


def _examine(url: str) -> _State:
    """The state of the database at a gradebook's URL. No byte of it is changed.

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
            with _connected(_read_only(where)) as connection:
                return _state_of(url, connection)
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) not in _NEEDS_RECOVERY:
                raise
    with _connected(where) as connection:
        return _state_of(url, connection)


def _read_only(where: URL) -> URL:
    """The URL under which SQLite changes no byte of a file, and makes none beside it.

    A connection that may write would copy another program's ``-wal`` file into it; and one that reads would create such
    a file where there is none, unless the database is declared immutable.
    """
    path = file_of(where).resolve()
    options = {"mode": "ro", "uri": "true"}
    with path.open("rb") if path.is_file() else BytesIO() as file:
        if file.read(_HEADER)[_MODE:] == _WITH_WAL and not Path(f"{path}-wal").exists():
            options["immutable"] = "1"
    return where.set(database=f"file:{quote(os.fsencode(path))}").update_query_dict(options)


def _state_of(url: str, connection: Connection) -> _State:
    inspector = inspect(connection)
    names = set(inspector.get_table_names())
    if not names:
        return _State.ABSENT
    own = sorted(names & _TABLES.keys())
    fits = all({column["name"] for column in inspector.get_columns(table)} >= _TABLES[table] for table in own)
    if not names >= _CORE and not (own and fits and names <= _TABLES.keys() | {_VERSION}):
        raise foreign(url, sorted(names - {_VERSION}) or sorted(names))
    whole = names >= _TABLES.keys()
    # nbgrader writes the version after all tables.
    if not fits or (_VERSION in names and not whole):
        raise older(url)
    if _VERSION in names:
        version = connection.execute(text(f"SELECT version_num FROM {_VERSION}")).scalar()  # noqa: S608 - a constant
        if version and _known_versions() and version not in _known_versions():
            raise newer(url)
    return _State.PRESENT if whole else _State.UNFINISHED


@cache
def _known_versions() -> frozenset[str]:
    """The versions of a gradebook's tables that the installed nbgrader knows; none if it lists none."""
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
