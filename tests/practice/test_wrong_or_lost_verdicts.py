"""What a test raises is a verdict on the answer; no verdict rests on chance or on a value that the grader makes up."""

from collections.abc import Mapping

import pytest

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, CellVerdict
from tests.graders import open_grader
from tests.small_lab import LIMITS

LESSON = """
import random, sys, unittest, warnings
import numpy as np
import pytest
import torch
"""
ROOT = "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x**0.5"
ANY_ROOT = "def root(x):\n    return abs(x)**0.5"
OLD = "def old(x):\n    warnings.warn('use new', DeprecationWarning)\n    return x"
POINT = (
    "class Point:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n    def __eq__(self, other):\n"
    "        return {check}self.x == other.x and self.y == other.y\n"
)
SPAN = (
    "class Span:\n    def __init__(self, low, high):\n        self.low, self.high = low, high\n"
    "    def __contains__(self, x):\n        return {check}self.low <= x < self.high\n"
)
CASE = "class Case(unittest.TestCase):\n    def runTest(self):\n        pass\n"

# Name → the worked answer, an answer that the test refuses, the test.
REFUSED = {
    "raises": (ROOT, ANY_ROOT, "with pytest.raises(ValueError):\n    root(-1)"),
    "match": (ROOT, ANY_ROOT, "with pytest.raises(ValueError, match='neg'):\n    root(-1)"),
    "fail": (ROOT, ANY_ROOT, "try:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n    pytest.fail('no error')"),
    "warns": (OLD, "def old(x):\n    return x", "with pytest.warns(DeprecationWarning):\n    assert old(3) == 3"),
    "skip": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    pytest.skip('no')"),
    "leave": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    pytest.exit('no')"),
    "xfail": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    pytest.xfail('no')"),
    "sysexit": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    sys.exit('wrong')"),
    "systemexit": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    raise SystemExit(1)"),
    "interrupt": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    raise KeyboardInterrupt"),
    "closed": ("def n():\n    return 1", "def n():\n    return 2", "if n() != 1:\n    raise GeneratorExit"),
    "base": (
        "def n():\n    return 1",
        "def n():\n    return 2",
        "class Wrong(BaseException):\n    pass\nif n() != 1:\n    raise Wrong('two')",
    ),
    "unittest": (ROOT, ANY_ROOT, f"{CASE}with Case().assertRaises(ValueError):\n    root(-1)"),
    "regex": (ROOT, ANY_ROOT, f"{CASE}with Case().assertRaisesRegex(ValueError, 'neg'):\n    root(-1)"),
    "almost": (ROOT, "def root(x):\n    return x", f"{CASE}Case().assertAlmostEqual(root(2), 2**0.5)"),
    "skiptest": (
        "def n():\n    return 1",
        "def n():\n    return 2",
        f"{CASE}if n() != 1:\n    Case().skipTest('no')",
    ),
    "numpy": (
        "def mean(a):\n    return a.mean()",
        "def mean(a):\n    return a.sum()",
        "np.testing.assert_allclose(mean(np.arange(3.0)), 1.0)",
    ),
    "approx": (ROOT, "def root(x):\n    return x", "assert root(2) == pytest.approx(2**0.5)"),
}

