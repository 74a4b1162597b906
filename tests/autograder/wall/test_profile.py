"""Recorder and profile answer the same questions: one permits everything, the other what was recorded."""

import dataclasses
import inspect

import pytest

from autograder.wall.errors import NotPlainError, UnsendableError, UnsupportedValueError
from autograder.wall.profile import Profile, Recorder
from autograder.wall.sent_places import GRADIENT, WHOLE, Place


def questions(kind: type) -> dict[str, tuple[str, ...]]:
    methods = inspect.getmembers(kind, inspect.isfunction)
    return {name: tuple(inspect.signature(method).parameters) for name, method in methods if name[0] != "_"}


def test_both_answer_the_same_questions() -> None:
    assert questions(Profile) == questions(Recorder)
    fields = [[field.name for field in dataclasses.fields(kind)] for kind in (Profile, Recorder)]
    assert fields[0] == fields[1]


def test_what_the_solution_did_a_submission_may_do() -> None:
    recorder = Recorder()
    assert recorder.expects_object(("f()",))
    assert not recorder.takes_plain_value(("f()",), has_plain_value=True)
    assert not recorder.takes_plain_value(("g()",), has_plain_value=False)
    assert recorder.may_change(("f",), Place("0"), {WHOLE})
    assert recorder.may_change_leaves(("f",))
    recorder.record_changed_leaves(("f",))
    assert recorder.may_stop_iteration(("f()",))
    assert recorder.may_rebind("count")
    assert recorder.may_decide(("f()",), "__eq__", own=True)
    assert not recorder.may_decide(("f()",), "__len__", own=False)
    assert recorder.may_swallow(("g()",), "ValueError")
    # An object that was reached in several ways has the rights of each.
    recorder.record_draw(("f", "h"))
    assert recorder.may_reseed(("f", "h"))
    recorder.record_class("<Vector>")
    recorder.record_blind_test("blind")
    recorder.record_container(("Stack()",))
    profile = recorder.finish()
    assert profile.expects_object(("f()",))
    assert profile.expects_object(("h()", "f()"))
    assert profile.expects_object(("<Vector>",))
    assert not profile.takes_plain_value(("f()",), has_plain_value=True)
    assert profile.may_change(("f",), Place("0"), {WHOLE})
    assert profile.may_change(("h", "f"), Place("0"), {WHOLE})
    # Who changes a tensor may change its gradient.
    assert profile.may_change(("f",), Place("0"), {GRADIENT})
    assert profile.may_change_leaves(("f",))
    assert profile.may_stop_iteration(("f()",))
    assert profile.may_rebind("count")
    assert profile.may_decide(("f()",), "__eq__", own=True)
    assert not profile.may_decide(("f()",), "__eq__", own=False)
    assert profile.may_decide(("g()",), "__eq__", own=True)
    assert not profile.may_decide(("f()",), "__lt__", own=True)
    assert profile.may_swallow(("g()",), "ValueError")
    assert not profile.may_swallow(("g()",), "AssertionError")
    assert profile.unasked == {"blind"}
    assert profile.may_draw(("h",))
    assert profile.may_reseed(("h",))
    profile.require_object(("f()",), "a Vector")
    assert profile.may_operate(("Stack()",), has_plain_value=False)
    profile.require_operand(("g()",), "a Vector", has_plain_value=False)


def test_all_else_a_submission_may_not_do() -> None:
    profile = Profile()
    assert profile.takes_plain_value(("f()",), has_plain_value=True)
    assert not profile.takes_plain_value(("f()",), has_plain_value=False)
    assert not profile.expects_object(("f()",))
    assert not profile.may_change(("f",), Place("0"), {WHOLE})
    assert not profile.may_change_leaves(("f",))
    assert not profile.may_stop_iteration(("f()",))
    assert not profile.may_rebind("count")
    assert not profile.may_decide(("f()",), "__eq__", own=True)
    assert not profile.may_swallow(("f()",), "ValueError")
    with pytest.raises(NotPlainError, match="a Vector, where a plain value is expected"):
        profile.require_object(("f()[]",), "a Vector")
    with pytest.raises(NotPlainError, match="no plain value"):
        profile.require_operand(("f()",), "a Vector", has_plain_value=False)
    profile.require_operand(("f()",), "a Point", has_plain_value=True)
    assert not profile.may_operate(("Stack()",), has_plain_value=False)


LEAF, TREE = "Leaf()", "Tree()"


@pytest.mark.parametrize(
    ("profile", "alike"),
    [
        (Profile(handles=frozenset({LEAF, TREE})), True),
        # What the tests ask of one of them alone gives the other no right.
        (Profile(handles=frozenset({f"{LEAF}.next"}), bare=frozenset({f"{LEAF}.next"})), True),
        (Profile(handles=frozenset({f"{LEAF}.value"}), plain=frozenset({f"{TREE}.value"})), False),
        (Profile(handles=frozenset({f"{LEAF}.up", f"{TREE}.up"}), bare=frozenset({f"{LEAF}.up"})), False),
        (Profile(handles=frozenset({f"{LEAF} add"}), plain=frozenset({f"{TREE} add"})), False),
        (
            Profile(plain=frozenset({f"{LEAF}.grow()", f"{TREE}.grow()"}), restored=frozenset({f"{LEAF}.grow 0"})),
            False,
        ),
        (Profile(plain=frozenset({f"{LEAF}.grow()"}), restored=frozenset({f"{LEAF}.grow 0"})), True),
        (
            Profile(plain=frozenset({f"{LEAF}.grow()", f"{TREE}.grow()"}), restored=frozenset({f"{LEAF}.grow draws"})),
            True,
        ),
        (
            Profile(plain=frozenset({f"{LEAF}.grow()", f"{TREE}.grow()"}), restored=frozenset({f"{LEAF}.grow seeds"})),
            False,
        ),
        (Profile(own=frozenset({f"{LEAF} __eq__", f"{TREE} no __eq__"})), False),
        (Profile(own=frozenset({f"{LEAF} __eq__", f"{TREE} __eq__"})), True),
        (Profile(handles=frozenset({"Leaf().x", "Leaflet().x"}), plain=frozenset({"Treetop().x"})), True),
    ],
)
def test_two_ways_lead_to_one_object_if_none_gives_a_right_that_the_other_denies(profile: Profile, alike: bool) -> None:
    assert profile.are_alike(LEAF, TREE) is alike
    assert profile.are_alike(TREE, LEAF) is alike
    assert profile.are_alike(LEAF, LEAF)


def test_a_profile_records_nothing() -> None:
    profile = Profile()
    profile.record_changed_leaves(("f",))
    profile.record_blind_test("blind")
    assert profile.finish() is None
    assert profile == Profile()


def test_a_value_too_large_is_the_fault_of_who_made_it() -> None:
    error = UnsendableError("70 MB")
    assert isinstance(Recorder().too_large(error), UnsupportedValueError)
    assert isinstance(Profile().too_large(error), NotPlainError)
