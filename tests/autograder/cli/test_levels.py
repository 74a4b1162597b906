"""``autograder levels``: a stand-in says at which level tests run; one test asks the real executor."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cells import LabNotebook
from autograder.cli.application import application
from autograder.grading.local_executor import LocalExecutor
from autograder.verdicts import Level, TestLevel

WHY = "a test sends the student a Axes, which is not plain [data]"


def run(course: Path, *arguments: str) -> Result:
    return CliRunner().invoke(application, ["levels", *arguments, "--course", str(course)], env={"COLUMNS": "200"})


def stand_in(monkeypatch: pytest.MonkeyPatch, *found: TestLevel) -> list[LabNotebook]:
    asked: list[LabNotebook] = []

    def levels(_: LocalExecutor, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[TestLevel, ...]:
        assert files == {}
        asked.append(notebook)
        return found

    monkeypatch.setattr(LocalExecutor, "levels", levels)
    return asked


def test_each_test_is_listed_with_the_reason_and_the_cure(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = TestLevel("double-test", Level.BESIDE, WHY, "Pass plain data.")
    asked = stand_in(monkeypatch, TestLevel("first-test", Level.WALL), beside)
    done = run(course, "lab")
    assert done.exit_code == 0, done.output
    assert [notebook.name for notebook in asked] == ["lab"]
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert rows[0] == "Test Points Runs Why, and how to write it so that it runs at the wall"
    assert rows[1] == "first-test 0 at the wall"
    assert rows[2].startswith("double-test 3 beside student code A test sends the student a Axes")
    assert "not plain [data]. Pass plain data." in rows[2]
    assert "lab: 2 tests: 1 at the wall, 1 beside student code" in done.stderr
    assert not run(course, "lab", "--quiet").stderr


def test_other_programs_get_the_same_as_json(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, TestLevel("double-test", Level.BESIDE, WHY, "Pass plain data."))
    done = run(course, "--format", "json")
    assert json.loads(done.stdout) == [
        {
            "lab": "lab",
            "notebook": "lab",
            "points": 3.0,
            "id": "double-test",
            "level": "beside",
            "reason": WHY,
            "cure": "Pass plain data.",
        }
    ]


def test_a_test_that_can_be_run_for_nobody_is_an_error(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, TestLevel("double-test", Level.NONE, "NameError: x", "Mend it."))
    done = run(course)
    assert done.exit_code == 1
    assert "double-test 3 nowhere NameError: x. Mend it." in " ".join(done.stdout.split())
    assert "lab: 1 test: 1 nowhere" in done.stderr


def test_an_unknown_lab_is_named_before_anything_runs(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stand_in(monkeypatch)
    done = run(course, "lab", "lob")
    assert (done.exit_code, asked) == (1, [])
    assert "Did you mean 'lab'?" in done.stderr


def test_the_real_executor_is_asked(course: Path) -> None:
    done = run(course, "--format", "json", "--sandbox", "none", "--quiet")
    assert done.exit_code == 0, done.output
    (listed,) = json.loads(done.stdout)
    assert (listed["id"], listed["level"], listed["reason"], listed["cure"]) == ("double-test", "wall", "", "")
    assert not (course / "gradebook.db").exists()
    assert not (course / "autograded").exists()
