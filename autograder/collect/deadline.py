"""When a lab was due, as a person writes it."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from autograder.errors import ExpectedError

_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[ T](?P<clock>\d{1,2}:\d{2}(?::\d{2})?)\s*"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2}|[A-Za-z][\w/+-]*)?"
)
_CURE = "Write a date, a time and, if it is not UTC, a zone: 2026-11-22 23:59 Europe/Berlin."


def read_deadline(text: str) -> datetime:
    """Read a time; UTC where it names no zone.

    A day alone is no time: nobody knows whether its beginning or its end is meant.

    Returns:
        The time in UTC, without a zone.

    Raises:
        ExpectedError: it is no time, or its zone is unknown.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ExpectedError(f"{text!r} is no time.", _CURE)
    zone = match["zone"] or "UTC"
    try:
        clock = match["clock"].zfill(8 if match["clock"].count(":") > 1 else 5)
        if zone[0] in "+-" or zone == "Z":
            time = datetime.fromisoformat(f"{match['date']}T{clock}{zone}")
        else:
            time = datetime.fromisoformat(f"{match['date']}T{clock}").replace(tzinfo=ZoneInfo(zone))
    except (ValueError, KeyError, OSError) as error:
        raise ExpectedError(f"{text!r} is no time ({error}).", _CURE) from error
    return time.astimezone(UTC).replace(tzinfo=None)
