"""Where a gradebook is, through which driver, and what a message calls it."""

import importlib.util
from pathlib import Path

import pytest

from autograder import database
from autograder.database import locate, name_of
from autograder.errors import ExpectedError

ROOT = Path("/courses/autodiff")


def installed(monkeypatch: pytest.MonkeyPatch, *drivers: str) -> None:
    monkeypatch.setattr(
        database, "find_spec", lambda name: importlib.util.find_spec("json") if name in drivers else None
    )


def test_a_relative_file_lies_in_the_course() -> None:
    assert locate("sqlite:///grades.db", ROOT) == "sqlite:////courses/autodiff/grades.db"
    assert locate("sqlite:////elsewhere/grades.db", ROOT) == "sqlite:////elsewhere/grades.db"
    assert name_of("sqlite:////elsewhere/grades.db") == "/elsewhere/grades.db"


@pytest.mark.parametrize(
    ("configured", "there", "driver"),
    [
        ("postgresql", ("psycopg", "psycopg2"), "psycopg"),
        ("postgresql", ("psycopg2",), "psycopg2"),
        ("postgresql+psycopg2", ("psycopg", "psycopg2"), "psycopg2"),
        ("postgresql+psycopg", ("psycopg",), "psycopg"),
        ("postgresql+pg8000", (), "pg8000"),
    ],
)
def test_the_driver_is_the_one_that_is_asked_for_or_installed(
    monkeypatch: pytest.MonkeyPatch, configured: str, there: tuple[str, ...], driver: str
) -> None:
    installed(monkeypatch, *there)
    url = locate(f"{configured}://me:word@server:5433/grades", ROOT)
    assert url == f"postgresql+{driver}://me:word@server:5433/grades"
    assert name_of(url) == "'grades' on server:5433"


@pytest.mark.parametrize("configured", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_a_missing_driver_comes_with_the_extra_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    installed(monkeypatch)
    with pytest.raises(ExpectedError, match="is not installed") as told:
        locate(f"{configured}://me:word@server/grades", ROOT)
    assert "gradlab[postgresql]" in told.value.cure
    assert "word" not in str(told.value)
