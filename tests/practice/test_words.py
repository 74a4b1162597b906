"""What a student and an instructor read of errors, and what a page shows in the end, as in Jupyter."""

from collections.abc import Iterator
from typing import Any

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.report.diagnoses import diagnosis_of
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, Level, NotebookResult
from tests.graders import lab_of, open_grader

LIMITS = Limits(cell_seconds=20.0, memory_bytes=2 * 1024**3)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    with open_grader(tmp_path_factory.mktemp("words"), LIMITS, Mode.BUBBLEWRAP) as grader:
        yield grader


def lesson(source: str) -> Cell:
    return Cell("code", Role.LOCKED, source, f"lesson-{abs(hash(source))}")


def solution(source: str, grade_id: str = "own") -> Cell:
    return Cell("code", Role.SOLUTION, source, grade_id)


def checking(source: str, grade_id: str = "own-test") -> Cell:
    return Cell("code", Role.TEST, source, grade_id, points=2.0)


HIDDEN = Cell("code", Role.TEST, "", "own-test", points=2.0)
BESIDE = "import unittest.mock\nwith unittest.mock.patch('math.e', 3):\n    assert own(2) == 3"
CELLS = (solution("def own(x):\n    return x + 1"), checking("assert own(2) == 3"))


def graded(
    grader: NotebookGrader, submitted: list[Cell], source: tuple[Cell, ...] = CELLS, name: str = "words"
) -> NotebookResult:
    released = tuple(HIDDEN if cell.grade_id == "own-test" else cell for cell in source)
    lab = lab_of(name, source, released)
    return grader.grade(lab, SubmittedNotebook(name, tuple(submitted)), repr(submitted))


STOPPED = [
    ("import maths\ndef own(x):\n    return x + 1", "ModuleNotFoundError: No module named 'maths' (line 1)", "maths"),
    (
        "step = int(input('step? '))\ndef own(x):\n    return x + step",
        "EOFError: EOF when reading a line (line 1)",
        "input",
    ),
    ("import math\ndef own(x)\n    return x + 1", "SyntaxError: expected ':' (line 2)", "cannot read"),
    (
        "text = open('data.csv').read()\ndef own(x):\n    return x + 1",
        "No such file or directory: 'data.csv' (line 1)",
        "file",
    ),
    ("from myhelper import inc\ndef own(x):\n    return inc(x)", "No module named 'myhelper' (line 1)", "myhelper"),
    ("def own(x):\nreturn x", "IndentationError", "cannot read"),
    ("1 / 0\ndef own(x):\n    return x + 1", "ZeroDivisionError: division by zero (line 1)", "stops with an error"),
]


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize(("answer", "said", "counted"), STOPPED)
def test_the_error_that_the_student_made_is_named(
    grader: NotebookGrader, answer: str, said: str, counted: str, *, beside: bool
) -> None:
    source = (CELLS[0], checking(BESIDE)) if beside else CELLS
    (verdict,) = graded(grader, [solution(answer), HIDDEN], source, "beside" if beside else "words").verdicts
    assert verdict.level is (Level.BESIDE if beside else Level.WALL)
    assert (verdict.status, verdict.points) == (CellStatus.ERROR, 0.0)
    assert verdict.message.startswith("The cell of the exercise 'own' stopped: ")
    assert said in verdict.message
    diagnosis = diagnosis_of(verdict)
    assert diagnosis is not None
    assert counted in diagnosis.title + diagnosis.key or counted in diagnosis.title.lower()


def test_a_helper_whose_cell_stopped_is_named_too(grader: NotebookGrader) -> None:
    helper = Cell("code", Role.FREE, "import maths\ndef inc(x):\n    return x + 1")
    (verdict,) = graded(grader, [helper, solution("def own(x):\n    return inc(x)"), HIDDEN]).verdicts
    assert "NameError: name 'inc' is not defined" in verdict.message
    assert "No module named 'maths' (line 1)" in verdict.message
    (verdict,) = graded(grader, [helper, solution("y = inc(1)\ndef own(x):\n    return x"), HIDDEN]).verdicts
    assert "No module named 'maths' (line 1)" in verdict.message


def test_a_cell_that_stops_below_its_answer_costs_nothing(grader: NotebookGrader) -> None:
    (verdict,) = graded(grader, [solution("def own(x):\n    return x + 1\nown(1) / 0"), HIDDEN]).verdicts
    assert verdict.status is CellStatus.PASSED


def test_an_answer_that_was_left_as_it_was_says_so(grader: NotebookGrader) -> None:
    (verdict,) = graded(grader, [solution("raise NotImplementedError()"), HIDDEN]).verdicts
    assert "not written yet" in verdict.message


def test_an_instructor_sees_line_and_values_where_the_solution_fails(grader: NotebookGrader) -> None:
    source = (CELLS[0], checking("assert own(1) == 2\nassert own(2) == 4"))
    (level,) = graded(grader, [CELLS[0], HIDDEN], source, "failing").levels
    assert "line 2: `assert own(2) == 4`" in level.reason
    assert "own(2) is 3" in level.reason
    source = (solution("import no_such_package\ndef own(x):\n    return x + 1"), CELLS[1])
    (level,) = graded(grader, [CELLS[0], HIDDEN], source, "unimportable").levels
    assert "No module named 'no_such_package'; line 1" in level.reason


