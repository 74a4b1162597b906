"""Objects that a test hands to student code: made anew there, and what was changed in them comes back."""

import enum
import functools
import itertools
import random
from collections import Counter, OrderedDict, defaultdict, deque
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
import torch
from sklearn.linear_model import LinearRegression
from torch.utils.data import DataLoader, TensorDataset

from autograder.wall.errors import ProtocolError, UnsupportedValueError
from autograder.wall.profile import Profile, Recorder
from tests.autograder.wall.conftest import Meet

LESSON = """
import enum, torch
from collections import namedtuple
from dataclasses import dataclass, field
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next
class Slotted:
    __slots__ = ("x", "y")
    def __init__(self, x):
        self.x = x
class Stack(list):
    def __init__(self, items, name):
        super().__init__(items)
        self.name = name
    def top(self): return self[-1]
class Metres(float):
    unit = "m"
class Colour(enum.Enum):
    RED = 1
@dataclass(frozen=True)
class Point:
    x: int
    tags: list = field(default_factory=list)
Pair = namedtuple("Pair", "left right")
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(2, 1)
        self.register_buffer("calls", torch.zeros(()))
    def forward(self, x):
        self.calls += 1
        return self.inner(x)
"""
ANSWERS = """
import numpy as np, random
from collections import Counter
def apply(f, *args): return f(*args)
def same(a, b): return a is b
def depth(node): return 0 if node is None else 1 + depth(node.next)
def loop(node): return node.next.next is node
def push(node, value): node.next = Node(value); node.seen = True; del node.value
def total(items): return sum(items)
def first(items): return next(iter(items))
def kinds(*items): return [type(item).__name__ for item in items]
def fill(stack): stack.append(5); stack.name = "filled"; return stack.top()
def move(slotted): slotted.y = slotted.x + 1; del slotted.x
def draw(rng): return float(rng.random())
def draw_tensor(g): return torch.rand(2, generator=g)
def train(net, x, y, steps=20):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    return loss.item()
def step(optimizer): optimizer.step(); optimizer.zero_grad()
def batches(loader): return [len(batch[0]) for batch in loader]
def fit(model, x, y): return model.fit(x, y)
def column(frame): frame["c"] = frame["a"] * 2; return frame
def read(path): return path.read_text()
def make(kind, *args): return kind(*args)
def hook(model): model.forward = lambda x: x; return 1
"""
exec(compile(LESSON, "<lesson>", "exec"), globals())
NAMES = {name: globals()[name] for name in ("Node", "Slotted", "Stack", "Metres", "Colour", "Point", "Pair", "Net")}


def has(name: str, value: object) -> bool:
    return NAMES.get(name) is value


@pytest.fixture
def ask(meet: Meet) -> Any:
    """A function of the student's by its name."""
    return meet(LESSON + ANSWERS, student_has=has).fetch


def make(name: str, *args: Any) -> Any:
    """An object of the lesson's."""
    return NAMES[name](*args)


def test_objects_of_the_lessons_classes_arrive_whole(ask: Any) -> None:
    assert ask("depth")(make("Node", 1, make("Node", 2))) == 2
    chain = None
    for value in range(300):
        chain = make("Node", value, chain)
    assert ask("depth")(chain) == 300
    ring = make("Node", 1, make("Node", 2))
    ring.next.next = ring
    assert ask("loop")(ring) is True
    assert ask("kinds")(make("Point", 1), make("Pair", 1, 2), make("Metres", 2.5)) == ["Point", "Pair", "Metres"]
    assert ask("apply")(lambda pair: pair.left + pair.right, make("Pair", 1, 2)) == 3
    assert ask("apply")(lambda length: length + 1, make("Metres", 2.5)) == 3.5


def test_one_object_is_one_object(ask: Any) -> None:
    node = make("Node", 1)
    assert ask("same")(node, node) is True
    assert ask("same")(node, make("Node", 1)) is False
    assert ask("apply")(lambda x: x, node) is node
    assert ask("same")(NAMES["Colour"].RED, NAMES["Colour"].RED) is True
    assert ask("apply")(lambda x: x, NAMES["Colour"].RED) is NAMES["Colour"].RED
    assert ask("apply")(lambda x: x, numpy.float64) is numpy.float64


def test_what_is_changed_in_an_object_comes_back(ask: Any) -> None:
    node = make("Node", 7)
    ask("push")(node, 3)
    assert node.seen is True
    assert node.next.value == 3
    assert not hasattr(node, "value")
    stack = make("Stack", [1], "empty")
    assert ask("fill")(stack) == 5
    assert (list(stack), stack.name) == ([1, 5], "filled")
    slotted = make("Slotted", 4)
    ask("move")(slotted)
    assert slotted.y == 5
    assert not hasattr(slotted, "x")
    point = make("Point", 1)
    ask("apply")(lambda p: p.tags.append("x"), point)
    assert point.tags == ["x"]


