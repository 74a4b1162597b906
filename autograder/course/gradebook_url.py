"""The URL of the gradebook's database: where it is, and the driver through which it is reached."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from autograder.errors import ExpectedError

_SETTING = "c.CourseDirectory.db_url in nbgrader_config.py"
_PLAIN = "postgresql"
_URI = "file:"
_DRIVERS = ("psycopg", "psycopg2")
"""PostgreSQL's drivers, the first choice first: the name of the module, and SQLAlchemy's name."""
_INSTALL = 'Run: pip install "gradlab[postgresql]"'


def locate(configured: str, root: Path) -> str:
    """SQLAlchemy's URL of a gradebook, from nbgrader's ``db_url``.

    A relative SQLite file lies in the course's folder. For a plain ``postgresql://``, the driver is the one that is
    installed, whatever SQLAlchemy's default is.

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
    if "\0" in (url.database or ""):
        raise ExpectedError(f"{_SETTING} is no URL of a database.", _examples())
    if url.get_backend_name() == "sqlite":
        _check_path(configured, root)
        url = _absolute(url, root)
    if url.get_backend_name() == _PLAIN:
        url = url.set(drivername=f"{_PLAIN}+{_driver(url)}")
    _check_driver(url)
    return url.render_as_string(hide_password=False)


def unusable(error: Exception) -> ExpectedError:
    """The message for a URL from which SQLAlchemy or the driver cannot make a connection.

    Args:
        error: what was raised; it may repeat an option of the URL, never its password.
    """
    if isinstance(error, ImportError):
        return ExpectedError(f"The driver that {_SETTING} asks for cannot be imported: {error}.", _other_driver())
    return ExpectedError(f"{_SETTING} cannot be used: {error}.", f"Mend its options. {_examples()}")


def name_of(url: str) -> str:
    """A gradebook's name in messages: the file, or the database and its server; never a password."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return str(file_of(where))
    host = where.host or _first(where.query.get("host")) or "this machine"
    port = where.port or _first(where.query.get("port"))
    return f"{where.database or where.username or 'database'!r} on {host}{f':{port}' if port else ''}"


def is_missing(url: str) -> bool:
    """Whether a gradebook is a SQLite file that does not exist yet; to connect to it would create it."""
    where = make_url(url)
    return where.get_backend_name() == "sqlite" and not file_of(where).exists()


def file_of(url: URL) -> Path:
    """The file of a gradebook in SQLite."""
    name = url.database or ""
    return Path(unquote(urlsplit(name).path) if name.startswith(_URI) else name)


def is_postgresql(url: str) -> bool:
    """Whether a gradebook is on a PostgreSQL server."""
    return make_url(url).get_backend_name() == _PLAIN


def _absolute(url: URL, root: Path) -> URL:
    """The URL of a file with its absolute path."""
    file = file_of(url)
    if not url.database or file.name in ("", ":memory:") or url.query.get("mode") == "memory":
        raise ExpectedError(f"{_SETTING} names no file, so no grade would be kept.", _examples())
    path = str(root / file)
    return url.set(database=f"{_URI}{quote(path)}" if "uri" in url.query else path)


def _check_path(configured: str, root: Path) -> None:
    """Check that nbgrader's default URL, which holds the course's path unquoted, names a file in that folder."""
    path = str(root / "gradebook.db")
    if configured == f"sqlite:///{path}" and make_url(configured).database != path:
        raise ExpectedError(
            f"The path of the course's folder, {root}, means something else in a URL, for its ? or %.",
            'Rename that folder, or write c.CourseDirectory.db_url = "sqlite:///gradebook.db" in nbgrader_config.py.',
        )


def _driver(url: URL) -> str:
    _, _, asked = url.drivername.partition("+")
    if asked and asked not in _DRIVERS:
        # SQLAlchemy knows other drivers.
        return asked
    wanted = (asked,) if asked else _DRIVERS
    for driver in wanted:
        if find_spec(driver) is not None:
            return driver
    raise ExpectedError(
        f"The gradebook is on a PostgreSQL server, and the driver {wanted[0]} is not installed.", _INSTALL
    )


def _check_driver(url: URL) -> None:
    begins = f"{_SETTING} begins with {url.drivername}://"
    try:
        dialect = url.get_dialect()
        if dialect.is_async:
            raise ExpectedError(f"{begins}, a driver for asynchronous programs, which nbgrader is not.", _examples())
        # `_driver` has looked for PostgreSQL's usual drivers.
        if url.get_driver_name() not in _DRIVERS:
            dialect.import_dbapi()
    except NoSuchModuleError:
        raise ExpectedError(f"{begins}, which SQLAlchemy does not know.", _examples()) from None
    except ModuleNotFoundError as error:
        raise ExpectedError(f"{begins}, and its driver {error.name} is not installed.", _other_driver()) from None
    except ImportError as error:
        raise unusable(error) from None


def _other_driver() -> str:
    return f"Install it beside the autograder (pip install …), or name another driver. {_examples()}"


def _examples() -> str:
    return "Write sqlite:///gradebook.db, or postgresql://USER:PASSWORD@SERVER/DATABASE."


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
