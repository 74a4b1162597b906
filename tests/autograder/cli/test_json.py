"""``--format json``: what each command prints is what the guide for instructors says."""

import json
import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from autograder.cli.application import application

GUIDE = Path(__file__).parents[3] / "docs" / "instructors.md"
LAB_TEXT = '''# %% [markdown]
# # Twice

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-test", "grade": true, "points": 1}
assert double(2) == 4
### BEGIN HIDDEN TESTS
assert double(3.5) == 7
### END HIDDEN TESTS
'''


def chapter() -> str:
    text = GUIDE.read_text(encoding="utf-8")
    return text[text.index("## JSON") : text.index("## A course of your own")]


def documented(command: str) -> set[str]:
    """The keys that the guide's table lists for a command."""
    (row,) = [line for line in chapter().splitlines() if line.startswith(f"| `autograder {command} ")]
    return set(re.findall(r"`(\w+)`", row.split("|")[2]))


def run(course: Path, *arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(application, [*arguments, "--format", "json", "--course", str(course)])
    assert done.exit_code == code, done.stderr
    return json.loads(done.stdout)


def test_a_class_from_grades_to_a_report(course: Path) -> None:
    records = run(course, "grade", "lab", "--quiet")
    (listed,) = re.findall(r"^```text\n(.*?)^```$", chapter(), re.MULTILINE | re.DOTALL)
    keys = re.findall(r'"(\w+)"', listed)
    assert [*records[0], *records[0]["cells"][0]] == keys
    pages = run(course, "feedback", "lab", "--quiet")
    assert [page["student"] for page in pages] == ["amy", "ben", "cleo"]
    assert set(pages[0]) == documented("feedback")
    (report,) = run(course, "report", "--quiet")
    assert set(report) == documented("report")
    assert set(run(course, "export", "--to", "csv", "--output", str(course / "g.csv"))) == documented("export")


def test_what_is_built(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "lab.py").write_text(LAB_TEXT, encoding="utf-8")
    built = run(tmp_path, "build", "--check", "--quiet", code=1)
    assert set(built) == documented("build")
    assert (built["current"], built["labs"][0]["name"]) == (False, "lab")


def test_what_is_collected(course: Path, tmp_path: Path) -> None:
    download = tmp_path / "download"
    (download / "dora").mkdir(parents=True)
    (download / "dora" / "lab.ipynb").write_bytes((course / "submitted" / "amy" / "lab" / "lab.ipynb").read_bytes())
    collected = run(course, "collect", str(download))
    assert set(collected) == documented("collect")
    assert [it["student"] for it in collected["collected"]] == ["dora"]


def test_what_this_machine_has() -> None:
    done = CliRunner().invoke(application, ["doctor", "--format", "json"])
    found = json.loads(done.stdout)
    assert set(found) == documented("doctor")
    assert done.exit_code == (0 if found["healthy"] else 1)
