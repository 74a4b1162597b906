"""Times as people write them."""

from datetime import datetime

import pytest

from autograder.collect.deadlines import read_deadline
from autograder.errors import ExpectedError


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-22 14:05 UTC", datetime(2026, 11, 22, 14, 5)),
        ("2026-11-22 14:05", datetime(2026, 11, 22, 14, 5)),
        ("2026-11-22T14:05:30Z", datetime(2026, 11, 22, 14, 5, 30)),
        ("2026-11-22 9:05", datetime(2026, 11, 22, 9, 5)),
        ("2026-11-22 14:05 Europe/Berlin", datetime(2026, 11, 22, 13, 5)),
        ("2026-07-22 14:05 Europe/Berlin", datetime(2026, 7, 22, 12, 5)),
        ("2026-11-22 14:05 +0100", datetime(2026, 11, 22, 13, 5)),
        ("2026-11-22T14:05-05:30", datetime(2026, 11, 22, 19, 35)),
    ],
)
def test_a_time_in_any_zone(text: str, time: datetime) -> None:
    assert read_deadline(text) == time


@pytest.mark.parametrize(
    "text", ["", "noon", "14:05", "2026-11-22", "2026-11-22 25:00", "2026-02-30 12:00", "2026-11-22 14:05 Nowhere/At"]
)
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(ExpectedError, match="is no time"):
        read_deadline(text)
