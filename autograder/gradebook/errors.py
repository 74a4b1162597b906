"""What is wrong with a gradebook, and the cure."""

import re
from collections.abc import Sequence
from importlib.metadata import version

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from autograder.course.gradebook_url import is_postgresql, name_of
from autograder.errors import ExpectedError

_LOCKED = "is locked by another program"
_LOST = "was lost: its server ended the connection"
_OTHER_VERSION = "was made by another version of nbgrader"
_FULL = "cannot be written: the disk is full"
_READ_ONLY = "may not be written"
_UNREACHED = "cannot be reached: its server does not answer"
_REFUSED = "is closed to you: its server does not accept the name or the password"
_ABSENT = "is not there: the server has no such database"
_CROWDED = "cannot be reached: its server has no room for another connection"
_TOO_LONG = "cannot hold a name that is so long; nbgrader's tables end at 128 characters"
_USUAL_WAIT = "5"
"""Seconds for which Python's sqlite3 waits for another program, unless the URL has a ``timeout``."""
_MOST_SHOWN = 3
_STATES = {
    "08": _LOST,
    "22001": _TOO_LONG,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "3D000": _ABSENT,
    "40P01": _LOCKED,
    "42501": _READ_ONLY,
    "42703": _OTHER_VERSION,
    "42P01": _OTHER_VERSION,
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": _LOCKED,
    "57P": _LOST,
}
"""How PostgreSQL's codes for errors begin (its texts may be in any language), and what they mean here."""
_SIGNS = (
    ("locked", _LOCKED),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("unable to open", "cannot be opened"),
    ("not a database", "is damaged or not a database"),
    ("malformed", "is damaged"),
    ("disk i/o", "cannot be written: the disk fails"),
    ("full", _FULL),
    ("no such column", _OTHER_VERSION),
    ("no such table", _OTHER_VERSION),
)
_SERVER_SIGNS = (
    ("authentication failed", _REFUSED),
    ("no password supplied", _REFUSED),
    ("role ", _REFUSED),
    ("database ", _ABSENT),
    ("too many", _CROWDED),
    ("connection slots", _CROWDED),
    ("connection failed", _UNREACHED),
    ("could not connect", _UNREACHED),
    ("connection to server", _UNREACHED),
    ("timeout expired", _UNREACHED),
    ("resolve", _UNREACHED),
    ("translate host name", _UNREACHED),
)
"""An error of a connection that failed has a text and no code."""
_CURES = {
    _LOCKED: "Close what uses it (formgrader, nbgrader, another autograder), then run the same command again.",
    _OTHER_VERSION: "Make a copy of it, then run: nbgrader db upgrade",
    _FULL: "Make room, then run the same command again.",
    _TOO_LONG: "Rename the folder of that student, lab or cell.",
}
_SERVER_CURES = {
    _LOST: "See that the server runs, then run the same command again: what was written is kept.",
    _UNREACHED: "See that the server runs and that this machine may connect to it, then run the same command again.",
    _REFUSED: "Mend c.CourseDirectory.db_url in nbgrader_config.py, or the file ~/.pgpass.",
    _ABSENT: "Make it (createdb), or mend c.CourseDirectory.db_url in nbgrader_config.py.",
    _CROWDED: "Close other programs that use the server, then run the same command again.",
    _READ_ONLY: "Give the user of c.CourseDirectory.db_url the right to make and write tables in it.",
}


def explain(url: str, error: Exception) -> ExpectedError:
    """The message for what SQLAlchemy or nbgrader raised about the gradebook at `url`; it never holds a password."""
    on_server = is_postgresql(url)
    return _message(url, _what_is_wrong(error, on_server=on_server) or f"cannot be used ({_first_line(url, error)})")


def damaged(url: str) -> ExpectedError:
    """The message for a gradebook in which SQLite's own check has found damage."""
    return _message(url, "is damaged")


def closed(url: str) -> ExpectedError:
    """The message for a gradebook that cannot be opened: its path is a folder, or its folder is missing or closed."""
    return _message(url, "cannot be opened")


def older(url: str) -> ExpectedError:
    """The message for a gradebook that lacks a table or column of the installed nbgrader's."""
    return _message(url, _OTHER_VERSION)


def newer(url: str) -> ExpectedError:
    """The message for a gradebook whose version the installed nbgrader does not know."""
    return ExpectedError(
        f"The gradebook {name_of(url)} was made by a newer nbgrader than the {version('nbgrader')} that is installed.",
        "Install the nbgrader that made it (pip install --upgrade nbgrader), then run the same command again.",
    )


def foreign(url: str, tables: Sequence[str]) -> ExpectedError:
    """The message for a database that is another program's, with these tables."""
    shown = ", ".join(tables[:_MOST_SHOWN]) + (" …" if len(tables) > _MOST_SHOWN else "")
    setting = "c.CourseDirectory.db_url in nbgrader_config.py"
    return ExpectedError(
        f"{name_of(url)} is no gradebook, but another program's database, with the tables {shown}.",
        f"Make a database for the gradebook alone (createdb), and name it in {setting}."
        if is_postgresql(url)
        else f"Name another file in {setting}; nothing was written into this one.",
    )


def _message(url: str, wrong: str) -> ExpectedError:
    on_server = is_postgresql(url)
    cures = _CURES | (_SERVER_CURES if on_server else {})
    cure = cures.get(wrong) or _usual_cure(wrong, on_server=on_server)
    if wrong == _LOCKED and not on_server:
        wrong += f", and stayed so for {make_url(url).query.get('timeout', _USUAL_WAIT)} seconds"
    return ExpectedError(f"The gradebook {name_of(url)} {wrong}.", cure)


def _what_is_wrong(error: Exception, *, on_server: bool) -> str:
    """What is wrong, as the end of a sentence; empty if this module does not know it."""
    original = getattr(error, "orig", None)
    # Without the statement and its values, which may hold any text.
    text = str(original or str(error).partition("[SQL:")[0]).lower()
    if not on_server:
        return next((words for sign, words in _SIGNS if sign in text), "")
    # psycopg calls it sqlstate, psycopg2 pgcode.
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
    if state:
        return next((words for beginning, words in _STATES.items() if state.startswith(beginning)), "")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _LOST
    return next((words for sign, words in _SERVER_SIGNS if sign in text), "")


def _first_line(url: str, error: Exception) -> str:
    where = make_url(url)
    line = next(iter(str(error).partition("[SQL:")[0].splitlines()), type(error).__name__)
    secrets = [str(where.password or ""), str(where.query.get("password", ""))]
    return re.sub("|".join(re.escape(secret) for secret in secrets if secret) or r"(?!)", "***", line)


def _usual_cure(wrong: str, *, on_server: bool) -> str:
    if on_server:
        return "See what the server's log says of it, then run the same command again."
    if "damaged" in wrong:
        return "Put back the last good copy of it, then grade again."
    return "See that the file and its folder may be written by you, then run the same command again."
