"""Objects of the student's: what the judge may do with them, and what they can't do to the judge."""

import types
from typing import Any

import pytest
import torch

from autograder.wall.errors import NotPlainError
from autograder.wall.handles import nearest_class
from autograder.wall.profile import Profile
from tests.autograder.wall.conftest import Meet

CLASSES = """
import collections, torch
class Vector:
    def __init__(self, *parts): self.parts = list(parts)
    def __add__(self, other): return Vector(*(a + b for a, b in zip(self.parts, other.parts)))
    def __mul__(self, other): return sum(a * b for a, b in zip(self.parts, other.parts))
    def __rmul__(self, number): return Vector(*(number * a for a in self.parts))
    def __neg__(self): return Vector(*(-a for a in self.parts))
    def __eq__(self, other): return isinstance(other, Vector) and self.parts == other.parts
    def __lt__(self, other): return len(self.parts) < len(other.parts)
    def __len__(self): return len(self.parts)
    def __getitem__(self, i): return self.parts[i]
    def __setitem__(self, i, value): self.parts[i] = value
    def __repr__(self): return f"Vector{tuple(self.parts)}"
    def norm(self): return (self * self) ** 0.5
Point = collections.namedtuple("Point", "x y")
def point(): return Point(1, 2)
def generate(n): yield from range(n)
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __contains__ = __lt__
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __abs__ = lambda *_: 0.0
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __array__(self, *a, **k): import numpy; return numpy.zeros(2)
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return lambda *a, **k: True
    def __len__(self): return 2
    def __getitem__(self, i): return 0.0
    __class__ = torch.Tensor
def lie(*args): return Liar()
class Number(float):
    def __eq__(self, other): return True
    __hash__ = None
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
def number(): return Number(3.0)
"""
OPERATIONS = {"Vector() add object", "Vector() rmul", "Vector() neg"}
EXPECTED = frozenset({"Vector", "Vector()", "Vector().norm", "point", "generate", "lie", "number", *OPERATIONS})


@pytest.fixture
def wall(meet: Meet) -> Any:
    return meet(CLASSES, Profile(handles=EXPECTED, bare=EXPECTED))


def test_objects_of_a_class_that_the_solution_has_too_can_be_used(wall: Any) -> None:
    vector = wall.fetch("Vector")
    assert vector(1, 2) + vector(3, 4) == vector(4, 6)
    assert vector(1, 2) != vector(1, 3)
    assert vector(1, 2) * vector(3, 4) == 11
    assert 2 * vector(1, 2) == vector(2, 4)
    assert -vector(1, 2) == vector(-1, -2)
    assert vector(1) < vector(1, 2)
    assert len(vector(1, 2, 3)) == 3
    assert vector(3, 4).norm() == 5.0
    assert list(vector(1, 2)) == [1, 2]
    assert repr(vector(1, 2)) == "Vector(1, 2)"
    assert isinstance(vector(1), vector)
    assert not isinstance(vector(1), list)
    changed = vector(1, 2)
    changed[0] = 7
    assert changed.parts == [7, 2]
    changed.parts = [0]
    assert changed == vector(0)


def test_a_class_that_a_module_of_torch_has_imported_is_not_torchs() -> None:
    assert nearest_class(["torch.nn.modules.linear.Linear"], plain=False) is torch.nn.Linear
    # It is a dict.
    assert nearest_class(["torch.nn.modules.container.OrderedDict"], plain=False) is None


def test_functions_look_like_functions(wall: Any) -> None:
    assert isinstance(wall.fetch("lie"), types.FunctionType)
    assert callable(wall.fetch("lie"))
    assert wall.fetch("lie").__name__ == "lie"


def test_a_named_tuple_is_compared_as_the_tuple_that_it_is(wall: Any) -> None:
    point = wall.fetch("point")()
    assert point == (1, 2)
    assert point != (1, 3)
    assert isinstance(point, tuple)
    assert tuple(point) == (1, 2)


def test_a_generator_can_be_walked_through_and_is_no_list(wall: Any) -> None:
    generate = wall.fetch("generate")
    assert list(generate(3)) == [0, 1, 2]
    with pytest.raises(NotPlainError, match="a generator"):
        assert generate(3) == [0, 1, 2]


