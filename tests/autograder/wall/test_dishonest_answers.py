"""Answers that would decide a test's comparisons, or what it compares with; and honest ones of other kinds."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy
import pandas
import pytest
import torch

from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError, NotPlainError
from autograder.wall.generator_steps import leads
from autograder.wall.judge_end import Wall
from autograder.wall.parts import parts_of
from autograder.wall.places import Places, texts
from autograder.wall.profile import Profile, Recorder
from autograder.wall.values import Node
from tests.autograder.wall.conftest import Meet

LIAR = """
import numpy as np, pandas as pd, random, torch
from collections import deque, UserList
class Yes:
    def __eq__(self, other): return not isinstance(other, str)
    def __gt__(self, other): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __hash__(self): return 1
class Model:
    def predict(self, x): return 2 * x
"""


def profile_of(meet: Meet, source: str, test: Callable[[Wall], object]) -> Profile:
    """What the solution does in a test."""
    recorder = Recorder()
    wall = meet(LIAR + source, recorder)
    wall.begin_test(trusting=False)
    test(wall)
    return recorder.finish()


def look_at_accuracy(wall: Wall) -> object:
    model, accuracy = wall.fetch("train")()
    assert model.predict(2) == 4
    assert accuracy > 0.7
    return accuracy == 0.75


TRAIN = "def train(): return Model(), 0.75"


@pytest.mark.parametrize(
    "answer",
    [
        "Model(), Yes()",
        "[Model(), Yes()]",
        "deque([Model(), Yes()])",
        "np.array([Model(), Yes()], dtype=object)",
        "UserList([Model(), Yes()])",
        "{0: Model(), 1: Yes()}.values()",
        "pd.Series([Model(), Yes()], dtype=object)",
    ],
)
def test_an_object_in_a_numbers_place_decides_nothing(meet: Meet, answer: str) -> None:
    wall = meet(f"{LIAR}\ndef train(): return {answer}", profile_of(meet, TRAIN, look_at_accuracy))
    with pytest.raises(NotPlainError):
        look_at_accuracy(wall)


@pytest.mark.parametrize(
    "answer",
    [
        "[Model(), 0.75]",
        "Model(), np.float64(0.75)",
        "Model(), type('T', (float,), {})(0.75)",
        "deque([Model(), 0.75])",
        "np.array([Model(), 0.75], dtype=object)",
    ],
)
def test_an_honest_pair_of_another_kind_is_as_good(meet: Meet, answer: str) -> None:
    wall = meet(f"{LIAR}\ndef train(): return {answer}", profile_of(meet, TRAIN, look_at_accuracy))
    assert look_at_accuracy(wall)


def test_places_that_are_sometimes_objects_may_be_objects(meet: Meet) -> None:
    def look(wall: Wall) -> list[object]:
        chain = wall.fetch("chain")
        return [len(chain(1)), chain(3)[1].predict(3), chain(0)]

    profile = profile_of(meet, "def chain(n): return [Model() if i else None for i in range(n)] if n else 0", look)
    wall = meet(f"{LIAR}\ndef chain(n): return [None] + [Model() for _ in range(1, n)] if n else 0", profile)
    assert look(wall) == [1, 6, 0]


@pytest.mark.parametrize(("answer", "right"), [("Yes()", False), ("12", True)])
def test_an_object_under_a_plain_key_decides_nothing(meet: Meet, answer: str, right: bool) -> None:
    def look(wall: Wall) -> object:
        found = wall.fetch("info")()
        assert found["model"].predict(1) == 2
        return found["score"] == 12

    profile = profile_of(meet, "def info(): return {'model': Model(), 'score': 12}", look)
    wall = meet(f"{LIAR}\ndef info(): return {{'score': {answer}, 'model': Model()}}", profile)
    if right:
        assert look(wall)
    else:
        with pytest.raises(NotPlainError):
            look(wall)


@pytest.mark.parametrize(("answer", "right"), [("Yes()", False), ("5", True)])
def test_an_object_in_an_argument_decides_nothing(meet: Meet, answer: str, right: bool) -> None:
    def look(wall: Wall) -> object:
        losses: list[object] = []
        assert wall.fetch("fit")(losses).predict(1) == 2
        return losses[0] == 5

    profile = profile_of(meet, "def fit(losses):\n    losses.append(5)\n    return Model()", look)
    wall = meet(f"{LIAR}\ndef fit(losses):\n    losses.append({answer})\n    return Model()", profile)
    if right:
        assert look(wall)
    else:
        with pytest.raises(NotPlainError):
            look(wall)


@pytest.mark.parametrize(
    "node",
    [
        # An object of the first place, said to be in the second as well.
        ["tuple", [["objects", 0, [[], [["handle", 1, 1, [], False, []]]]], ["again", 0]]],
        ["deep", ["tuple", [1, ["list", 0, None]]], [[["handle", 1, 1, [], False, []]]]],
        ["namespace", 0, [["a", ["handle", 1, 1, [], False, []]]]],
    ],
)
def test_an_object_that_is_hidden_in_a_node_has_the_place_of_what_it_is_in(node: Node) -> None:
    recorder = Recorder()
    recorder.handles.add("f()")
    solution = Places()
    solution.add(["tuple", [["handle", 1, 1, [], False, []], 0.5]])
    recorder.record_places(("f()",), solution)
    places = Places()
    places.add(node)
    handle = _handle_in(node)
    assert recorder.finish().refused_place(("f()",), places.of(handle[1:]))


def _handle_in(node: Node) -> list[Node]:
    if type(node) is not list:
        return []
    if node[:1] == ["handle"]:
        return node
    return next(filter(None, map(_handle_in, node)), [])


@pytest.mark.parametrize("node", [None, 5, [], [[]], ["handle"], ["again"], ["list", 0], ["dict", 0, [[1]]], [["a"]]])
def test_places_are_looked_for_in_anything(node: Node) -> None:
    Places().add(node)
    Places().add_content(node, ("argument",))


def test_a_place_has_a_name_with_and_without_its_indexes() -> None:
    assert texts(("1", "'a'")) == ["1/'a'", "*/'a'"]


# Missing values


def read(value: object, *, hides: bool) -> Any:
    node = Encoder(_refuse).write(value)
    return Decoder(_refuse, {}, lambda: hides).read(node)


def _refuse(*_: object) -> Node:
    raise MalformedError("another value")


@pytest.mark.parametrize(
    "series",
    [
        pandas.Series([None, None], dtype="Int64"),
        pandas.Series([None, None], dtype="Float64"),
        pandas.Series([None, True], dtype="boolean"),
        pandas.Series([None, None], dtype="string"),
    ],
)
def test_what_is_missing_is_equal_to_nothing(series: Any) -> None:
    expected = pandas.Series([True, True]) if series.dtype == "boolean" else pandas.Series([1, 2])
    assert (series == expected).all()
    found: Any = read(series, hides=False)
    assert not (found == expected).all()
    assert list(found.isna()) == list(series.isna())
    kept: Any = read(series, hides=True)
    assert kept.dtype == series.dtype


def test_what_is_not_missing_keeps_its_type() -> None:
    for series in (pandas.Series([1, 2], dtype="Int64"), pandas.Series(["a"], dtype="string")):
        found: Any = read(series, hides=False)
        pandas.testing.assert_series_equal(found, series)


# Generators


def draw_after(wall: Wall, *, trusting: bool) -> float:
    wall.begin_test(trusting=trusting)
    numpy.random.seed(5)
    wall.seeded.add("numpy")
    wall.fetch("draw")()
    return float(numpy.random.rand())


def test_a_state_to_which_no_draws_lead_is_not_taken(meet: Meet) -> None:
    profile = profile_of(meet, "def draw(): return np.random.rand(3)", lambda wall: draw_after(wall, trusting=False))
    zeros = "np.random.set_state(('MT19937', np.zeros(624, np.uint32), 624, 0, 0.0))"
    wall = meet(f"{LIAR}\ndef draw(): {zeros}", profile)
    assert draw_after(wall, trusting=False) != 0.0
    assert wall.answers.withheld
    # As in one process.
    assert draw_after(wall, trusting=True) == 0.0
    honest = meet(f"{LIAR}\ndef draw(): return [np.random.rand() for _ in range(5)]", profile)
    assert draw_after(honest, trusting=False) == numpy.random.RandomState(5).rand(6)[5]
    assert not honest.answers.withheld


def test_where_the_solution_seeds_a_submission_may(meet: Meet) -> None:
    source = "def draw():\n    np.random.seed(1)\n    return np.random.rand()"
    profile = profile_of(meet, source, lambda wall: draw_after(wall, trusting=False))
    wall = meet(f"{LIAR}\n{source}", profile)
    assert draw_after(wall, trusting=False) == numpy.random.RandomState(1).rand(2)[1]
    assert not wall.answers.withheld


@pytest.mark.parametrize("change", ["state={'state': 0, 'inc': 0}", "state={'state': 7, 'inc': 1}"])
def test_a_generator_that_was_handed_over_is_drawn_from_and_not_set(meet: Meet, change: str) -> None:
    def look(wall: Wall) -> float:
        generator = numpy.random.default_rng(5)
        wall.begin_test(trusting=False)
        wall.fetch("draw")(generator)
        return float(generator.random())

    profile = profile_of(meet, "def draw(rng): return rng.random(3)", look)
    setting = f"rng.bit_generator.state = dict(rng.bit_generator.state, {change})"
    wall = meet(f"{LIAR}\ndef draw(rng): {setting}", profile)
    assert look(wall) == numpy.random.default_rng(5).random()
    assert wall.answers.withheld
    honest = meet(f"{LIAR}\ndef draw(rng): return rng.normal(size=9)", profile)
    look(honest)
    assert not honest.answers.withheld


def _numpy_generators() -> list[tuple[object, object, object]]:
    found: list[tuple[object, object, object]] = []
    kinds = (numpy.random.PCG64, numpy.random.PCG64DXSM, numpy.random.Philox, numpy.random.SFC64, numpy.random.MT19937)
    for kind in kinds:
        one, later, other = (numpy.random.Generator(kind(seed)) for seed in (1, 1, 2))
        later.random(1000)
        found.append((one, later, other))
    return found


def _other_generators() -> list[tuple[object, object, object]]:
    randoms = [random.Random(seed) for seed in (1, 1, 2)]
    states = [numpy.random.RandomState(seed) for seed in (1, 1, 2)]
    torches = [torch.Generator().manual_seed(seed) for seed in (1, 1, 2)]
    for _ in range(1000):
        randoms[1].random()
    states[1].rand(1000)
    torch.rand(1000, generator=torches[1])
    return [tuple(randoms), tuple(states), tuple(torches)]  # type: ignore[list-item]  # three of each


@pytest.mark.parametrize("generators", [*_numpy_generators(), *_other_generators()])
def test_draws_lead_forward_alone(generators: tuple[object, object, object]) -> None:
    one, later, other = generators
    assert leads(one, one)
    assert leads(one, later)
    assert not leads(later, one)
    assert not leads(one, other)


def test_a_class_of_warnings_of_the_students_own_is_a_warning(meet: Meet) -> None:
    def look(wall: Wall) -> object:
        wall.begin_test(trusting=False)
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("always")
            wall.fetch("warn")()
        return [(issubclass(one.category, UserWarning), str(one.message)) for one in noted]

    warn = "import warnings\ndef warn(): warnings.warn('bad', {})"
    profile = profile_of(meet, warn.format("UserWarning"), look)
    own = f"{LIAR}\nclass Own(UserWarning): pass\n{warn.format('Own')}"
    assert look(meet(own, profile)) == [(True, "bad")]


# Parts of arguments


def add_column(wall: Wall, *, trusting: bool = False) -> Any:
    wall.begin_test(trusting=trusting)
    frame = pandas.DataFrame({"a": [1, 2], "b": [3, 4]})
    wall.fetch("add")(frame)
    return frame


ADD = "def add(df): df['c'] = df['a'] + df['b']"


@pytest.mark.parametrize("change", ["df['a'] = df['b'] = df['c'] = 0", "df.drop(df.index, inplace=True); df['c'] = 0"])
def test_who_may_add_a_column_may_not_change_others(meet: Meet, change: str) -> None:
    wall = meet(f"{LIAR}\ndef add(df): {change}", profile_of(meet, ADD, add_column))
    frame = add_column(wall)
    assert frame["a"].tolist() == [1, 2]
    assert wall.answers.withheld
    assert add_column(wall, trusting=True)["a"].tolist() in ([0, 0], [])


def test_an_honest_answer_may_add_more_columns(meet: Meet) -> None:
    source = "def add(df):\n    df['x'] = df['b'].astype(float)\n    df['c'] = df['x'] + df['a']"
    wall = meet(f"{LIAR}\n{source}", profile_of(meet, ADD, add_column))
    assert add_column(wall)["c"].tolist() == [4, 6]
    assert not wall.answers.withheld


class Part:
    """An object of a lesson, as it would be in a notebook."""

    def __init__(self) -> None:
        self.number, self.price, self.items = 10, 3, [1]


Part.__module__ = "__main__"


def test_attributes_are_parts_of_an_object() -> None:
    part = Part()
    before = parts_of(part)
    assert before is not None
    assert before.changed(part) == []
    part.items.append(2)
    part.number, part.new = 7, 1  # type: ignore[attr-defined]
    assert before.changed(part) == ["attribute number"]
    part.price = True
    del part.items
    assert before.changed(part) == ["attribute number", "attribute price", "attribute items"]
    before.restore(part, "attribute price")
    assert (part.price, part.number) == (3, 7)


# Classes in the places of functions


@pytest.mark.parametrize("name", ["numpy.memmap", "PyTorchFileWriter", "PyTorchFileReader", "LockingLogger"])
def test_classes_that_open_files_are_not_taken_over(name: str) -> None:
    with pytest.raises(MalformedError):
        Decoder(_refuse).read(["type", name])


@pytest.mark.parametrize("kind", ["np.ndarray", "torch.Tensor", "torch.FloatTensor", "np.recarray"])
def test_a_class_in_a_functions_place_shows_no_old_memory(meet: Meet, kind: str) -> None:
    profile = profile_of(meet, "def ones(n): return np.ones(n)", lambda wall: wall.fetch("ones")(3))
    wall = meet(f"{LIAR}\nones = {kind}", profile)
    for size in range(1, 30):
        left = [numpy.ones(size), torch.ones(size)]
        del left
        try:
            found = wall.fetch("ones")(size)
        except TypeError:
            continue
        assert not found.any()


def test_a_class_that_makes_arrays_of_data_still_does(meet: Meet) -> None:
    profile = profile_of(meet, "def tensor(x): return torch.tensor(x)", lambda wall: wall.fetch("tensor")([1.0, 2.0]))
    wall = meet(f"{LIAR}\ntensor = torch.Tensor", profile)
    assert torch.equal(wall.fetch("tensor")([1.0, 2.0]), torch.tensor([1.0, 2.0]))
