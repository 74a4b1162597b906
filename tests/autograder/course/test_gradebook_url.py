"""Where a gradebook is, through which driver, and what a message calls it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from sqlalchemy.engine import make_url

from autograder.course import gradebook_url
from autograder.course.gradebook_url import locate, name_of
from autograder.errors import ExpectedError

ROOT = Path("/courses/autodiff")


def installed(monkeypatch: pytest.MonkeyPatch, *drivers: str) -> None:
    monkeypatch.setattr(
        gradebook_url, "find_spec", lambda name: importlib.util.find_spec("json") if name in drivers else None
    )


def test_a_relative_file_lies_in_the_course() -> None:
    assert locate("sqlite:///grades.db", ROOT) == "sqlite:////courses/autodiff/grades.db"
    assert locate("sqlite:////elsewhere/grades.db", ROOT) == "sqlite:////elsewhere/grades.db"
    assert name_of("sqlite:////elsewhere/grades.db") == "/elsewhere/grades.db"


@pytest.mark.parametrize(
    ("configured", "url"),
    [
        ("file:grades.db?uri=true", "file:/courses/autodiff/grades.db?uri=true"),
        ("file:///else%20where/grades.db?uri=true", "file:/else%20where/grades.db?uri=true"),
        ("grades.db?mode=ro&uri=true", "file:/courses/autodiff/grades.db?mode=ro&uri=true"),
    ],
)
def test_a_file_by_its_uri_lies_in_the_course_too(configured: str, url: str) -> None:
    found = make_url(locate(f"sqlite:///{configured}", ROOT))
    wanted = urlsplit(url)
    assert found.database == f"file:{wanted.path}"
    assert dict(found.query) == dict(parse_qsl(wanted.query))
    assert name_of(str(found)) == unquote(wanted.path)


@pytest.mark.parametrize("name", ["What? now", "50%41"])
def test_a_folder_that_a_url_takes_for_something_else_is_refused(name: str) -> None:
    root = Path("/courses") / name
    with pytest.raises(ExpectedError, match=r"for its \? or %") as told:
        locate(f"sqlite:///{root}/gradebook.db", root)
    assert "Rename that folder" in told.value.cure
    assert name_of(locate("sqlite:///gradebook.db", root)) == f"{root}/gradebook.db"


@pytest.mark.parametrize("name", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:?uri=true"])
def test_what_is_no_file_is_refused(name: str) -> None:
    with pytest.raises(ExpectedError, match="names no file"):
        locate(name, ROOT)


def test_a_driver_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pg8000.py").write_text("raise ImportError('no library libpq')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pg8000", raising=False)
    with pytest.raises(ExpectedError, match="no library libpq") as told:
        locate("postgresql+pg8000://me:word@server/grades", ROOT)
    assert "Install it" in told.value.cure
    assert "word@" not in str(told.value)


@pytest.mark.parametrize(
    ("configured", "there", "driver"),
    [
        ("postgresql", ("psycopg", "psycopg2"), "psycopg"),
        ("postgresql", ("psycopg2",), "psycopg2"),
        ("postgresql+psycopg2", ("psycopg", "psycopg2"), "psycopg2"),
        ("postgresql+psycopg", ("psycopg",), "psycopg"),
        ("postgresql+pg8000", ("pg8000",), "pg8000"),
    ],
)
def test_the_driver_is_the_one_that_is_asked_for_or_installed(
    monkeypatch: pytest.MonkeyPatch, configured: str, there: tuple[str, ...], driver: str
) -> None:
    installed(monkeypatch, *there)
    if driver == "pg8000":
        monkeypatch.setitem(sys.modules, driver, ModuleType(driver))
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