@pytest.mark.parametrize(
    "question",
    [
        lambda lie: lie == 4,
        lambda lie: lie != 4,
        lambda lie: abs(lie - 4) < 1e-6,
        lambda lie: abs(4 - lie) < 1e-6,
        lambda lie: lie < 5,
        lambda lie: 5 in lie,
        lambda lie: bool(lie),
        lambda lie: float(lie) == 0.0,
        lambda lie: lie.allclose(torch.zeros(2)),
        lambda lie: torch.allclose(lie, torch.zeros(2)),
        lambda lie: torch.equal(torch.zeros(2), lie),
        lambda lie: (lie == torch.zeros(2)).all(),
        lambda lie: (torch.zeros(2) == lie).all(),
        lambda lie: lie.equal(torch.zeros(2)),
        lambda lie: isinstance(lie, (torch.Tensor, float, int)),
        lambda lie: lie[0] == 0.0,
    ],
)
def test_an_object_that_says_yes_to_everything_is_no_answer(wall: Any, question: Any) -> None:
    lie = wall.fetch("lie")()
    try:
        said = question(lie)
    except (TypeError, NotPlainError):
        return
    assert not said


def test_a_number_that_is_a_liar_is_compared_by_its_value(wall: Any) -> None:
    number = wall.fetch("number")()
    assert number == 3.0
    assert number != 4.0
    assert abs(number - 4) == 1.0


def test_a_named_tuple_is_a_tuple_where_the_solution_gave_one(meet: Meet, wall: Any) -> None:
    point = wall.fetch("point")()
    assert type(point) is tuple
    assert point == (1, 2)
    expected = meet(CLASSES, Profile(handles=frozenset({"point", "point()"}))).fetch("point")()
    assert expected.y == 2


def test_an_object_does_not_gain_rights_by_being_known_under_another_name(meet: Meet) -> None:
    wall = meet(CLASSES + "\nmodel = Liar()\ndef answer(): return model", Profile(frozenset({"model", "answer"})))
    wall.fetch("model")
    with pytest.raises(NotPlainError):
        assert wall.fetch("answer")() == 4


def test_an_equality_that_holds_for_everything_does_not_hold(meet: Meet) -> None:
    source = "class Yes:\n    def __eq__(self, other): return True\na, b = Yes(), Yes()"
    names = frozenset({"a", "b"})
    wall = meet(source, Profile(handles=names, bare=names))
    assert wall.fetch("a") != wall.fetch("b")


CLEVER = """
class Clever:
    def __eq__(self, other): return not isinstance(other, str)
    __hash__ = None
class Vector:
    def __mul__(self, other): return Clever()
    def __round__(self, digits=None): return Clever()
    def __iter__(self): yield Clever()
async def later(): return Clever()
def generate():
    while True: yield Clever()
def pair(): return Clever()
"""
KNOWN = frozenset({"Vector", "Vector()", "Vector()[] iterator", "later", "later()", "generate", "generate()", "pair"})


@pytest.mark.parametrize(
    "answer",
    [
        lambda wall: wall.fetch("Vector")() * 3,
        lambda wall: 3 * wall.fetch("Vector")(),
        lambda wall: round(wall.fetch("Vector")()),
        lambda wall: next(iter(wall.fetch("Vector")())),
        lambda wall: next(wall.fetch("generate")()),
        lambda wall: next(iter(wall.fetch("generate")())),
        lambda wall: next(wall.fetch("later")().__await__()),
        lambda wall: wall.fetch("pair")(),
    ],
)
def test_what_becomes_of_an_object_is_measured_by_itself(meet: Meet, answer: Any) -> None:
    wall = meet(CLEVER, Profile(handles=KNOWN | {"pair()", "generate()[] iterator"}, bare=KNOWN))
    with pytest.raises((NotPlainError, StopIteration, TypeError)):
        assert answer(wall) == 9


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("int", len),
        ("int", iter),
        ("str", float),
        ("float", lambda x: 3 in x),
        ("list", complex),
        ("str", int),
    ],
)
def test_a_plain_value_of_no_use_is_the_students_fault(meet: Meet, kind: str, question: Any) -> None:
    wall = meet(f"class Value({kind}): pass\ndef value(): return Value()", Profile(frozenset({"value", "value()"})))
    with pytest.raises((NotPlainError, TypeError)):
        question(wall.fetch("value")())


def test_dunder_attributes_are_not_asked_for(wall: Any) -> None:
    with pytest.raises(AttributeError):
        wall.fetch("lie").__globals__  # noqa: B018
