"""Whether a submission's text may rely on cells that grading skips. Nothing runs."""

from dataclasses import replace

import pytest

from autograder.cells import Cell, Role
from autograder.judging.reliance import reliance, skippable
from autograder.judging.skipped_cells import SkippedCells

SHOWN = Cell("code", Role.FREE, "figure = plot(best)", skipped=True)
LESSON = (Cell("code", Role.LOCKED, "import torch\nbest = 1", "setup"), SHOWN, Cell("code", Role.FREE, "figure = None"))
SKIPPED = SkippedCells(
    (1,),
    frozenset({"figure", "x", "loss"}),
    draw=True,
    call_answers=True,
    packages=frozenset({"torch"}),
    lent=frozenset({"best"}),
)


def why(answer: str, skipped: SkippedCells = SKIPPED, *more: Cell) -> str:
    return reliance((*LESSON, Cell("code", Role.SOLUTION, answer, "answer"), *more), LESSON, skipped)


@pytest.mark.parametrize(
    "answer",
    [
        "def answer(x):\n    loss = x**2\n    return loss",
        "def answer(x):\n    'x is the place.'\n    for _ in range(3):\n        x = x - 1\n    return {'x': x}",
        "x = torch.ones(3)\nprint(x, [x for x in range(3)])",
        "def answer(model):\n    model.eval()\n    return model.x",
        "@torch.no_grad()\ndef answer(w, rate=0.1):\n    w -= rate * w.grad\n    w.grad.zero_()",
        "class Net(torch.nn.Module):\n    size = 3\n    def forward(self, x):\n        self.last = x\n        return x",
        "def answer(:",
    ],
)
def test_text_that_stands_alone(answer: str) -> None:
    assert why(answer) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "value = x",
        "def answer():\n    return loss",
        "if False:\n    x = 1\nprint(x)",
        "def answer():\n    return globals()['x']",
        "def answer():\n    return eval('x')",
        "import sys\nvalue = sys.modules['__main__'].x",
        "value = __import__('builtins')",
        "%time answer()",
        "value = Out[3]",
        "value = _",
        "value = _12",
        "import pandas\nrows = table.query('price > @loss')",
        "rows = table.eval('x + 1')",
        "calls = []\ndef answer(y):\n    calls.append(y)\n    return y",
        "def answer(y, seen=[]):\n    return y",
        "def answer(y):\n    global last\n    last = y",
        "def answer(y):\n    answer.calls = 1\n    return y",
        "import functools\n@functools.cache\ndef answer(y):\n    return y",
        "class Answer:\n    all = []",
        "def answer():\n    torch.set_default_dtype(torch.float64)",
        "def answer():\n    torch.manual_seed(0)",
        "def answer():\n    best.append(1)",
        "def answer():\n    open('log', 'w')",
        "y = " + "-" * 100_000 + "1",
        "y = 1\n" * 100_000,
    ],
)
def test_text_that_may_rely_on_them(answer: str) -> None:
    assert why(answer)


def test_a_cell_of_its_own_and_a_changed_one_count_like_answers() -> None:
    assert why("0", SKIPPED, Cell("code", Role.FREE, "print(loss)"))
    changed = (LESSON[0], LESSON[1], replace(LESSON[2], source="print(figure)"))
    assert reliance(changed, LESSON, SKIPPED)


def test_a_copy_of_a_lesson_cell_is_the_submissions_own() -> None:
    copy = Cell("code", Role.FREE, "print(figure)")
    lesson = (*LESSON, copy)
    assert reliance(lesson, lesson, SKIPPED) == ""
    assert reliance((LESSON[0], SHOWN, copy, LESSON[2], copy), lesson, SKIPPED)


def test_a_lesson_cell_that_is_missing_may_leave_a_name_to_a_skipped_one() -> None:
    assert reliance(LESSON[:2], LESSON, SKIPPED)
    assert reliance((LESSON[0], LESSON[2]), LESSON, SKIPPED) == ""


def test_files_matter_if_a_skipped_cell_writes_some() -> None:
    reading = "def answer():\n    return torch.load('best.pt')"
    assert why(reading) == ""
    assert why(reading, replace(SKIPPED, files=frozenset({"./best.pt"})))


def test_what_an_answer_keeps_matters_if_a_skipped_cell_calls_answers() -> None:
    keeping = "calls = []\ndef answer(y):\n    return len(calls)"
    assert why(keeping)
    assert why(keeping, replace(SKIPPED, call_answers=False)) == ""


def test_only_an_unchanged_cell_in_its_place_is_skipped() -> None:
    source = (*LESSON, Cell("code", Role.SOLUTION, "0", "answer"))
    assert skippable(source, source, SKIPPED) == {1}
    changed = (
        replace(SHOWN, source="figure = 1"),
        replace(SHOWN, skipped=False),
        replace(SHOWN, source=f"{SHOWN.source}\n"),
    )
    assert skippable(changed, source, SKIPPED) == {2}
