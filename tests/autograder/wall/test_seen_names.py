"""A name stands still for a test, as it does in one process."""

import numpy
import torch

from autograder.wall.judge_end import SeenNames
from autograder.wall.profile import Profile, Recorder
from tests.autograder.wall.conftest import Meet

RESTLESS = """
import gc
from autograder.wall.student_end import _Student
values = [1, 2, 3]
student = next(o for o in gc.get_objects() if type(o) is _Student)
honest = student._act
def act(action, request):
    fetched = action == "fetch" and request.args[0] == "number"
    return values.pop(0) if fetched else honest(action, request)
student._act = act
number = 0
count = 0
def increase():
    global count
    count += 1
"""


def test_the_same_value_is_given_as_it_comes() -> None:
    seen = SeenNames()
    for value in (1, [1.0, "x"], torch.ones(2), numpy.ones(2)):
        seen.note("x", value)
        assert seen.recall("x", value) is value
    again = torch.ones(2)
    seen.note("x", torch.ones(2))
    assert seen.recall("x", again) is again


def test_another_value_is_not() -> None:
    seen = SeenNames()
    seen.note("x", [1])
    assert seen.recall("x", [2]) == [1]
    seen.forget("x")
    assert seen.recall("x", [2]) == [2]
    seen.clear()
    assert seen.recall("x", [3]) == [3]


def test_a_gradient_makes_no_other_value() -> None:
    seen = SeenNames()
    leaf = torch.ones(2, requires_grad=True)
    seen.note("w", torch.ones(2, requires_grad=True))
    (leaf**2).sum().backward()
    assert seen.recall("w", leaf) is leaf


def test_a_name_keeps_the_value_that_a_test_has_met(meet: Meet) -> None:
    wall = meet(RESTLESS, Profile())
    wall.begin_test(trusting=False)
    assert [wall.fetch("number"), wall.fetch("number")] == [1, 1]
    assert wall.answers.withheld


def test_a_name_keeps_the_value_that_a_test_has_given(meet: Meet) -> None:
    wall = meet(RESTLESS, Profile())
    wall.begin_test(trusting=False)
    wall.assign("number", 7)
    assert wall.fetch("number") == 7
    wall.begin_test(trusting=True)
    wall.assign("number", 7)
    assert wall.fetch("number") == 2
    assert wall.answers.withheld


def test_a_name_that_moves_in_the_solution_may_move(meet: Meet) -> None:
    recorder = Recorder()
    wall = meet(RESTLESS, recorder)
    wall.begin_test(trusting=False)
    assert wall.fetch("count") == 0
    wall.fetch("increase")()
    assert wall.fetch("count") == 1
    assert recorder.moving == {"count"}
    wall = meet(RESTLESS, recorder.finish())
    wall.begin_test(trusting=False)
    counts = [wall.fetch("count")]
    wall.fetch("increase")()
    assert [*counts, wall.fetch("count")] == [0, 1]
    assert not wall.answers.withheld


def test_a_test_begins_with_an_open_mind(meet: Meet) -> None:
    wall = meet(RESTLESS, Profile())
    wall.begin_test(trusting=False)
    assert not wall.asked
    assert wall.fetch("number") == 1
    assert wall.asked
    wall.begin_test(trusting=False)
    assert wall.fetch("number") == 2
    assert not wall.answers.withheld
