"""Times in timestamp.txt."""

from datetime import datetime

import pytest

from autograder.untrusted.times import read_time

NOON = datetime(2026, 11, 22, 12, 0)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 12:00 UTC",
        "2026-11-22 12:00:00.000000 UTC",
        "2026-11-22 12:00",
        "2026-11-22T12:00:00Z",
        "2026-11-22 13:00:00 Europe/Berlin",
        "2026-11-22 13:00 +0100",
        "2026-11-22 14:00 +02:00",
        "22 Nov 2026 13:00 CET",
        "2026-11-22 07:00 EST\n",
    ],
)
def test_what_nbgrader_and_people_write_is_read(text: str) -> None:
    assert read_time(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01 10:00 /proc/self/mem",
        "2026-01-01 10:00 ../../../../etc/passwd",
        "2026-01-01 10:00 :/dev/tty",
        "1" * 40 + "h",
        "0001-01-01 00:00 +2359",
        "9999-12-31 23:59 -2359",
        "yesterday",
        "",
        "2026\0",
        "x" * 10_000,
    ],
)
def test_everything_else_is_refused_and_opens_no_file(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_time(text)
