"""Where the gradebook's database is, and through which driver it is reached."""

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from autograder.errors import ExpectedError

_SETTING = "c.CourseDirectory.db_url in nbgrader_config.py"
_PLAIN = "postgresql"
_DRIVERS = ("psycopg", "psycopg2")
"""PostgreSQL's drivers, the first choice first: the name of the module, and SQLAlchemy's name."""
_INSTALL = 'Run: pip install "gradlab[postgresql]"'


def locate(configured: str, root: Path) -> str:
    """SQLAlchemy's URL of a gradebook.

    A relative SQLite file lies in the course's folder. For a plain ``postgresql://`` the driver is taken that is
    installed, whatever this version of SQLAlchemy would take.

    Args:
        configured: nbgrader's ``db_url``.
        root: the course's folder.

    Raises:
        ExpectedError: it is no such URL, or its driver is not installed.
    """
    try:
        url = make_url(configured)
    except (ArgumentError, ValueError):
        # It may hold a password, so it is not repeated.
        raise ExpectedError(f"{_SETTING} is no URL of a database.", _examples()) from None
    if url.get_backend_name() == "postgres":
        raise ExpectedError(f"{_SETTING} begins with postgres://, which SQLAlchemy no longer knows.", _examples())
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ExpectedError(f"{_SETTING} names no file, so no grade would be kept.", _examples())
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith((":", "file:")):
        url = url.set(database=str(root / url.database))
    if url.get_backend_name() == _PLAIN:
        url = url.set(drivername=f"{_PLAIN}+{_driver(url)}")
    _check_driver(url)
    return url.render_as_string(hide_password=False)


def name_of(url: str) -> str:
    """What a message calls a gradebook: the file, or the database and its server; never a password."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return where.database or "in memory"
    host = where.host or _first(where.query.get("host")) or "this machine"
    port = where.port or _first(where.query.get("port"))
    return f"{where.database or where.username or 'database'!r} on {host}{f':{port}' if port else ''}"


def is_missing(url: str) -> bool:
    """Whether a gradebook is to be a file, and there is none yet: nbgrader makes it at a first look."""
    where = make_url(url)
    file = where.database or ""
    return where.get_backend_name() == "sqlite" and not file.startswith("file:") and not Path(file).exists()


def is_postgresql(url: str) -> bool:
    """Whether a gradebook is on a PostgreSQL server."""
    return make_url(url).get_backend_name() == _PLAIN


def _driver(url: URL) -> str:
    _, _, asked = url.drivername.partition("+")
    wanted = (asked,) if asked in _DRIVERS else _DRIVERS
    if asked and asked not in _DRIVERS:
        # SQLAlchemy knows more of them; whoever names one has it.
        return asked
    for driver in wanted:
        if find_spec(driver) is not None:
            return driver
    raise ExpectedError(
        f"The gradebook is on a PostgreSQL server, and the driver {wanted[0]} is not installed.", _INSTALL
    )


def _check_driver(url: URL) -> None:
    try:
        dialect = url.get_dialect()
        # PostgreSQL's drivers have been looked for.
        if url.get_backend_name() != _PLAIN:
            dialect.import_dbapi()
    except NoSuchModuleError:
        raise ExpectedError(
            f"{_SETTING} begins with {url.drivername}://, which SQLAlchemy does not know.", _examples()
        ) from None
    except ModuleNotFoundError as error:
        raise ExpectedError(
            f"{_SETTING} begins with {url.drivername}://, and its driver {error.name} is not installed.", _examples()
        ) from None


def _examples() -> str:
    return "Write sqlite:///gradebook.db, or postgresql://USER:PASSWORD@SERVER/DATABASE."


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
