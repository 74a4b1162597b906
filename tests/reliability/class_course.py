"""A course with a class, a grader that runs in a process of its own, and what it has written, in a canonical form."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LAB = "lab"
EXERCISES = ("half", "square", "cube")
_MAIN = "from autograder.cli import main; main()"
_SOLUTIONS = {"half": "x / 2", "square": "x * x", "cube": "x**3"}
_FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
_TABLES = {
    "grades": "SELECT s.student_id, a.name, n.name, b.name, g.auto_score, g.manual_score, g.extra_credit, "
    "g.needs_manual_grade FROM grade g JOIN base_cell b ON g.cell_id = b.id",
    "comments": "SELECT s.student_id, a.name, n.name, b.name, g.auto_comment, g.manual_comment "
    "FROM comment g JOIN base_cell b ON g.cell_id = b.id",
    "notebooks": "SELECT s.student_id, a.name, n.name, g.late_submission_penalty FROM submitted_notebook g",
}
_PLACE = (
    " JOIN submitted_notebook sn ON sn.id = {column} JOIN notebook n ON sn.notebook_id = n.id"
    " JOIN submitted_assignment s ON sn.assignment_id = s.id JOIN assignment a ON s.assignment_id = a.id"
)


def solution(name: str, answer: str) -> NotebookNode:
    flags = _FLAGS | {"grade_id": name, "solution": True}
    return new_code_cell(answer, id=name, metadata={"nbgrader": flags})


def graded_cell(name: str, test: str, points: int = 2) -> NotebookNode:
    flags = _FLAGS | {"grade_id": f"{name}-test", "grade": True, "locked": True, "points": points}
    return new_code_cell(test, id=f"{name}-test", metadata={"nbgrader": flags})


def question(text: str, points: int = 3) -> NotebookNode:
    flags = _FLAGS | {"grade_id": "why", "grade": True, "solution": True, "points": points}
    return new_markdown_cell(text, id="why", metadata={"nbgrader": flags})


def lab_notebook(exercises: Sequence[str] = EXERCISES, *, asks: bool = True) -> NotebookNode:
    """The instructor's notebook: some exercises with hidden tests, and an open question if it asks one."""
    cells = [new_markdown_cell("# Powers", id="title")]
    for name in exercises:
        answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {_SOLUTIONS[name]}\n    ### END SOLUTION"
        right = _SOLUTIONS[name].replace("x", "3.0")
        hidden = f"### BEGIN HIDDEN TESTS\nassert {name}(3.0) == {right}\n### END HIDDEN TESTS"
        cells += [solution(name, answer), graded_cell(name, f"assert {name}(0) == 0\n{hidden}")]
    return new_notebook(cells=[*cells, *([question("YOUR ANSWER HERE")] if asks else [])], metadata=_KERNEL)


def submission(
    answers: dict[str, str] | None = None,
    words: str = "",
    exercises: Sequence[str] = EXERCISES,
    *,
    asks: bool = True,
) -> NotebookNode:
    """A student's notebook; exercises for which no answer is given are answered rightly."""
    given = answers or {}
    cells = [new_markdown_cell("# Powers", id="title")]
    for name in exercises:
        answer = f"def {name}(x):\n    return {_SOLUTIONS[name]}"
        cells += [solution(name, given.get(name, answer)), graded_cell(name, f"assert {name}(0) == 0")]
    answered = [question(words or "YOUR ANSWER HERE")] if asks else []
    return new_notebook(cells=[*cells, *answered], metadata=_KERNEL)


def hand_in(root: Path, student: str, notebook: NotebookNode, name: str = LAB) -> None:
    """Put a notebook among the submissions, with a time of submission."""
    folder = root / "submitted" / student / LAB
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "timestamp.txt").write_text("2026-11-22 14:05:06 UTC")


def make_class(root: Path, blank_gradebook: Path, students: int) -> Path:
    """Make a course with a class, whose answers are right, wrong, erroneous, or missing."""
    (root / "source" / LAB).mkdir(parents=True)
    nbformat.write(lab_notebook(), root / "source" / LAB / f"{LAB}.ipynb")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    wrong = ("def square(x):\n    return 4 * x", "def square(x):\n    raise ValueError('no')", "", "square = 5")
    for number in range(students):
        answers = {"square": wrong[number % 5 - 1]} if number % 5 else {}
        hand_in(root, f"s{number:03}", submission(answers, f"Because {number}." if number % 3 else ""))
    return root


