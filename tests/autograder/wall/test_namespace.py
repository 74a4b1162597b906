from typing import Any

import pytest

from autograder.wall.namespace import Namespace
from tests.autograder.wall.conftest import Meet


@pytest.fixture
def namespace(meet: Meet) -> Namespace:
    names = Namespace()
    exec("own = 1\ndef helper(): return f(own)", names)
    names.student_names = frozenset({"f", "x", "gone"})
    names.wall = meet("def f(n): return x + n\nx = 10\nown = 999")
    return names


def run(source: str, names: Namespace) -> Any:
    exec(source, names)
    return names.get("result")


def test_the_students_names_are_asked_for_and_the_judges_are_not(namespace: Namespace) -> None:
    assert run("result = f(5)", namespace) == 15
    assert run("result = own", namespace) == 1


def test_helpers_of_the_lesson_see_the_students_names(namespace: Namespace) -> None:
    assert run("result = helper()", namespace) == 11


def test_assigning_and_deleting_happen_on_the_students_side(namespace: Namespace) -> None:
    assert run("x = 100\nresult = f(1)", namespace) == 101
    with pytest.raises(NameError):
        run("del x\nf(1)", namespace)
    assert run("x = 3\nresult = f(1)", namespace) == 4


def test_a_name_that_the_student_lacks_is_a_name_error_and_never_a_builtin(namespace: Namespace) -> None:
    namespace.student_names |= {"sum"}
    for name in ("gone", "sum"):
        with pytest.raises(NameError):
            run(name, namespace)
        assert name not in namespace
        assert namespace.get(name, 5) == 5


def test_without_a_student_it_is_a_dictionary() -> None:
    names = Namespace()
    names.student_names = frozenset({"f"})
    names["f"] = 1
    assert names["f"] == 1
    del names["f"]
    with pytest.raises(KeyError):
        names["f"]
