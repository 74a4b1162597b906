"""Cells and calls that do not come to an end, with real processes: what they cost, and the message to the student."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, CellVerdict
from tests.graders import lab_of, open_grader

LIMITS = Limits(cell_seconds=3.0, call_seconds=1.0, grace_seconds=0.5, submission_seconds=60.0, memory_bytes=2**30)
NAMES = ("first", "second", "third")
HIDDEN = 987654321


def source(name: str) -> list[Cell]:
    return [
        Cell("code", Role.SOLUTION, f"def {name}(n): return n + 1", name),
        Cell("code", Role.TEST, f"assert {name}({HIDDEN}) == {HIDDEN + 1}", f"{name}-test", 2.0),
    ]


SOURCE = tuple(cell for name in NAMES for cell in source(name))
LAB = lab_of("lab", SOURCE)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    with open_grader(tmp_path_factory.mktemp("state"), LIMITS, Mode.BUBBLEWRAP) as grader:
        yield grader


def grade(grader: NotebookGrader, **answers: str) -> dict[str, CellVerdict]:
    """Grade a submission, and check that no hidden input shows in messages, outputs and flags."""
    answered = [
        Cell("code", cell.role, answers.get(cell.grade_id or "", cell.source), cell.grade_id) for cell in SOURCE
    ]
    for extra in sorted(answers.keys() - set(NAMES)):
        answered.insert(2, Cell("code", Role.FREE, answers[extra]))
    result = grader.grade(LAB, SubmittedNotebook("lab", tuple(answered)), "ann")
    shown = [output for outcome in result.outcomes for output in outcome.outputs]
    assert str(HIDDEN) not in repr(([verdict.message for verdict in result.verdicts], shown, result.flags))
    return {verdict.grade_id.removesuffix("-test"): verdict for verdict in result.verdicts}


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        ("while True: pass", "timed out", "The cell of the exercise 'second' had not come to an end after 3 seconds"),
        (
            "def second(n):\n    while True: pass",
            "timed out",
            "`second(…)` had been called by the test and had not come back after 1 second",
        ),
        (
            "import signal\nsignal.signal(2, signal.SIG_IGN)\ndef second(n):\n    while True: pass",
            "timed out",
            "`second(…)` had been called by the test and had not come back after 1 second",
        ),
        (
            "import os\nos._exit(7)",
            "error",
            "In the cell of the exercise 'second' the process in which your notebook runs ended by itself with exit",
        ),
        (
            "import os\ndef second(n): os._exit(7)",
            "error",
            "`second(…)` had been called by the test, and the process in which your code ran ended by itself",
        ),
        (
            "import ctypes\ndef second(n): return ctypes.string_at(1)",
            "error",
            "the process in which your code ran was killed (signal 11, SIGSEGV)",
        ),
        (
            "import os\ndef second(n): os.kill(os.getpid(), 9)",
            "error",
            "the process in which your code ran was killed (signal 9, SIGKILL), as happens when the machine's memory",
        ),
        (
            "def second(n): return bytearray(2**31)",
            "error",
            "Your code needed more than the 1 GiB of memory that a submission may use",
        ),
        (
            "much = 'x' * 2**31\ndef second(n): return n",
            "error",
            "The cell of the exercise 'second' needed more than the 1 GiB of memory",
        ),
        (
            'import torch\nx = torch.ones(2, device="cuda")\ndef second(n): return n',
            "error",
            "The cell of the exercise 'second' asked for a GPU, and it is graded on a machine without one. Leave the "
            "choice to `gradlab.device()`",
        ),
        (
            'import torch\ndef second(n):\n    return torch.ones(2, device="cuda")',
            "error",
            "Your code asked for a GPU, and it is graded on a machine without one",
        ),
        (
            "import torch\nmuch = torch.ones(2**29)",
            "error",
            "The cell of the exercise 'second' needed more than the 1 GiB of memory",
        ),
    ],
)
def test_a_stop_costs_its_own_exercise_and_says_where_and_how(
    grader: NotebookGrader, answer: str, status: str, message: str
) -> None:
    verdicts = grade(grader, second=answer)
    assert [verdicts[name].points for name in NAMES] == [2.0, 0.0, 2.0]
    assert verdicts["second"].status is CellStatus(status)
    assert message in verdicts["second"].message


@pytest.mark.slow
def test_many_quick_calls_have_the_time_of_a_cell(tmp_path: Path) -> None:
    cells = (
        Cell("code", Role.SOLUTION, "def step(n): return n", "step"),
        Cell("code", Role.TEST, "for n in range(20): assert step(n) == n", "t", 1.0),
    )
    slow = replace(cells[0], source="import time\ndef step(n):\n    time.sleep(0.3)\n    return n")
    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        submitted = SubmittedNotebook("lab", (slow, cells[1]))
        verdict = grader.grade(lab_of("lab", cells), submitted, "ann").verdicts[0]
    assert verdict.status is CellStatus.TIMED_OUT
    assert "With your answer the test had not come to an end after 3 seconds" in verdict.message
    assert "`step(…)` had been called last" in verdict.message


def test_a_cell_of_the_students_own_is_named_by_its_first_line(grader: NotebookGrader) -> None:
    verdicts = grade(grader, extra="# my own\nwhile True: pass", second="1 +")
    assert [verdicts[name].points for name in NAMES] == [2.0, 0.0, 2.0]
    assert "The cell that begins with `# my own` had not come to an end after 3 seconds" in verdicts["second"].message


def test_the_end_of_the_time_for_the_notebook_names_the_cell_that_took_most_of_it(tmp_path: Path) -> None:
    with open_grader(tmp_path, replace(LIMITS, submission_seconds=2.0), Mode.BUBBLEWRAP) as grader:
        verdicts = grade(grader, second="while True: pass")
    assert [verdicts[name].points for name in NAMES] == [2.0, 0.0, 0.0]
    for name in ("second", "third"):
        assert verdicts[name].status is CellStatus.TIMED_OUT
        assert "The time for the whole notebook (2 seconds) was used up" in verdicts[name].message
        assert "most of it went into the cell of the exercise 'second' (" in verdicts[name].message


def test_a_notebook_whose_process_always_ends_is_given_up_with_what_it_had_earned(grader: NotebookGrader) -> None:
    fatal = {f"extra{number:02}": f"import os  # {number}\nos._exit(1)" for number in range(25)}
    verdicts = grade(grader, **fatal)
    assert [verdicts[name].points for name in NAMES] == [2.0, 0.0, 0.0]
    assert "had ended 20 times before this cell" in verdicts["third"].message


def test_what_comes_after_a_stopped_answer_may_raise_and_hand_over_objects(grader: NotebookGrader) -> None:
    refusing = "def refuse(n):\n    raise ValueError(n)"
    test = "try:\n    refuse(1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError"
    made = "class Made:\n    def __init__(self): self.size = 3\n    def __len__(self): return self.size"
    cells = [
        Cell("code", Role.SOLUTION, "def stuck(n): return n", "stuck"),
        Cell("code", Role.TEST, "assert stuck(2) == 2", "stuck-test", 1.0),
        Cell("code", Role.SOLUTION, refusing, "refuse"),
        Cell("code", Role.TEST, test, "refuse-test", 1.0),
        Cell("code", Role.SOLUTION, made, "made"),
        Cell("code", Role.TEST, "assert len(Made()) == 3", "made-test", 1.0),
    ]
    lab = lab_of("stopped", cells)
    for answer in ("while True: pass", "try:\n        while True: pass\n    finally:\n        n += 1"):
        answered = [replace(cells[0], source=f"def stuck(n):\n    {answer}"), *cells[1:]]
        result = grader.grade(lab, SubmittedNotebook("stopped", tuple(answered)), "ann")
        assert [verdict.points for verdict in result.verdicts] == [0.0, 1.0, 1.0]
        assert result.flags == ()