def test_what_the_solution_does_not_change_keeps_its_attributes(meet: Meet) -> None:
    wall = meet(LESSON + ANSWERS, Profile(handles=frozenset({"push", "fill"})), student_has=has)
    node = make("Node", 7)
    wall.fetch("push")(node, 3)
    assert (node.value, node.next) == (7, None)
    assert wall.answers.withheld


_KEPT: list[tuple[str, str, Any, Any]] = [
    # The solution, an answer, what it is given, what that must be then.
    ("d['out'] = [1]", "d['x'].clear(); d['out'] = [2]", {"x": [3, 4], "out": []}, {"x": [3, 4], "out": [2]}),
    ("d['out'] = [1]", "d['x'][0].clear(); d['out'] = [2]", {"x": ([3],), "out": []}, {"x": ([3],), "out": [2]}),
    ("d.append(1)", "d[0].clear(); d.append(2)", [[3, 4]], [[3, 4], 2]),
    ("d.appendleft(1)", "d[0].clear(); d.append(2)", deque([[3, 4]]), deque([[3, 4], 2])),
    ("d.reverse()", "d.reverse(); d[0].clear()", [[3], [4]], [[4], [3]]),
    ("d.update(y=1)", "d['x'].clear(); d['y'] = 2", Counter({"x": [3]}), Counter({"x": [3], "y": 2})),
]


@pytest.mark.parametrize(("solution", "answer", "given", "expected"), _KEPT)
def test_what_the_solution_leaves_alone_keeps_its_content_in_its_place(
    meet: Meet, solution: str, answer: str, given: Any, expected: Any
) -> None:
    recorder = Recorder()
    meet(f"def f(d): {solution}", recorder).fetch("f")(deepcopy(given))
    wall = meet(f"def f(d): {answer}", recorder.finish())
    wall.fetch("f")(given)
    assert given == expected
    assert wall.answers.withheld


