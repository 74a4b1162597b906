"""A notebook without answers earns nothing, whatever the solution leaves in the process in which it was tried."""

from dataclasses import replace
from pathlib import Path

from autograder.cells import Cell, Lab, Role, SubmittedNotebook
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Level
from tests.graders import lab_of, open_grader
from tests.small_lab import by_id

LIMITS = Limits(cell_seconds=5.0)
# Name → the locked cell above, the solution, the locked cell below, the test.
THROUGH_THE_NOTEBOOK = {
    "parent": ("", "class Base:\n    def value(self): return 42", "class Child(Base): pass", "Child().value() == 42"),
    "body": ("", "def half(x): return x / 2", "class Table:\n    three = half(6)", "Table.three == 3"),
    "default": ("", "def third(x): return x / 3", "def two(x=third(6)): return x", "two() == 2"),
    "decorator": ("", "def twice(f): return lambda: 2 * f()", "@twice\ndef six(): return 3", "six() == 6"),
    "filled": (
        "found = []\ndef fill(into): into.append(quarter(8))",
        "def quarter(x): return x / 4",
        "fill(found)",
        "found == [2]",
    ),
    "given": ("items = []", "def add(into): into.append(3)", "add(items)", "items == [3]"),
    "patched": ("class Plain: pass", "setattr(Plain, 'norm', lambda self: 5)", "", "Plain().norm() == 5"),
    "attribute": ("def f(): return f.value", "f.value = 3", "", "f() == 3"),
    "object": ("class Box: pass\nbox = Box()\nbox.v = 0\ndef put(b): b.v = 3", "put(box)", "", "box.v == 3"),
    "model": (
        "import torch\nmodel = torch.nn.Linear(1, 1)\ndef train(m): torch.nn.init.constant_(m.weight, 2.0)",
        "train(model)",
        "",
        "model.weight.item() == 2",
    ),
    "global": (
        "def set_up():\n    global nine\n    nine = square(3)",
        "def square(x): return x * x",
        "set_up()",
        "nine == 9",
    ),
}
BESIDE_IT = {
    "environment": ("import os", "os.environ['ANSWER'] = '42'", "", "os.environ['ANSWER'] == '42'"),
    "library": ("import math", "math.answer = 42", "", "math.answer == 42"),
    "text": ("", "def tenth(x): return x / 10", "exec('one = ten' + 'th(10)')", "one == 1"),
    "dispatch": (
        "import functools\n@functools.singledispatch\ndef area(s): return 0",
        "@area.register\ndef _(s: int): return s * s",
        "",
        "area(3) == 9",
    ),
}
GIFT = {"gift": ("import sys", "unused = 1", "", "sys.version_info.major == 3")}


def make_lab(exercises: dict[str, tuple[str, str, str, str]]) -> Lab:
    source = []
    for name, (above, solution, below, test) in exercises.items():
        source += [
            Cell("code", Role.LOCKED, above, f"{name}-above"),
            Cell("code", Role.SOLUTION, solution, name),
            Cell("code", Role.LOCKED, below, f"{name}-below"),
            Cell("code", Role.TEST, f"assert {test}", f"{name}-test", 1.0),
        ]
    source += [Cell("code", Role.TEST, "seen = parent_value = Child().value()\nassert seen", "first-test", 1.0)]
    source += [Cell("code", Role.TEST, "assert seen == 42", "second-test", 1.0)]
    return lab_of("lab", source, blank(source))


def blank(cells: list[Cell]) -> list[Cell]:
    return [replace(cell, source="pass") if cell.role is Role.SOLUTION else cell for cell in cells]


def test_a_notebook_without_answers_earns_only_what_is_given_away(tmp_path: Path) -> None:
    lab = make_lab(THROUGH_THE_NOTEBOOK | BESIDE_IT | GIFT)
    (notebook,) = lab.notebooks
    split = {"first", "second"}
    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        right = by_id(grader.grade(lab, SubmittedNotebook("lab", notebook.source), "ann"))
        empty = by_id(grader.grade(lab, SubmittedNotebook("lab", notebook.released), "bob"))
    assert {name for name, verdict in right.items() if verdict.points == 1} == {
        *THROUGH_THE_NOTEBOOK,
        *BESIDE_IT,
        *GIFT,
        *split,
    }
    assert {name for name, verdict in empty.items() if verdict.points} == set(GIFT)
    for verdicts in (right, empty):
        assert {name for name, verdict in verdicts.items() if verdict.level is Level.BESIDE} == set(BESIDE_IT)