# Name → the worked answer, another right answer, the test.
ACCEPTED = {
    "points": (
        POINT.format(check="isinstance(other, Point) and "),
        POINT.format(check=""),
        "assert Point(1, 2) == Point(1, 2)\nassert Point(1, 2) != Point(2, 1)",
    ),
    "found": (
        POINT.format(check="isinstance(other, Point) and "),
        POINT.format(check=""),
        "assert Point(1, 2) in [Point(0, 0), Point(1, 2)]\nassert [Point(1, 2)].index(Point(1, 2)) == 0",
    ),
    "spans": (
        SPAN.format(check="isinstance(x, (int, float)) and "),
        SPAN.format(check=""),
        "assert 3 in Span(1, 5)\nassert 7 not in Span(1, 5)",
    ),
    "numpy-seed": (
        "def draw():\n    return float(np.random.rand())",
        "def draw():\n    return float(np.random.rand())\nprint(draw())",
        "np.random.seed(7)\nexpected = float(np.random.rand())\nnp.random.seed(7)\nassert draw() == expected",
    ),
    "torch-seed": (
        "def draw():\n    return torch.rand(2)",
        "def draw():\n    return torch.rand(2)\nprint(draw())",
        "torch.manual_seed(7)\nexpected = torch.rand(2)\ntorch.manual_seed(7)\nassert torch.equal(draw(), expected)",
    ),
    "python-seed": (
        "def draw():\n    return random.random()",
        "def draw():\n    return random.random()\nprint(draw())",
        "random.seed(7)\nexpected = random.random()\nrandom.seed(7)\nassert draw() == expected",
    ),
    "lesson-draws": (
        "def total(a):\n    return a.sum()",
        "def total(a):\n    return a.sum()\nprint(total(np.random.rand(3)))",
        "assert abs(result - data.sum()) < 1e-9",
    ),
    "known-draws": (
        "def draw():\n    return float(np.random.rand())",
        "def draw():\n    return float(np.random.rand())\nprint(draw(), draw())",
        "np.random.seed(0)\nassert abs(draw() - 0.5488135) < 1e-6\nassert abs(draw() - 0.71518937) < 1e-6",
    ),
}

# Name → the worked answer, the test: it passes only where a process began with a certain seed.
BY_CHANCE = {
    "numpy": ("def draw():\n    return float(np.random.rand())", "assert draw() == float(np.random.rand())"),
    "torch": ("def draw():\n    return float(torch.rand(1))", "assert draw() == float(torch.rand(1))"),
    "python": ("def draw():\n    return random.random()", "assert draw() == random.random()"),
    "zero": ("def draw():\n    return float(np.random.rand())", "assert abs(draw() - 0.5488135) < 1e-6"),
}

# Name → what the lesson does below the answer.
BELOW = {"lesson-draws": "data = np.random.rand(5)\nresult = total(data)"}

Exercises = Mapping[str, tuple[str, str, str]]


def verdicts(tmp_path_factory: pytest.TempPathFactory, exercises: Exercises) -> dict[str, dict[str, CellVerdict]]:
    """Grade the worked answers and the others: who → exercise → verdict."""
    found = {}
    with open_grader(tmp_path_factory.mktemp("grader"), LIMITS, Mode.BUBBLEWRAP) as grader:
        notebook = LabNotebook("main", _cells(exercises, 0), _cells(exercises, 0))
        for number, who in enumerate(("worked", "other")):
            handed_in = SubmittedNotebook("main", _cells(exercises, number))
            graded = grader.grade(Lab("lab", (notebook,), {}), handed_in, who)
            found[who] = {verdict.grade_id.removesuffix("-test"): verdict for verdict in graded.verdicts}
    return found


def _cells(exercises: Exercises, answer: int) -> tuple[Cell, ...]:
    cells = [Cell("code", Role.LOCKED, LESSON, "lesson")]
    for name, texts in exercises.items():
        cells += [
            Cell("code", Role.SOLUTION, texts[answer], name),
            Cell("code", Role.LOCKED, BELOW.get(name, "None"), f"{name}-below"),
            Cell("code", Role.TEST, texts[2], f"{name}-test", 2.0),
        ]
    return tuple(cells)


def test_what_a_test_raises_is_a_verdict_on_the_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = verdicts(tmp_path_factory, REFUSED)
    assert {name: verdict.status for name, verdict in found["worked"].items()} == dict.fromkeys(
        REFUSED, CellStatus.PASSED
    )
    assert {name: (verdict.points, verdict.status) for name, verdict in found["other"].items()} == dict.fromkeys(
        REFUSED, (0.0, CellStatus.FAILED)
    )


def test_right_answers_pass_whatever_the_grader_asks_and_whatever_was_drawn_before(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = verdicts(tmp_path_factory, ACCEPTED)
    for who in ("worked", "other"):
        messages = {name: verdict.message for name, verdict in found[who].items()}
        assert messages == dict.fromkeys(ACCEPTED, "")
        assert {name: verdict.points for name, verdict in found[who].items()} == dict.fromkeys(ACCEPTED, 2.0)


def test_no_verdict_rests_on_a_common_seed(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = verdicts(tmp_path_factory, {name: (worked, worked, test) for name, (worked, test) in BY_CHANCE.items()})
    assert all(verdict.status is not CellStatus.PASSED for who in found for verdict in found[who].values())