LATER = [
    ("import torch", "torch.set_default_dtype(torch.float64)", "assert torch.ones(1).dtype == torch.float32"),
    ("import numpy as np", "np.set_printoptions(precision=2)", "assert str(np.array([1 / 3])) == '[0.33333333]'"),
    ("import pandas as pd", "pd.set_option('display.max_rows', 3)", "assert pd.get_option('display.max_rows') == 60"),
    (
        "import matplotlib as mpl",
        "mpl.rcParams['lines.linewidth'] = 9",
        "assert mpl.rcParams['lines.linewidth'] == 1.5",
    ),
    (
        "import plotly.io as pio",
        "pio.templates.default = 'ggplot2'",
        "assert pio.templates.default == 'plotly'",
    ),
    ("import warnings", "warnings.simplefilter('error')", "warnings.warn('x')"),
    ("import os", "os.environ['MODE'] = 'later'", "assert os.environ.get('MODE') is None"),
    ("import decimal", "decimal.getcontext().prec = 3", "assert len(str(decimal.Decimal(1) / 3)) == 30"),
    ("import numpy as np", "np.seterr(all='raise')", "assert np.isinf(np.array([1.0]) / 0).all()"),
    ("data = [3, 1]", "data.sort()", "assert data == [3, 1]"),
    ("import numpy as np\ntable = np.zeros(2)", "table += 1", "assert table.sum() == 0"),
    ("import random\nrng = random.Random(0)", "rng.random()", "assert rng.random() == random.Random(0).random()"),
]


def test_what_a_later_lesson_cell_sets_reaches_no_test_above_it(grader: NotebookGrader) -> None:
    lessons = [lesson(source) for source in dict.fromkeys(before for before, _, _ in LATER)]
    tests = [checking(f"{test}\nassert own(2) == 3", f"test-{i}") for i, (_, _, test) in enumerate(LATER)]
    later = [lesson(source) for _, source, _ in LATER]
    below = checking("assert data == [1, 3] and table.sum() == 2\nassert own(2) == 3", "below")
    source = (*lessons, CELLS[0], *tests, *later, below)
    verdicts = graded(grader, list(source), source, "later").verdicts
    assert {verdict.grade_id: verdict.message for verdict in verdicts if verdict.status is not CellStatus.PASSED} == {}
    assert [(test.grade_id, test.reason) for test in graded(grader, list(source), source, "later").levels] == []


def shown(grader: NotebookGrader, *sources: str) -> list[list[Any]]:
    """What the page shows of free cells: of each its texts and kinds."""
    cells = [Cell("code", Role.FREE, source) for source in sources]
    outcomes = graded(grader, [*cells, CELLS[0], HIDDEN]).outcomes[: len(cells)]
    return [
        [it.get("text") or it.get("data", {}).get("text/plain") or it.get("ename") for it in outcome.outputs]
        for outcome in outcomes
    ]


def test_a_page_shows_what_the_notebook_would_show_in_the_end(grader: NotebookGrader) -> None:
    found = shown(
        grader,
        "from IPython.display import clear_output, display, update_display\n"
        "for i in range(40):\n    clear_output(wait=True)\n    print('frame', i)",
        "handle = display(0, display_id='bar')\nfor i in range(300):\n    handle.update(i)",
        "for i in range(101):\n    print(f'\\r{i:3}%', end='')",
        "import sys\nsys.stderr.write('12%')\nfor i in range(13, 20):\n    sys.stderr.write(f'\\b\\b\\b{i}%')\nNone",
        "print('first')\nprint('second\\x1b[1A\\r\\x1b[2Kabove')",
        "print('gone')\nclear_output()\nprint('kept')",
        "print('kept')\nclear_output(wait=True)",
        "print('\\x1b[31mred\\x1b[0m')",
        "update_display('updated below', display_id='bar')",
        "display(1, clear=True)",
    )
    assert found == [
        ["frame 39\n"],
        ["'updated below'"],
        ["100%"],
        ["19%"],
        ["above\nsecond"],
        ["kept\n"],
        ["kept\n"],
        ["\x1b[31mred\x1b[0m\n"],
        [],
        ["1"],
    ]


def test_frames_that_are_gone_do_not_count_against_the_limit(grader: NotebookGrader) -> None:
    big = "'x' * 500_000"
    found = shown(
        grader,
        "from IPython.display import clear_output\n"
        f"for i in range(30):\n    clear_output()\n    print({big})\nprint('end')",
        f"for i in range(30):\n    print('\\r' + {big}, end='')\nprint('end')",
    )
    assert [cell[-1].endswith("xend\n") or cell[-1].endswith("x\nend\n") for cell in found] == [True, True]


def test_the_notebooks_own_names_and_manners_are_jupyters(grader: NotebookGrader) -> None:
    found = shown(
        grader,
        "6 * 7",
        "_ + 1",
        "__, Out[1], In[1], _1, _i1, _ii",
        "exit()\nprint('after')",
        "quit",
        "len?",
        "%autosave 60\n'x'",
        "get_ipython().__class__.__name__ != '' and display is not None and __name__",
        "_ = 'mine'\n'theirs'",
        "_",
    )
    assert found == [
        ["42"],
        ["43"],
        ["(42, 42, '6 * 7', 42, '6 * 7', '6 * 7')"],
        ["after\n"],
        [],
        [],
        ["'x'"],
        ["'__main__'"],
        ["'theirs'"],
        ["'mine'"],
    ]
