"""Answers graded through the real wall, many to a notebook: those that build on one another never in the same one."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.cells import Lab, LabNotebook, Role, SubmittedNotebook
from autograder.course import Course
from autograder.grading.bench import Bench
from autograder.judging.names import bound_names, used_names
from autograder.limits import Limits
from autograder.repair import realign
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus
from tests.course.answer_book import Answer, independent
from tests.course.outcomes import Outcome

ROOT = Path(__file__).parents[2]
# A fixed secret: the same hidden inputs in every run.
SECRET = bytes(range(32))

Notebook = Mapping[str, Answer]


@contextmanager
def open_bench(state: Path) -> Iterator[Bench]:
    """Open a bench with hidden inputs that are the same in every run."""
    (state / "secret").write_bytes(SECRET)
    with Bench(state, Limits(cell_seconds=60), Mode.BUBBLEWRAP) as bench:
        yield bench


def open_lab(lab: str) -> Lab:
    """A lab as it is built."""
    return Course.open(ROOT).lab(lab)


def handed_in(lab: Lab, chosen: Notebook) -> SubmittedNotebook:
    """The released notebook with these answers; the lesson's examples are emptied, which saves their time."""
    (notebook,) = lab.notebooks
    cells = []
    for cell in notebook.released:
        if cell.role is Role.SOLUTION:
            cells.append(replace(cell, source=chosen[cell.grade_id or ""].source))
        elif cell.role is Role.FREE and cell.kind == "code":
            cells.append(replace(cell, source=""))
        else:
            cells.append(cell)
    return realign(notebook.name, cells, notebook.released)


def try_through_wall(name: str, given: Iterable[Answer], state: Path) -> Iterator[Outcome]:
    """Grade answers as those of students.

    Args:
        name: the lab's name.
        given: the answers; where a notebook has no answer of them to an exercise, it has an independent right one.
        state: an empty folder for the grader.
    """
    lab = open_lab(name)
    (notebook,) = lab.notebooks
    right = independent(name)
    with open_bench(state) as bench:
        for number, chosen in enumerate(packed(notebook, given)):
            answered = handed_in(lab, right | chosen)
            graded = bench.grade(notebook, answered, lab.files, f"student{number}", name)
            assert graded.flags == (), graded.flags
            verdicts = {verdict.grade_id.removesuffix("-test"): verdict for verdict in graded.verdicts}
            for exercise, each in chosen.items():
                verdict = verdicts[exercise]
                passed = verdict.status is CellStatus.PASSED and verdict.points == verdict.max_points
                refused = verdict.status in (CellStatus.FAILED, CellStatus.ERROR) and verdict.points == 0
                told = verdict.message if passed or refused else f"{verdict.status}: {verdict.message}"
                yield Outcome(each, passed, verdict.misconception, told)


def packed(notebook: LabNotebook, given: Iterable[Answer]) -> list[dict[str, Answer]]:
    """Put answers into as few notebooks as will do.

    A wrong answer stands in no notebook with an answer or a test that uses what it defines.
    """
    rests = _rests_on(notebook)
    rows: list[dict[str, Answer]] = []
    for each in given:
        needs = rests[each.exercise] | _uses(notebook, each)
        for row in rows:
            if each.exercise not in row and _agree(each, needs, row, notebook, rests):
                row[each.exercise] = each
                break
        else:
            rows.append({each.exercise: each})
    return rows


def _agree(each: Answer, needs: set[str], row: Notebook, notebook: LabNotebook, rests: Mapping[str, set[str]]) -> bool:
    if any(not other.right and other.exercise in needs for other in row.values()):
        return False
    return each.right or not any(
        each.exercise in rests[other.exercise] | _uses(notebook, other) for other in row.values()
    )


def _owners(notebook: LabNotebook) -> dict[str, set[str]]:
    """The exercises on which a name rests: those that bind it, or that a locked cell needs to bind it."""
    owners: dict[str, set[str]] = {}
    for cell in notebook.source:
        if cell.kind != "code" or cell.role is Role.TEST:
            continue
        behind = {cell.grade_id or ""} if cell.role is Role.SOLUTION else set()
        if cell.role is not Role.SOLUTION:
            behind |= {owner for name in used_names(cell.source) for owner in owners.get(name, set())}
        for name in bound_names(cell.source):
            owners[name] = behind
    return owners


def _rests_on(notebook: LabNotebook) -> dict[str, set[str]]:
    """For each exercise the other exercises that its test uses."""
    owners = _owners(notebook)
    tests = {
        (cell.grade_id or "").removesuffix("-test"): cell.source for cell in notebook.source if cell.role is Role.TEST
    }
    return {
        exercise: {owner for name in used_names(source) for owner in owners.get(name, set())} - {exercise}
        for exercise, source in tests.items()
    }


def _uses(notebook: LabNotebook, answer: Answer) -> set[str]:
    """The other exercises whose names an answer uses and does not bind itself."""
    owners = _owners(notebook)
    foreign = used_names(answer.source) - bound_names(answer.source)
    return {owner for name in foreign for owner in owners.get(name, set())} - {answer.exercise}
