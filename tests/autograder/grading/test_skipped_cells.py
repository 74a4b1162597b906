"""Cells that grading skips: the points of each cell are the same with and without them, whatever a submission does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.judging.skipped_cells import NOTICE
from autograder.limits import Limits
from autograder.repair.realign import realign
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import cell_from
from autograder.verdicts import CellStatus, NotebookResult
from tests.graders import lab_of

LIMITS = Limits(cell_seconds=10.0, grace_seconds=1.0, submission_seconds=120.0)


def cell(role: Role, source: str, grade_id: str | None = None, points: float = 0.0, *, skipped: bool = False) -> Cell:
    return Cell("code", role, source, grade_id, points, skipped=skipped)


def shown(source: str) -> Cell:
    return cell(Role.FREE, source, skipped=True)


ANSWERS = {
    "twice": "def twice(x):\n    return 2 * x",
    "first": "def first(items):\n    return items[0]",
    "kept": "def kept():\n    return 5",
    "drawn": "def drawn():\n    return 0.5",
}
TESTS = {
    "twice": "assert twice(4) == 8",
    "first": "assert first([3, 4]) == 3",
    "kept": "assert kept() == 5",
    "drawn": "assert 0 <= drawn() < 1\nassert round(drawn(), 6) in (0.5, 0.639427)",
}
SOURCE = (
    cell(Role.LOCKED, "import random\nimport math\nfrom pathlib import Path\ndata = [1, 2, 3]", "setup"),
    cell(Role.SOLUTION, ANSWERS["twice"], "twice"),
    cell(Role.TEST, TESTS["twice"], "twice-test", 1.0),
    shown("five = 5\nmade = {'five': five}\nprint('five is', twice(five))"),
    cell(Role.SOLUTION, ANSWERS["first"], "first"),
    cell(Role.TEST, TESTS["first"], "first-test", 1.0),
    shown("Path('note.txt').write_text('5')\nPath('helper_of_lesson.py').write_text('five = 5')"),
    cell(Role.FREE, "total = sum(data)"),
    shown("first([twice(1)])\nfirst([twice(2)])\n5"),
    cell(Role.SOLUTION, ANSWERS["kept"], "kept"),
    cell(Role.TEST, TESTS["kept"], "kept-test", 1.0),
    shown("random.seed(42)\nprint(random.random)"),
    cell(Role.SOLUTION, ANSWERS["drawn"], "drawn"),
    cell(Role.TEST, TESTS["drawn"], "drawn-test", 1.0),
)
LAB = lab_of("lab", SOURCE)
ALL = lab_of("lab", [replace(item, skipped=False) for item in SOURCE])


def submission(
    answers: dict[str, str] | None = None, *, added: dict[int, str] | None = None, changed: dict[int, str] | None = None
) -> SubmittedNotebook:
    """A submission: answers by id, texts of cells added above a place, other texts of lesson cells."""
    cells: list[Cell] = []
    for index, item in enumerate(SOURCE):
        if index in (added or {}):
            cells.append(cell(Role.FREE, (added or {})[index]))
        text = (answers or {}).get(item.grade_id or "", (changed or {}).get(index, item.source))
        cells.append(replace(item, source=text))
    return SubmittedNotebook("lab", tuple(cells))


def untagged(submitted: SubmittedNotebook) -> SubmittedNotebook:
    return replace(submitted, cells=tuple(replace(item, skipped=False) for item in submitted.cells))


def skipped_places(result: NotebookResult) -> list[int]:
    texts = [[output.get("text") for output in outcome.outputs] for outcome in result.outcomes]
    return [index for index, text in enumerate(texts) if text == [NOTICE]]


def points(result: NotebookResult) -> dict[str, float | None]:
    return {verdict.grade_id: verdict.points for verdict in result.verdicts}


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    state, terms = tmp_path_factory.mktemp("state"), Terms(LIMITS, Mode.BUBBLEWRAP)
    with LocalExecutor(state, terms) as executor:
        yield NotebookGrader(state, terms, executor)


INDEPENDENT = {
    "the solution": submission(),
    "another name for its own variable": submission(
        {"twice": "def twice(five):\n    made = five + five\n    return made"}
    ),
    "wrong": submission({"twice": "def twice(x):\n    return x", "first": "def first(items):\n    return items[9]"}),
    "left as it was": submission({"twice": "def twice(x):\n    raise NotImplementedError()"}),
    "a method on nothing": submission({"first": "def first(items):\n    return None.item()"}),
    "cells of its own": submission(added={2: "twice(8)\nfor number in range(3):\n    print(number)"}),
}


@pytest.mark.parametrize("name", INDEPENDENT)
def test_a_submission_that_stands_alone_is_graded_without_them(grader: NotebookGrader, name: str) -> None:
    submitted = INDEPENDENT[name]
    result = grader.grade(LAB, submitted, "ann")
    assert len(skipped_places(result)) == 4
    assert points(result) == points(grader.grade(ALL, untagged(submitted), "ann"))


KEPT = "def kept():\n    return {}"
# Right with all cells, and only with them.
LEANING = {
    "a name": submission({"kept": KEPT.format("five")}),
    "a name in a branch": submission({"kept": "if not data:\n    five = 0\n" + KEPT.format("five")}),
    "globals": submission({"kept": KEPT.format("globals()['five']")}),
    "globals, put together": submission({"kept": KEPT.format("globals()['fi' + 've']")}),
    "eval": submission({"kept": KEPT.format("eval('fi' 've')")}),
    "in another object": submission({"kept": KEPT.format("made['five']")}),
    "its own cell": submission({"kept": KEPT.format("mine")}, added={9: "mine = five"}),
    "a changed cell of the lesson": submission({"kept": KEPT.format("total")}, changed={7: "total = made['five']"}),
    "an error that is caught": submission(
        {"kept": "try:\n    mine = five\nexcept NameError:\n    mine = 0\n" + KEPT.format("mine")}
    ),
    "the shell": submission({"kept": KEPT.format("get_ipython().user_ns['fi' + 've']")}),
    "the last result": submission({"kept": KEPT.format("mine")}, added={9: "mine = _"}),
    "all results": submission({"kept": KEPT.format("mine")}, added={9: "mine = list(Out.values())[-1]"}),
    "a file": submission({"kept": KEPT.format("int(open('note.txt').read())")}),
    "a module": submission({"kept": "import helper_of_lesson as helper\n" + KEPT.format("helper.five")}),
    "a star": submission({"kept": "from helper_of_lesson import *\n" + KEPT.format("five")}),
    "random numbers": submission({"drawn": "value = random.random()\ndef drawn():\n    return value"}),
    "random numbers when it is called": submission(
        {"drawn": "def drawn():\n    return random.random() if data else 0"}
    ),
    "what a call has left": submission(
        {
            "first": "seen = []\ndef first(items):\n    seen.append(items[0])\n    return items[0]",
            "kept": KEPT.format("len(seen) + 2"),
        }
    ),
    "a counter": submission(
        {
            "first": "calls = 0\ndef first(items):\n    global calls\n    calls += 1\n    return items[0]",
            "kept": KEPT.format("calls + 2"),
        }
    ),
    "an attribute": submission(
        {
            "first": "def first(items):\n    first.calls = getattr(first, 'calls', 0) + 1\n    return items[0]",
            "kept": KEPT.format("first.calls + 2"),
        }
    ),
    "a default value": submission(
        {
            "first": "def first(items, seen=[]):\n    seen.append(1)\n    return items[0]",
            "kept": KEPT.format("len(first.__defaults__[0]) + 2"),
        }
    ),
}


@pytest.mark.parametrize("name", LEANING)
def test_a_submission_that_relies_on_them_is_graded_with_them(grader: NotebookGrader, name: str) -> None:
    result = grader.grade(LAB, LEANING[name], "ann")
    assert skipped_places(result) == []
    expected = grader.grade(ALL, untagged(LEANING[name]), "ann")
    assert points(result) == points(expected)
    if name != "random numbers when it is called":
        assert sum(value or 0.0 for value in points(result).values()) == 4.0, [it.message for it in result.verdicts]


def test_an_error_of_absence_has_all_cells_run(grader: NotebookGrader) -> None:
    # The file is no part of its text: only the ImportError tells that it is missing.
    lines = ("import operator", "here = operator.attrgetter('fi' + 've')", "def kept():")
    text = "\n".join((*lines, "    import helper_of_lesson", "    return here(helper_of_lesson)"))
    result = grader.grade(LAB, submission({"kept": text}), "ann")
    assert skipped_places(result) == []
    assert result.verdicts[2].status is CellStatus.PASSED


def test_a_tag_in_a_submission_counts_nothing() -> None:
    # A released cell that is not tagged, and a cell of its own: both say that they are, in the student's file.
    node = {"cell_type": "code", "source": "mine = 5", "metadata": {"tags": ["autograder:skip"]}}
    released = cell(Role.FREE, "total = 1")
    changed = realign("lab", [cell_from(node), cell_from(node | {"source": "total = 1"})], [released])
    assert not any(item.skipped for item in changed.cells)


NEEDED = {
    "a test uses a name": ("base = 1", "assert twice(base) == 2", "uses 'base' as this cell leaves it"),
    "a function of the lesson uses a name": (
        "base = 1\nbase = 1",
        "assert lessons() == 1",
        "uses 'base'",
    ),
    "it changes what is there": ("data.append(4)", "assert len(data) == 4", "uses 'data' as this cell leaves it"),
    "it sets the locale": (
        "import decimal\ndecimal.getcontext().prec = 3",
        "assert twice(1) == 2",
        "changes the settings of decimal",
    ),
    "it sets the seed": ("random.seed(3)", "assert twice(1) == 2", "draws random numbers"),
    "it changes a library": ("math.pi = 3", "assert twice(1) == 2", "changes math.pi"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_cells_that_are_needed_are_run_and_the_instructor_is_told(tmp_path: Path, name: str) -> None:
    lesson, test, words = NEEDED[name]
    uses = {"it sets the seed": "number = random.random()", "it changes a library": "circle = math.pi"}.get(name, "0")
    source = (
        cell(Role.LOCKED, "import math\nimport random\ndata = [1, 2, 3]\ndef lessons():\n    return base", "setup"),
        shown(lesson),
        cell(Role.LOCKED, uses, "uses"),
        cell(Role.SOLUTION, ANSWERS["twice"], "twice"),
        cell(Role.TEST, test, "twice-test", 1.0),
    )
    if name != "a function of the lesson uses a name":
        source = (replace(source[0], source=source[0].source.partition("\ndef")[0]), *source[1:])
    terms = Terms(LIMITS, Mode.NONE)
    with LocalExecutor(tmp_path, terms) as executor:
        result = NotebookGrader(tmp_path, terms, executor).grade(
            lab_of("lab", source), SubmittedNotebook("lab", source), "ann"
        )
    assert result.verdicts[0].status is CellStatus.PASSED
    assert skipped_places(result) == []
    (note,) = result.notes
    assert words in note
    assert "'autograder:skip'" in note