def test_an_attribute_that_the_solution_leaves_alone_keeps_its_content(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As the classes of a notebook.
    monkeypatch.setattr(NAMES["Node"], "__module__", "__main__")
    recorder = Recorder()
    meet(f"{LESSON}def f(n): n.seen = True", recorder, student_has=has).fetch("f")(make("Node", [3]))
    wall = meet(f"{LESSON}def f(n): n.seen = n.value.clear()", recorder.finish(), student_has=has)
    node = make("Node", values := [3])
    wall.fetch("f")(node)
    assert node.value is values
    assert values == [3]
    assert wall.answers.withheld


def test_an_object_is_in_no_second_place_in_which_it_may_be_changed(meet: Meet) -> None:
    solution, answer = "def f(d): d['out'].append(1)", "def f(d): d['out'] = d['x']"
    recorder = Recorder()
    meet(solution, recorder).fetch("f")({"out": [], "x": [3]})
    wall = meet(answer, recorder.finish())
    data: dict[str, list[int]] = {"out": [], "x": [3]}
    wall.fetch("f")(data)
    assert data == {"out": [3], "x": [3]}
    assert data["out"] is not data["x"]
    assert wall.answers.withheld
    recorder = Recorder()
    meet(answer, recorder).fetch("f")({"out": [], "x": [3]})
    wall = meet(answer, recorder.finish())
    wall.fetch("f")(data)
    assert data["out"] is data["x"]
    assert not wall.answers.withheld


def test_the_order_of_keys_and_columns_is_the_tests(meet: Meet) -> None:
    recorder = Recorder()
    meet("def f(d): d['out'].append(1)", recorder).fetch("f")({"x": [1], "out": []})
    wall = meet("def f(d): d['x'] = d.pop('x'); d['out'].append(1)", recorder.finish())
    data: dict[str, list[int]] = {"x": [1], "out": []}
    wall.fetch("f")(data)
    assert list(data) == ["x", "out"]
    assert wall.answers.withheld
    recorder = Recorder()
    meet("def f(d): d['y'] = 1", recorder).fetch("f")(pandas.DataFrame({"x": [1, 2]}))
    wall = meet("def f(d): d.insert(0, 'y', 0)", recorder.finish())
    frame = pandas.DataFrame({"x": [1, 2]})
    wall.fetch("f")(frame)
    assert list(frame.columns) == ["x", "y"]
    assert wall.answers.withheld


def test_an_array_of_another_shape_or_dtype_is_no_forgery(meet: Meet) -> None:
    """An honest mistake: NumPy lets a function do so to the array that it was given."""
    wall = meet(
        "def f(a):\n    a.shape = (3, 1)\n    return a\ndef g(a):\n    a.dtype = 'uint64'\n    return a\n"
        "import torch\ndef h(t):\n    t.data = torch.zeros(0)\n    return 1",
        Profile(plain=frozenset({"f()", "g()", "h()"})),
    )
    for name, shape, dtype in (("f", (3, 1), "int64"), ("g", (3,), "uint64")):
        array = numpy.array([1, 2, 3])
        came = wall.fetch(name)(array)
        assert (came.shape, came.dtype) == (shape, dtype)
        assert array.dtype == "int64"
        assert array.tolist() == [1, 2, 3]
    assert wall.answers.withheld
    wall.begin_test(trusting=True)
    wall.fetch("f")(array[:])
    assert array.tolist() == [1, 2, 3]
    weight = torch.ones(3, requires_grad=True)
    weight.sum().backward()
    assert wall.fetch("h")(weight) == 1


def test_modules_are_trained_there(ask: Any) -> None:
    torch.manual_seed(0)
    net, x = make("Net"), torch.rand(8, 2)
    before = [parameter.clone() for parameter in net.parameters()]
    y = x.sum(1, keepdim=True)
    first = ((net(x) - y) ** 2).mean().item()
    assert ask("train")(net, x, y) < first
    assert ((net(x) - y) ** 2).mean().item() < first
    assert not any(torch.equal(one, other) for one, other in zip(before, net.parameters(), strict=True))
    assert net.calls.item() == 22
    # Its functions are the judge's own still.
    assert type(net.inner) is torch.nn.Linear
    assert ask("apply")(lambda p, y, c: c(p, y), torch.zeros(2), torch.ones(2), torch.nn.MSELoss()) == 1


def test_gradients_flow_into_a_module_that_was_handed_over(ask: Any) -> None:
    net = torch.nn.Linear(2, 1)
    ask("apply")(lambda n, x: n(x).sum(), net, torch.ones(3, 2)).backward()
    assert net.weight.grad is not None
    assert net.weight.grad.tolist() == [[3.0, 3.0]]


def test_an_optimizer_steps_there(ask: Any) -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.Adam([weight], lr=0.5)
    weight.sum().backward()
    ask("step")(optimizer)
    assert weight.tolist() == pytest.approx([0.5, 0.5])
    assert weight.grad is None
    assert optimizer.state[weight]["exp_avg"].tolist() == pytest.approx([0.1, 0.1])


def test_loaders_and_estimators_cross(ask: Any) -> None:
    loader = DataLoader(TensorDataset(torch.zeros(5, 1)), batch_size=2)
    assert ask("batches")(loader) == [2, 2, 1]
    assert ask("apply")(len, loader) == 3
    model = LinearRegression()
    x = numpy.array([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]])
    assert ask("fit")(model, x, x @ [1.0, 2.0] + 3) is model
    numpy.testing.assert_allclose(model.predict([[1.0, 1.0]]), 6)
    assert ask("apply")(lambda m: m.predict([[1.0, 1.0]])[0], model) == pytest.approx(6)


def test_random_generators_go_with_their_state_and_come_back_with_it(ask: Any) -> None:
    for make_generator in (
        *(random.Random, numpy.random.default_rng, numpy.random.RandomState),
        lambda seed: numpy.random.Generator(numpy.random.MT19937(seed)),
        lambda seed: numpy.random.Generator(numpy.random.Philox(seed)),
        lambda seed: numpy.random.Generator(numpy.random.SFC64(seed)),
    ):
        one, other = make_generator(3), make_generator(3)
        assert [ask("draw")(one), ask("draw")(one), one.random()] == [other.random() for _ in range(3)]
    generator, twin = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    draws = [ask("draw_tensor")(generator), torch.rand(2, generator=generator)]
    assert all(torch.equal(draw, torch.rand(2, generator=twin)) for draw in draws)


def test_iterators_cross_with_their_items(ask: Any) -> None:
    assert ask("first")(x for x in "ab") == "a"
    assert ask("total")(map(int, "123")) == 6
    assert ask("total")(x for x in range(9_000)) == sum(range(9_000))
    assert ask("first")(itertools.count(5)) == 5
    assert ask("first")({"k": 1}.keys()) == "k"
    with pytest.raises(RuntimeError, match="10,000 items"):
        ask("total")(itertools.count())
    again = (x for x in range(3))
    assert [ask("first")(again) for _ in range(3)] == [0, 1, 2]
    items = iter([1, 2, 3])
    assert [ask("first")(items), next(items), ask("first")(items)] == [1, 2, 3]


