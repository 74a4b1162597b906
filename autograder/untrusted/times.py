"""Times as nbgrader and people write them into timestamp.txt. The name of a zone opens no file but that zone's."""

import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser

LONGEST_TIME: Final = 200
"""Characters of a time that are read."""

_MOST_DIGITS = re.compile(r"\d{13}")
_OFFSET = re.compile(r"[+-]\d{1,2}:?\d{0,2}")


def read_time(text: str) -> datetime:
    """Read a time as nbgrader does: a date and a time, then an offset or the name of a zone; UTC if there is none.

    Returns:
        The time in UTC, without a zone.

    Raises:
        ValueError: it is no such time.
    """
    text = text.strip()
    if len(text) > LONGEST_TIME or not text.isprintable() or _MOST_DIGITS.search(text):
        raise ValueError("it is not a date and a time")
    parts = text.split(" ")
    zone = None
    if len(parts) == 3 and not _OFFSET.fullmatch(parts[2]):
        zone = _zone(parts[2])
        text = " ".join(parts[:2])
    try:
        # Without a `tzinfos`, dateutil takes the name of a zone for the name of a file.
        time: datetime = parser.parse(text, tzinfos=lambda name, offset: offset if name is None else _zone(name))
        if zone is not None:
            time = time.replace(tzinfo=zone)
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo is not None else time
    except (ArithmeticError, TypeError, AttributeError, LookupError, OSError) as error:
        raise ValueError(f"it is not a date and a time ({type(error).__name__})") from None


def _zone(name: str) -> tzinfo:
    """A zone of the list of zones, by its name.

    Raises:
        ValueError: there is none of that name.
    """
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    if name not in _zones():
        raise ValueError(f"{name[:40]!r} is no time zone")
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
