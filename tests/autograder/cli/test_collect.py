"""``autograder collect``, as an instructor types it, and every command that the documentation shows of it."""

import json
import re
import shlex
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from typer.testing import CliRunner

from autograder.cli.application import application

ROOT = Path(__file__).parents[3]
NOTEBOOK = nbformat.writes(new_notebook(), version=4)
ROSTER = "id,first_name,last_name,email,lms_user_id\nada,Ada,Lovelace,ada@example.org,12345\n"
ADA = "Ada Lovelace_901_assignsubmission_file_/06_minimum.ipynb"
EVE = "Eve Nobody_902_assignsubmission_file_/06_minimum.ipynb"


@pytest.fixture
def course(tmp_path: Path, blank_gradebook: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with the downloads that the documentation names, in which one stands."""
    root = tmp_path / "course"
    (root / "source" / "06_minimum").mkdir(parents=True)
    (root / "source" / "06_minimum" / "06_minimum.ipynb").write_text(NOTEBOOK, encoding="utf-8")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    (root / "class.csv").write_text(ROSTER, encoding="utf-8")
    (root / "groups.csv").write_text("group,id\nTeam 1,ada\n", encoding="utf-8")
    pack(root / "moodle.zip", ADA)
    pack(root / "canvas.zip", "lovelaceada_LATE_12345_67890_06_minimum-1.ipynb")
    unmatched = root / "unmatched" / "12345" / "06_minimum.ipynb"
    unmatched.parent.mkdir(parents=True)
    unmatched.write_text(NOTEBOOK, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def pack(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, datetime(2026, 11, 20, 12).timetuple()[:6]), NOTEBOOK)


def documented(chapter: str) -> list[str]:
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith(f"{chapter}\n")]
    return re.findall(r"^autograder .*$", found, flags=re.MULTILINE)


@pytest.mark.parametrize("command", documented("Collect"))
def test_what_the_documentation_shows_works(course: Path, command: str) -> None:
    result = CliRunner().invoke(application, shlex.split(command)[1:])
    assert result.exit_code == 0, result.stderr
    assert (course / "submitted" / "ada" / "06_minimum" / "06_minimum.ipynb").is_file()
    assert "Columns of the roster: id = id" in result.stderr
    assert "1 submission collected." in result.stderr
    assert re.search(r"^ada +06_minimum +collected", result.stdout, flags=re.MULTILINE)


def test_all_commands_of_the_chapter_are_found() -> None:
    assert len(documented("Collect")) == 5


def test_json_is_all_that_is_on_stdout(course: Path) -> None:
    pack(course / "moodle.zip", ADA, EVE, "../06_minimum.ipynb")
    arguments = ["collect", "moodle.zip", "--roster", "class.csv", "--format", "json", "--deadline", "2026-11-20 11:00"]
    result = CliRunner().invoke(application, arguments)
    assert result.exit_code == 3, result.stderr
    told = json.loads(result.stdout)
    (ada,) = told["collected"]
    assert (ada["student"], ada["outcome"], ada["late"]) == ("ada", "collected", True)
    assert ada["files"] == ["06_minimum.ipynb"]
    assert [it["file"] for it in told["unmatched"]] == [EVE]
    assert [it["file"] for it in told["refused"]] == ["../06_minimum.ipynb"]
    assert all(it["reason"] and it["cure"] for it in (*told["unmatched"], *told["refused"]))
    assert (course / "unmatched" / EVE).is_file()
    assert "Belongs to nobody; kept in unmatched/:" in result.stderr
    assert "Add the student to the roster" in result.stderr


def test_another_one_that_is_no_newer_is_told(course: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(application, ["collect", "moodle.zip", "--roster", "class.csv"]).exit_code == 0
    (course / "submitted" / "ada" / "06_minimum" / "timestamp.txt").unlink()
    (course / "submitted" / "ada" / "06_minimum" / "06_minimum.ipynb").write_text("{}")
    result = runner.invoke(application, ["collect", "canvas.zip", "--roster", "class.csv"])
    assert result.exit_code == 3
    assert "not taken: another one is there" in result.stdout
    assert "delete the folder in submitted/" in result.stderr