def test_methods_classes_and_modules_cross(ask: Any) -> None:
    seen: list[int] = []
    ask("apply")(seen.append, 3)
    assert seen == [3]
    stack = make("Stack", [1, 2], "s")
    assert ask("apply")(stack.top) == 2
    assert ask("make")(torch.nn.ReLU)(torch.tensor([-1.0])).tolist() == [0.0]
    assert ask("make")(NAMES["Node"], 4).value == 4
    assert ask("make")(numpy.int8, 3) == 3
    assert ask("apply")(lambda module: module.pi, __import__("math")) == pytest.approx(3.14159265)
    assert ask("apply")(pandas.DataFrame, {"a": [1]}).shape == (1, 1)


def test_a_frame_is_changed_in_place(ask: Any) -> None:
    frame = pandas.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert ask("column")(frame) is frame
    assert frame["c"].tolist() == [2, 4]
    ask("apply")(lambda f: f.drop(columns="a", inplace=True), frame)
    assert list(frame.columns) == ["c"]
    series = pandas.Series([3, 1], name="s")
    ask("apply")(lambda s: s.sort_values(inplace=True), series)
    assert (series.tolist(), series.index.tolist(), series.name) == ([1, 3], [1, 0], "s")


def test_values_keep_their_class_on_both_ways(ask: Any) -> None:
    values = (OrderedDict(a=1), Counter("aab"), defaultdict(list, {1: [2]}), numpy.dtype("int8"), range(3))
    assert ask("kinds")(*values) == ["OrderedDict", "Counter", "defaultdict", "Int8DType", "range"]
    for value in values:
        came = ask("apply")(lambda x: [x][0], value)
        assert came == value
        assert type(came) is type(value)
    counted = ask("apply")(lambda text: Counter(text), "aab")
    assert counted.most_common(1) == [("a", 2)]
    assert counted == {"a": 2, "b": 1}
    assert counted == {"a": 2, "b": 1}


def test_files_are_read_in_the_students_folder(meet: Meet) -> None:
    wall = meet(
        ANSWERS + "open('given-file.txt', 'w').write('theirs')\nfrom pathlib import Path\nwhere = Path('a') / 'b'"
    )
    try:
        assert wall.fetch("read")(Path("given-file.txt")) == "theirs"
    finally:
        wall.run("import os; os.remove('given-file.txt')")
    assert wall.fetch("where") == Path("a/b")
    assert wall.fetch("where").name == "b"


class Local:
    pass


def test_what_can_not_be_made_there_is_refused(ask: Any) -> None:
    @dataclass
    class Inner:
        x: int = 0

    class Shape(enum.Enum):
        ROUND = 1

    with Path(__file__).open() as file:
        for value in (Inner(), Shape.ROUND, Inner, file, [Inner()], functools.partial(Inner), object()):
            with pytest.raises(UnsupportedValueError):
                ask("kinds")(value)


FORGED = """
import gc
from autograder.wall.write_answer import AnswerWriter
def forge(**parts):
    whole = {"value": None, "after": [], "leaves": [], "graph": [], "record": None} | parts
    next(o for o in gc.get_objects() if type(o) is AnswerWriter).write = lambda *_: whole
"""


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (numpy.float64, [[["evil", 1]], None]),
        (random, [[["random", 1]], None]),
        (len, [[["evil", 1]], None]),
        (Local(), [[["__class__", 1]], None]),
        (Local(), [[["__array_interface__", ["dict", 1, []]]], None]),
        (Local(), [[[5, 1]], None]),
        (Local(), [[], [1]]),
        (Local(), 5),
        (iter([1]), 5),
        (iter([1]), -1),
        (iter([1]), None),
        (numpy.random.RandomState(0), [["MT19937", [], [], None, [0, 0, 0, 0]], 0, 0.0]),
        (numpy.random.default_rng(0), [["PCG64", [], ["1" * 60, "1"], None, [0, 0, 0, 0]]]),
        (random.Random(0), [3, [0] * 624 + [700], None]),
        (torch.Generator(), ["uint8", [5056], b"\\0" * 5056]),
        (pandas.DataFrame({"a": [1]}), [["range", [0, 9, 1], None], ["range", [0, 1, 1], None], None, [], None]),
    ],
)
def test_a_forged_change_ends_the_conversation(meet: Meet, value: Any, content: Any) -> None:
    wall = meet(FORGED + f"def f(x): forge(after=[[0, {content!r}]])")
    function = wall.fetch("f")
    before = dict(getattr(value, "__dict__", {}))
    with pytest.raises(ProtocolError, match="no answer"):
        function(value)
    assert dict(getattr(value, "__dict__", {})) == before


def test_what_is_forged_could_be_an_answer(meet: Meet) -> None:
    local = Local()
    assert meet(FORGED + "def f(x): forge(after=[[0, [[['mark', 1]], None]]], value=5)").fetch("f")(local) == 5
    assert vars(local) == {"mark": 1}
