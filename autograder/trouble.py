"""What is wrong with a gradebook, and the cure."""

from sqlalchemy.engine import make_url

from autograder.errors import ExpectedError

_LOCKED = "is locked by another program"
_USUAL_WAIT = "5"
"""Seconds for which Python's sqlite3 waits for another program, where the URL asks for no other ``timeout``."""


def explain(url: str, error: Exception) -> ExpectedError:
    """The message for an error of the database.

    Args:
        url: SQLAlchemy's URL of the gradebook.
        error: what SQLAlchemy or nbgrader raised.
    """
    where = make_url(url)
    wrong = _what_is_wrong(error)
    if wrong == _LOCKED and where.get_backend_name() == "sqlite":
        wrong += f", and stayed so for {where.query.get('timeout', _USUAL_WAIT)} seconds"
    return ExpectedError(f"The gradebook {where.database or where} {wrong}.", _cure(error))


def _what_is_wrong(error: Exception) -> str:
    text = str(error).lower()
    for sign, words in (
        ("locked", _LOCKED),
        ("readonly", "may not be written"),
        ("read-only", "may not be written"),
        ("unable to open", "cannot be opened"),
        ("not a database", "is damaged or not a database"),
        ("malformed", "is damaged"),
        ("disk i/o", "cannot be written: the disk fails"),
        ("full", "cannot be written: the disk is full"),
        ("no such column", "was made by another version of nbgrader"),
        ("no such table", "was made by another version of nbgrader"),
    ):
        if sign in text:
            return words
    return f"cannot be used ({str(error).splitlines()[0]})"


def _cure(error: Exception) -> str:
    wrong = _what_is_wrong(error)
    if "another version" in wrong:
        return "Make a copy of it, then run: nbgrader db upgrade"
    if "damaged" in wrong:
        return "Put back the last good copy of it, then grade again."
    if "locked" in wrong:
        return "Close the program that uses it (formgrader, nbgrader, another autograder), then grade again."
    return "See that the file and its folder may be written by you, then grade again."
