"""Answers graded through the real wall, many to a notebook: those that build on one another never in the same one."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.python_names import bound_names, used_names
from autograder.repair import realign
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus
from tests.course.answer_files import Answer, independent
from tests.course.outcomes import Outcome
from tests.graders import open_grader

ROOT = Path(__file__).parents[2]
# A fixed secret: the same hidden inputs in every run.
SECRET = bytes(range(32))

Notebook = Mapping[str, Answer]


@contextmanager
def repeatable_grader(state: Path) -> Iterator[NotebookGrader]:
    """Open a grader with hidden inputs that are the same in every run."""
    (state / "secret").write_bytes(SECRET)
    with open_grader(state, Limits(cell_seconds=60), Mode.BUBBLEWRAP) as grader:
        yield grader


def open_lab(lab: str) -> Lab:
    return read_lab(Course.open(ROOT), lab)


def handed_in(lab: Lab, chosen: Notebook) -> SubmittedNotebook:
    """The released notebook with these answers and no others; the notebook's examples are emptied, which saves time."""
    (notebook,) = lab.notebooks
    cells = []
    for cell in notebook.released:
        if cell.grade_id in chosen:
            cells.append(replace(cell, source=chosen[cell.grade_id].source))
        elif cell.role is Role.FREE and cell.kind == "code":
            cells.append(replace(cell, source=""))
        else:
            cells.append(cell)
    return realign(notebook.name, cells, notebook.released)


def try_through_wall(name: str, given: Iterable[Answer], state: Path) -> Iterator[Outcome]:
    """Grade answers as those of students.

    Args:
        name: the lab's name.
        given: the answers; the exercises on which they build get an independent right one.
        state: an empty folder for the grader.
    """
    lab = open_lab(name)
    (notebook,) = lab.notebooks
    right = independent(name)
    with repeatable_grader(state) as grader:
        for number, chosen in enumerate(packed(notebook, given)):
            needed = {other for each in chosen.values() for other in _needs(notebook, each)}
            answered = handed_in(lab, {other: right[other] for other in needed} | chosen)
            graded = grader.grade(lab, answered, f"student{number}")
            assert graded.flags == (), graded.flags
            verdicts = {verdict.grade_id.removesuffix("-test"): verdict for verdict in graded.verdicts}
            for exercise, each in chosen.items():
                verdict = verdicts[exercise]
                passed = verdict.status is CellStatus.PASSED and verdict.points == verdict.max_points
                refused = verdict.status in (CellStatus.FAILED, CellStatus.ERROR) and verdict.points == 0
                message = verdict.message if passed or refused else f"{verdict.status}: {verdict.message}"
                yield Outcome(each, passed, verdict.misconception, message)


def packed(notebook: LabNotebook, given: Iterable[Answer]) -> list[dict[str, Answer]]:
    """Put answers into as few notebooks as will do.

    A wrong answer stands in no notebook with an answer or a test that uses what it defines.
    """
    rows: list[dict[str, Answer]] = []
    for each in given:
        for row in rows:
            if each.exercise not in row and _agree(notebook, each, row):
                row[each.exercise] = each
                break
        else:
            rows.append({each.exercise: each})
    return rows


def _agree(notebook: LabNotebook, each: Answer, row: Notebook) -> bool:
    needs = _needs(notebook, each)
    if any(not other.right and other.exercise in needs for other in row.values()):
        return False
    return each.right or not any(each.exercise in _needs(notebook, other) for other in row.values())


@cache
def _needs(notebook: LabNotebook, answer: Answer) -> frozenset[str]:
    """The other exercises that an answer or its test uses."""
    owners = _owners(notebook.source)
    (test,) = (cell.source for cell in notebook.source if cell.grade_id == f"{answer.exercise}-test")
    names = used_names(test) | (used_names(answer.source) - bound_names(answer.source))
    return frozenset(owner for name in names for owner in owners.get(name, ())) - {answer.exercise}


@cache
def _owners(cells: tuple[Cell, ...]) -> Mapping[str, frozenset[str]]:
    """The exercises on which a name rests: those that bind it, or that a locked cell needs to bind it."""
    owners: dict[str, frozenset[str]] = {}
    for cell in cells:
        if cell.kind != "code" or cell.role is Role.TEST:
            continue
        own = {cell.grade_id or ""}
        behind = own if cell.role is Role.SOLUTION else {o for n in used_names(cell.source) for o in owners.get(n, ())}
        owners |= dict.fromkeys(bound_names(cell.source), frozenset(behind))
    return owners