def start(root: Path, *arguments: str, within: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """Start the grader as an instructor does, or as an argument of another program, `within`."""
    return subprocess.Popen(
        [*within, sys.executable, "-c", _MAIN, *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "300"},
        start_new_session=True,
    )


def grade(root: Path, *arguments: str, within: Sequence[str] = ()) -> tuple[int, str, str]:
    """Grade the lab; the exit code and what was printed."""
    with start(root, "grade", LAB, "--quiet", *arguments, within=within) as process:
        out, err = process.communicate()
    return process.returncode, out, err


def assert_explained(err: str) -> None:
    """Assert that what was printed on standard error is a message for a person, and not a traceback."""
    assert "Traceback" not in err, err
    assert "Unexpected error" not in err, err


@contextmanager
def database(root: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(root / "gradebook.db")) as connection:
        yield connection
        connection.commit()


def grade_by_hand(root: Path, student: str, grade_id: str, score: float, comment: str) -> None:
    """Give a score and a comment as formgrader does."""
    where = (
        "WHERE cell_id IN (SELECT id FROM base_cell WHERE name = ?) AND notebook_id IN (SELECT sn.id FROM "
        "submitted_notebook sn JOIN submitted_assignment s ON sn.assignment_id = s.id WHERE s.student_id = ?)"
    )
    commented = grade_id.removesuffix("-test")
    with database(root) as connection:
        graded = connection.execute(
            f"UPDATE grade SET manual_score = ?, needs_manual_grade = 0 {where}", (score, grade_id, student)
        )
        remarked = connection.execute(f"UPDATE comment SET manual_comment = ? {where}", (comment, commented, student))
        assert (graded.rowcount, remarked.rowcount) == (1, 1)


def gradebook(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that the gradebook says of the class, without its random ids, in a fixed order."""
    with database(root) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return contents(lambda query: connection.execute(query).fetchall())


def contents(ask: Callable[[str], Iterable[Any]]) -> dict[str, list[tuple[Any, ...]]]:
    """The same of any database, which answers a query with its rows."""
    found = {
        name: sorted(ask(query + _PLACE.format(column="g.id" if name == "notebooks" else "g.notebook_id")), key=repr)
        for name, query in _TABLES.items()
    }
    query = "SELECT student_id, a.name, s.timestamp, s.extension FROM submitted_assignment s"
    found["submissions"] = sorted(ask(f"{query} JOIN assignment a ON s.assignment_id = a.id"), key=repr)
    found["students"] = sorted(ask("SELECT id FROM student"))
    return found


def given_by_hand(root: Path) -> list[tuple[Any, ...]]:
    """What persons gave and wrote."""
    book = gradebook(root)
    rows = [*book["grades"], *book["comments"]]
    return [(*row[:4], row[5]) for row in rows if row[5] is not None]


def autograded(root: Path) -> dict[str, str]:
    """All files of ``autograded/``, without the seconds that grading took."""
    files = sorted(path for path in (root / "autograded").rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): re.sub(r'"seconds": [\d.e-]+', '"seconds": 0', path.read_text()) for path in files
    }


def written(root: Path) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """All that a run of the grader leaves, in a form in which two runs can be compared."""
    return gradebook(root), autograded(root)


def verdicts_kept(root: Path) -> dict[str, tuple[int, int]]:
    """The files in which verdicts are kept, with what changes when one is written again."""
    found = {}
    for path in (root / ".autograder" / "cache").rglob("*.json"):
        status = path.stat()
        found[path.name] = (status.st_ino, status.st_mtime_ns)
    return found


def records(out: str) -> dict[str, dict[str, Any]]:
    """What ``--format json`` printed, by student."""
    return {record["student"]: record for record in json.loads(out)}


def stray_files(root: Path) -> list[str]:
    """Files that a grader writes for a moment and must not leave."""
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.name.startswith((".autograded-", ".replaced-", ".unfinished-", "tmp")) or path.suffix == ".db-journal"
    )
