"""A small share of what ``python -m tests.fuzz`` tries at the coordinator's doors."""

from pathlib import Path

from tests.fuzz import doors


def test_hostile_input_is_taken_or_refused_within_bounds(tmp_path: Path) -> None:
    assert doors.run_in_a_process(range(40), 7, tmp_path) == []
