"""A small lab with the tests that nbgrader courses have, and a grader for submissions to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.verdicts import CellVerdict, NotebookResult
from tests.graders import open_grader
from tests.sandbox_mode import MODE

LIMITS = Limits(cell_seconds=2.0, grace_seconds=1.0, submission_seconds=20.0, memory_bytes=2 * 1024**3)
LESSON = """
import math
from collections import namedtuple
import numpy as np
import torch
"""
HELPERS = """
def same(expected, actual):
    assert type(actual) is type(expected), "another type"
    assert actual == expected, f"{actual} is not {expected}"
"""
# Name of the exercise → right answer, test. Each test is worth 2 points.
EXERCISES: dict[str, tuple[str, str]] = {
    "half": (
        "def half(x):\n    return x / 2",
        "for number in np.random.rand(5):\n    assert abs(half(float(number)) - number / 2) < 1e-9",
    ),
    "slope": (
        "def slope(x):\n    x = x.detach().clone().requires_grad_()\n    (x**2).sum().backward()\n    return x.grad",
        "point = torch.rand(3)\nassert torch.allclose(slope(point), 2 * point)\n"
        "assert slope(point).shape == (3,)\nassert torch.equal(slope(torch.zeros(2)), torch.zeros(2))",
    ),
    "graph": (
        "def graph(x):\n    return (x**3).sum()",
        "point = torch.rand(3, dtype=torch.float64, requires_grad=True)\ngraph(point).backward()\n"
        "assert torch.allclose(point.grad, 3 * point.detach()**2)\nassert torch.autograd.gradcheck(graph, (point,))",
    ),
    "mean": (
        "def mean(a):\n    return a.mean(axis=0)",
        "table = np.random.rand(4, 3)\nnp.testing.assert_allclose(mean(table), table.mean(axis=0))\n"
        "assert np.array_equal(mean(np.ones((2, 2))), [1.0, 1.0])",
    ),
    "primes": (
        "def primes(n):\n    return [p for p in range(2, n) if all(p % q for q in range(2, p))]",
        "found = primes(30)\nassert isinstance(found, list)\nassert len(found) == 10\nproduct = 1\n"
        "for p in found:\n    product *= p\nassert product == 6469693230\n"
        "for p in found:\n    assert all(p % q for q in range(2, p))\nassert sorted(set(found)) == found",
    ),
    "root": (
        "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n    return math.sqrt(x)",
        "try:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no error')\n"
        "assert math.isclose(root(2), math.sqrt(2))",
    ),
    "points": (
        "def points(n):\n    return [n, n + 1]",
        "score = 0\nif points(1) == [1, 2]:\n    score += 0.5\nif points(5) == [5, 6]:\n    score += 1.5\nscore",
    ),
    "arrange": (
        "def arrange(items):\n    items.sort()",
        "numbers = np.random.permutation(20).tolist()\ncopy = numbers[:]\narrange(numbers)\n"
        "assert numbers == sorted(copy)\nassert numbers != copy",
    ),
    "naturals": (
        "def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "for expected, n in zip(range(6), naturals()):\n    assert n == expected\n"
        "stream = naturals()\nassert [next(stream) for _ in range(3)] == [0, 1, 2]",
    ),
    "count": (
        "def count(word):\n    return {letter: word.count(letter) for letter in word}",
        "same({'a': 3, 'b': 1, 'n': 2}, count('banana') | {'b': 1})\nassert count('') == {}\n"
        "assert set(count('aab')) == {'a', 'b'}",
    ),
    "greet": (
        "def greet(name):\n    return f'Hello, {name}!'",
        "same('Hello, Ada!', greet('Ada'))\nassert greet('x').startswith('Hello') and len(greet('x')) == 9",
    ),
    "cubes": (
        "def cube(x):\n    return x**3",
        "same([0, 1, 8, 27], cubes)\nassert cube(2) == 8",
    ),
    "norm": (
        "def norm(a, b):\n    return math.sqrt(plus(a * a, b * b))",
        "assert norm(3, 4) == 5\nkept = plus\ndel plus\ntry:\n    norm(3, 4)\nexcept NameError:\n    pass\n"
        "else:\n    raise AssertionError('plus is not used')\nfinally:\n    plus = kept",
    ),
    "Vector": (
        "class Vector:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __add__(self, other):\n        return Vector(self.x + other.x, self.y + other.y)\n"
        "    def __eq__(self, other):\n"
        "        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)\n"
        "    def __mul__(self, other):\n        return self.x * other.x + self.y * other.y\n"
        "    def __len__(self):\n        return 2",
        "v = Vector(1, 2) + Vector(3, 5)\nassert isinstance(v, Vector)\nassert (v.x, v.y) == (4, 7)\n"
        "assert v == Vector(4, 7)\nassert len(v) == 2\nassert not v == Vector(4, 8)\n"
        "assert v * Vector(1, 0) == 4\nassert v * v == 65",
    ),
    "step": (
        "def step(w, slope, lr):\n    with torch.no_grad():\n        w -= lr * slope",
        "w = torch.rand(3)\nslope_ = torch.rand(3)\nbefore = w.clone()\nstep(w, slope_, 0.1)\n"
        "assert torch.allclose(w, before - 0.1 * slope_)\nassert not torch.equal(w, before)",
    ),
    "map": (
        "def double(x):\n    return 2 * x",
        "for doubled, n in zip(map(double, range(4)), range(4)):\n    assert doubled == 2 * n",
    ),
    "limit": (
        "def limit():\n    return 12",
        "total = 0\nfor n in range(limit()):\n    total += n\nassert total == 66\nassert sum(range(limit())) == 66\n"
        "assert len('x' * limit()) == 12",
    ),
    "steps": (
        "def steps(n):\n    return range(n)",
        "assert sum(steps(5)) == 10\nassert list(steps(3)) == [0, 1, 2]",
    ),
    "Net": (
        "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))\n"
        "    def forward(self, x):\n        return (self.weight * x).sum()",
        "net = Net()\nassert isinstance(net, torch.nn.Module)\ninput = torch.rand(2)\n"
        "expected = (net.weight * input).sum()\nassert torch.allclose(net(input), expected)\n"
        "net(input).backward()\nassert torch.allclose(net.weight.grad, input)",
    ),
    "ratio": (
        "ratio = (1 + math.sqrt(5)) / 2",
        "assert ratio > 0\nassert abs(ratio * ratio - ratio - 1) < 1e-9",
    ),
    "scaled": (
        "number = 3\ndef scaled(x):\n    return 3 * x + 1",
        "for number in np.random.randint(1, 100, 5).tolist():\n    assert scaled(number) == 3 * number + 1",
    ),
    "later": (
        "async def later(x):\n    return x + 1",
        "assert await later(2) == 3\nassert await later(-4) == -3",
    ),
    "pair": (
        "Pair = namedtuple('Pair', 'base power')\ndef pair(n):\n    return Pair(n, n * n)",
        "assert pair(3) == (3, 9)\nassert pair(7).power == 49\nassert not pair(2) == (2, 5)",
    ),
    "refuse": (
        "def refuse(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x",
        "for number in (2, 5):\n    assert refuse(number) == number\nfor number in (-1, -2):\n    try:\n"
        "        refuse(number)\n    except:\n        pass\n    else:\n        raise AssertionError('no error')",
    ),
    "square": (
        "def square(x):\n    return x * x",
        "assert square(3) == 9\nfor number in range(-4, 5):\n    assert square(number) == number**2\n"
        "draw = np.random.randint(1000)\nassert square(draw) == draw**2",
    ),
}
POINTS = 2.0
_BETWEEN = {"cubes": "cubes = [cube(n) for n in range(4)]", "norm": "same.__name__"}


@dataclass(frozen=True)
class SmallLab:
    """The lab, and a grader for it."""

    notebook: LabNotebook
    grader: NotebookGrader

    def grade(self, student: str, answers: Mapping[str, str]) -> NotebookResult:
        """Grade a submission; exercises for which no answer is given are answered rightly."""
        cells = tuple(self._answered(cell, answers) for cell in self.notebook.source)
        return self.grader.grade(Lab("lab", (self.notebook,), {}), SubmittedNotebook("small", cells), student)

    @staticmethod
    def _answered(cell: Cell, answers: Mapping[str, str]) -> Cell:
        return Cell("code", cell.role, answers.get(cell.grade_id or "", cell.source), cell.grade_id, cell.points)


def make_small_notebook() -> LabNotebook:
    source = [Cell("code", Role.LOCKED, LESSON, "lesson"), Cell("code", Role.LOCKED, HELPERS, "helpers")]
    source.append(Cell("code", Role.SOLUTION, "def plus(a, b):\n    return a + b", "plus"))
    for name, (answer, test) in EXERCISES.items():
        source.append(Cell("code", Role.SOLUTION, answer, name))
        if name in _BETWEEN:
            source.append(Cell("code", Role.LOCKED, _BETWEEN[name], f"{name}-lesson"))
        source.append(Cell("code", Role.TEST, test, f"{name}-test", POINTS))
    released = (
        Cell(cell.kind, cell.role, "# YOUR CODE HERE" if cell.role is Role.SOLUTION else cell.source, cell.grade_id)
        for cell in source
    )
    return LabNotebook("small", tuple(source), tuple(released))


@contextmanager
def open_small_lab(state: Path) -> Iterator[SmallLab]:
    """The lab with a grader in the real sandbox.

    Args:
        state: an empty folder for the grader.
    """
    with open_grader(state, LIMITS, MODE) as grader:
        yield SmallLab(make_small_notebook(), grader)


def by_id(result: NotebookResult) -> dict[str, CellVerdict]:
    return {verdict.grade_id.removesuffix("-test"): verdict for verdict in result.verdicts}
