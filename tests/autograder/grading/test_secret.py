from pathlib import Path

import pytest

from autograder.errors import ExpectedError
from autograder.grading.secret import derived_secret, open_secret


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = open_secret(tmp_path / "state")
    assert open_secret(tmp_path / "state") == first
    assert len(first) == 32
    assert (tmp_path / "state" / "secret").stat().st_mode & 0o077 == 0
    assert open_secret(tmp_path / "other") != first


def test_a_damaged_secret_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(ExpectedError, match="damaged"):
        open_secret(tmp_path)


def test_each_student_lab_and_notebook_has_its_own(tmp_path: Path) -> None:
    secret = open_secret(tmp_path)
    students = [("a", "b", "c"), ("a", "b", "d"), ("ab", "", "c"), ("a", "bc", "")]
    derived = {derived_secret(secret, *parts) for parts in (*students, ("a",))}
    assert len(derived) == 5
