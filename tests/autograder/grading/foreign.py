# ruff: noqa: E501 - cells are quoted as they are
"""The exercises of a course that was written without the wall in mind."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        right: the instructor's answer.
        test: its test.
        wrong: an answer that is not right.
        other: a right answer in another style; empty for none.
        between: a locked cell between the answer and the test; empty for none.
    """

    right: str
    test: str
    wrong: str
    other: str = ""
    between: str = ""


SETUP = """
import asyncio, io, inspect, math, random, unittest
from contextlib import redirect_stdout
from dataclasses import dataclass
import matplotlib.pyplot as plt
import numpy as np
import torch
from helper import thrice
"""
_TESTCASE = """
class TestTwice(unittest.TestCase):
    def test_two(self):
        self.assertEqual(twice(2), 4)
    def test_text(self):
        self.assertRaises(TypeError, twice, None)
    def test_close(self):
        self.assertAlmostEqual(twice(0.1), 0.2)
result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.TestLoader().loadTestsFromTestCase(TestTwice))
assert result.wasSuccessful()
"""
# Tests that the wall can't carry.
ACROSS = ("input", "patched", "file", "written")
EXERCISES: dict[str, Exercise] = {
    "variable": Exercise(
        "answer = {'a': [1, 2], 'b': 'text'}",
        "assert answer['a'][1] == 2\nassert set(answer) == {'a', 'b'}\nassert isinstance(answer, dict)",
        "answer = {}",
    ),
    "array": Exercise(
        "grid = np.arange(6).reshape(2, 3)",
        "np.testing.assert_array_equal(grid, [[0, 1, 2], [3, 4, 5]])\n"
        "assert grid.shape == (2, 3) and grid.dtype.kind == 'i'",
        "grid = np.arange(6)",
    ),
    "figure": Exercise(
        "figure, axes = plt.subplots()\naxes.plot([1, 2], [3, 4])\naxes.set_title('Growth')\naxes.set_xlabel('t')",
        "assert axes.get_title() == 'Growth'\nassert axes.get_xlabel() == 't'\nassert len(axes.lines) == 1\n"
        "np.testing.assert_allclose(axes.lines[0].get_ydata(), [3, 4])\nplt.close('all')",
        "figure, axes = plt.subplots()",
    ),
    "class": Exercise(
        "class Money:\n    def __init__(self, amount): self.amount = amount\n"
        "    def __add__(self, other): return Money(self.amount + other.amount)\n"
        "    def __eq__(self, other): return isinstance(other, Money) and self.amount == other.amount\n"
        "    def __lt__(self, other): return self.amount < other.amount\n    def __repr__(self): return f'{self.amount} zl'\n"
        "    def __getitem__(self, k): return str(self.amount)[k]\n    def __call__(self): return self.amount\n"
        "    def __contains__(self, x): return x == self.amount\n    def __hash__(self): return 7\n"
        "    @property\n    def double(self): return 2 * self.amount\n    @staticmethod\n    def zero(): return Money(0)",
        "m = Money(3) + Money(4)\nassert m.amount == 7 and m == Money(7) and Money(1) < m\nassert repr(m) == '7 zl'\n"
        "assert str(m) == '7 zl' and f'{m}' == '7 zl'\nassert m[0] == '7' and m() == 7 and m.double == 14\n"
        "assert Money.zero().amount == 0\nassert isinstance(m, Money) and not isinstance(3, Money)\nm.amount = 9\n"
        "assert m() == 9\nassert sorted([Money(2), Money(1)])[0].amount == 1\nassert hasattr(m, 'double') and not hasattr(m, 'x')\n"
        "assert 9 in m\nassert m != Money(1)",
        "class Money:\n    def __init__(self, amount): self.amount = amount",
    ),
    "class-name": Exercise(
        "class Shape:\n    pass", "assert type(Shape()).__name__ == 'Shape'", "class Shapes:\n    pass\nShape = Shapes"
    ),
    "dataclass": Exercise(
        "@dataclass\nclass Point:\n    x: int\n    y: int = 0",
        "p = Point(1)\nassert (p.x, p.y) == (1, 0)\nassert p == Point(1, 0)\nassert repr(p) == 'Point(x=1, y=0)'",
        "class Point:\n    pass",
    ),
    "generator": Exercise(
        "def evens(n):\n    for k in range(0, n, 2):\n        yield k",
        "assert list(evens(6)) == [0, 2, 4]\nassert next(evens(3)) == 0\nassert sum(evens(10)) == 20",
        "def evens(n):\n    yield 1",
        other="def evens(n):\n    return (2 * k for k in range((n + 1) // 2))",
    ),
    "exception": Exercise(
        "class TooLow(ValueError):\n    pass\ndef low(x):\n    if x < 0:\n        raise TooLow('too low')\n    return x",
        "try:\n    low(-1)\nexcept TooLow as error:\n    assert str(error) == 'too low'\nelse:\n    assert False\nassert low(2) == 2",
        "class TooLow(ValueError):\n    pass\ndef low(x):\n    raise ValueError",
    ),
    "recursion": Exercise(
        "def depth(tree):\n    return 1 + max(map(depth, tree), default=0)",
        "assert depth([[], [[]]]) == 3\nassert depth([]) == 1",
        "def depth(tree):\n    return depth(tree)",
    ),
    "decorator": Exercise(
        "def counted(f):\n    def inner(*args):\n        inner.calls += 1\n        return f(*args)\n    inner.calls = 0\n    return inner",
        "@counted\ndef add(a, b):\n    return a + b\nassert add(1, 2) == 3 and add(2, 2) == 4\nassert add.calls == 2",
        "def counted(f):\n    return f",
    ),
    "unittest": Exercise(
        "def twice(x):\n    return x + x", _TESTCASE, "def twice(x):\n    return 5", other="twice = lambda x: 2 * x + 0"
    ),
    "approx": Exercise(
        "def third(x):\n    return x / 3",
        "import pytest\nassert third(1) == pytest.approx(1 / 3)\nwith pytest.raises(TypeError):\n    third('a')",
        "def third(x):\n    return 0.3",
        other="def third(x):\n    return np.float64(x) / 3 if x != 'a' else x / 3",
    ),
    "signature": Exercise(
        "def area(width, height=2):\n    '''The area.'''\n    return width * height",
        "assert list(inspect.signature(area).parameters) == ['width', 'height']\n"
        "assert inspect.signature(area).parameters['height'].default == 2\nassert area.__doc__ and area.__name__ == 'area'\n"
        "assert callable(area) and inspect.isfunction(area)",
        "def area(a):\n    return a",
    ),
    "source": Exercise(
        "def total(items):\n    return sum(items)",
        "assert 'for' not in inspect.getsource(total)\nassert total([1, 2]) == 3",
        "def total(items):\n    t = 0\n    for i in items:\n        t += i\n    return t",
    ),
    "helper": Exercise(
        "def nine(x):\n    return thrice(thrice(x))", "assert nine(2) == thrice(6)", "def nine(x):\n    return x"
    ),
    "data": Exercise(
        "def load():\n    return np.loadtxt('data/numbers.csv', delimiter=',')",
        "assert load().sum() == np.loadtxt('data/numbers.csv', delimiter=',').sum() == 10",
        "def load():\n    return 3",
    ),
    "derived": Exercise(
        "def power(x):\n    return x**2",
        "assert squares == [0, 1, 4]\nassert applied(3) == 10\nassert table['two'].sum() == 8",
        "def power(x):\n    return x",
        between="squares = [power(n) for n in range(3)]\ndef applied(x):\n    return power(x) + 1\n"
        "table = {'two': np.full(2, power(2))}",
    ),
    "seeded": Exercise(
        "def draw():\n    return np.random.rand(3)",
        "first = draw()\nassert len(first) == 3\nassert (first >= 0).all()",
        "def draw():\n    return np.full(3, -1)",
    ),
    "torch": Exercise(
        "def loss(w):\n    return (w**2).sum()",
        "w = torch.tensor([1.0, 2.0], requires_grad=True)\nloss(w).backward()\nassert torch.allclose(w.grad, torch.tensor([2.0, 4.0]))",
        "def loss(w):\n    return (w.detach()**2).sum()",
    ),
    "module": Exercise(
        "net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))",
        "assert isinstance(net, torch.nn.Module)\nassert net(torch.zeros(5, 2)).shape == (5, 1)\n"
        "assert sum(p.numel() for p in net.parameters()) == 13\nassert isinstance(net[0], torch.nn.Linear)\n"
        "assert net[0].in_features == 2",
        "net = torch.nn.Linear(2, 1)",
    ),
    "print": Exercise(
        "def hello(name):\n    print('Hello,', name)",
        "heard = io.StringIO()\nwith redirect_stdout(heard):\n    hello('Ada')\nassert heard.getvalue() == 'Hello, Ada\\n'",
        "def hello(name):\n    return 'Hello, ' + name",
    ),
    "async": Exercise(
        "async def soon(x):\n    await asyncio.sleep(0)\n    return x + 1",
        "assert await soon(1) == 2",
        "async def soon(x):\n    return x",
    ),
    "partial": Exercise(
        "def rank(items):\n    return sorted(items)",
        "points = 0\nif rank([2, 1]) == [1, 2]:\n    points += 1.5\nif rank([]) == []:\n    points += 0.5\npoints",
        "def rank(items):\n    return items",
    ),
    "warning": Exercise(
        "def old(x):\n    import warnings\n    warnings.warn('old')\n    return x",
        "assert old(3) == 3",
        "def old(x):\n    return 0",
        other="def old(x):\n    return x",
    ),
    "mutation": Exercise(
        "def clear(items):\n    items[:] = []",
        "items = [1]\nassert clear(items) is None\nassert items == []",
        "def clear(items):\n    items = []",
    ),
    "callback": Exercise(
        "def apply(f, x):\n    return f(f(x))",
        "assert apply(lambda n: n + 3, 1) == 7\nassert apply(str.upper, 'a') == 'A'",
        "def apply(f, x):\n    return f(x)",
    ),
    "matrix": Exercise(
        "M = np.eye(2) * 2",
        "assert (M @ np.ones(2)).tolist() == [2, 2]\nassert np.allclose(np.linalg.det(M), 4)",
        "M = 5",
    ),
    "closure": Exercise(
        "def adder(n):\n    return lambda x: x + n",
        "assert adder(2)(3) == 5\nassert list(map(adder(1), [1, 2])) == [2, 3]",
        "def adder(n):\n    return n",
    ),
    "string": Exercise(
        "text = 'one two two'\ncounts = {w: text.split().count(w) for w in set(text.split())}",
        "assert counts == {'one': 1, 'two': 2}\nassert text.count('two') == 2",
        "text = ''\ncounts = {}",
        other="from collections import Counter\ntext = 'one two two'\ncounts = Counter(text.split())",
    ),
    "file": Exercise(
        "with open('out.txt', 'w') as file:\n    file.write('done')", "assert open('out.txt').read() == 'done'", "pass"
    ),
    "written": Exercise(
        "%%writefile tool.py\ndef five():\n    return 5\n",
        "import tool\nassert tool.five() == 5",
        "%%writefile tool.py\nx = 1\n",
    ),
    "input": Exercise(
        "def ask():\n    return int(input('n? ')) + 1",
        "from unittest import mock\nwith mock.patch('builtins.input', lambda *_: '4'):\n    assert ask() == 5",
        "def ask():\n    return 0",
    ),
    "patched": Exercise(
        "def roll():\n    return random.randint(1, 6)",
        "from unittest import mock\nwith mock.patch('random.randint', return_value=3):\n    assert roll() == 3",
        "def roll():\n    return 7",
    ),
}
# What differs, on purpose: (student, exercise) → points here, points there. Everything else is equal.
OURS_ALONE: dict[tuple[str, str], tuple[float | None, float | None]] = {
    # nbgrader takes whatever is written to stderr in a grade cell for a failure.
    ("right", "warning"): (2.0, 0.0),
    # Tests that replace something in the student's process, or read what was written there, can't be run across the
    # wall. They are not held against anyone: no points, and a flag.
    **{(student, name): (None, 2.0) for student in ("right", "other") for name in ACROSS},
    **{("wrong", name): (None, 0.0) for name in ACROSS},
}
