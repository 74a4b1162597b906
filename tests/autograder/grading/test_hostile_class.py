"""Submissions that are made to stop a class: each ends by itself, at every command, and the others are graded."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4 as notebook_format
from typer.testing import CliRunner

from autograder.cells import Role
from autograder.cli.application import application
from autograder.course.course import Course
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result, SubmissionStatus
from tests.autograder.conftest import MakeCell, MakeCourse

LIMITS = Limits(cell_seconds=20.0)
DISPLAY = "from IPython.display import display\ndisplay({'text/html': %s, 'text/plain': 'x'}, raw=True)"
NESTED = DISPLAY % "'<div>' * 100_000"
AMPLIFIED = DISPLAY % "'<p>' + ''.join(f'<b a{i}>' for i in range(3000)) + '<p>x' * 30_000"
IMPORTS = "#" + " from gradlab import x" * 8_000
Hand = Callable[[Path], object]


def with_cell(kind: str, source: str) -> Hand:
    def change(folder: Path) -> None:
        node: dict[str, Any] = json.loads((folder / "lab.ipynb").read_text())
        node["cells"].append(getattr(notebook_format, f"new_{kind}_cell")(source))
        (folder / "lab.ipynb").write_text(json.dumps(node))

    return change


def folder_for_notebook(folder: Path) -> None:
    (folder / "lab.ipynb").rename(folder / "lab-1.ipynb")
    put(folder / "lab.ipynb" / "x.txt")


def put(path: Path, content: bytes = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def pipe(folder: Path) -> None:
    (folder / "lab.ipynb").unlink()
    os.mkfifo(folder / "lab.ipynb")


HOSTILE: dict[str, Hand] = {
    "html that grows": with_cell("code", AMPLIFIED),
    "html that is nested": with_cell("code", NESTED),
    "a line of imports": with_cell("code", IMPORTS),
    "a folder for the notebook": folder_for_notebook,
    "a folder for the page": lambda folder: put(folder / "lab.html" / "x"),
    "a folder like a notebook": lambda folder: put(folder / "evil.ipynb" / "x.txt"),
    "a file for the page": lambda folder: put(folder / "LAB.HTML"),
    "a time that opens a file": lambda folder: put(folder / "timestamp.txt", b"2026-01-01 10:00 /proc/self/mem"),
    "a folder for the time": lambda folder: put(folder / "timestamp.txt" / "x"),
    "lists in lists": lambda folder: put(folder / "lab.ipynb", b'{"cells":' + b"[" * 100_000),
    "a million names": lambda folder: put(
        folder / "lab.ipynb", b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}"
    ),
    "parentheses": with_cell("code", "(" * 150_000),
    "words in words": with_cell("markdown", "[" * 50_000 + "](" * 50_000),
    "a pipe": pipe,
}


@pytest.fixture
def root(make_course: MakeCourse, make_cell: MakeCell) -> Path:
    solution = "def one(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
    root = make_course(
        lab=[make_cell(solution, Role.SOLUTION, "one"), make_cell("assert one(2) == 4", Role.TEST, "t", 2)]
    )
    for student in ("a first one", *HOSTILE, "z last one"):
        folder = root / "submitted" / student / "lab"
        shutil.copytree(root / "source" / "lab", folder)
        if student in HOSTILE:
            HOSTILE[student](folder)
    return root


def test_a_hostile_submission_ends_by_itself_at_every_command(root: Path, tmp_path: Path) -> None:
    course = Course.open(root)
    terms = Terms(LIMITS, Mode.BUBBLEWRAP, workers=2)
    results: dict[str, Result] = {result.student: result for result in grade_class(course, ["lab"], None, terms)}
    assert results.keys() == {"a first one", *HOSTILE, "z last one"}
    for student in ("a first one", "z last one"):
        assert (results[student].status, results[student].score) == (SubmissionStatus.GRADED, 2.0)
    broken = [(student, it.reason) for student, it in results.items() if it.status is SubmissionStatus.BROKEN]
    assert broken == []
    for student in ("html that grows", "html that is nested"):
        assert any("was left out" in flag for flag in results[student].flags)
        assert results[student].score == 2.0
    assert results["a folder for the notebook"].score == 2.0
    assert results["a pipe"].status is SubmissionStatus.QUARANTINED
    assert any("no time of submission" in flag for flag in results["a time that opens a file"].flags)

    for command in (["feedback"], ["report"], ["export", "--to", "csv", "-o", str(tmp_path / "scores.csv")]):
        ended = CliRunner().invoke(application, [*command, "--course", str(root)])
        assert (ended.exit_code, ended.exception) == (0, None), ended.output
    for student in results:
        assert (root / "feedback" / student / "lab" / "lab.html").is_file(), student
    assert (root / "report" / "lab.html").is_file()
