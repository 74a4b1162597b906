import functools
import math
import operator
import threading
from collections.abc import Callable
from typing import Any

import numpy
import pytest
import torch

from autograder.wall.errors import UnsupportedValueError
from tests.autograder.wall.conftest import Meet

SIZE = 3.0
APPLY = "import torch\ndef apply(f, *args): return f(*args)\ndef helper(x): return x + 100"


def helper(x: float) -> float:
    return x + SIZE


def uses_helper(x: float) -> float:
    return 2 * helper(x)


def factorial(n: int) -> int:
    return 1 if n == 0 else n * factorial(n - 1)


@pytest.fixture
def apply(meet: Meet) -> Callable[..., Any]:
    found: Callable[..., Any] = meet(APPLY).fetch("apply")
    return found


def test_a_lambda_goes_as_source_text(apply: Callable[..., Any]) -> None:
    assert apply(lambda x: x**2 + 1, 3) == 10
    assert apply(lambda x: math.sin(x), 0.5) == math.sin(0.5)
    assert torch.allclose(apply(lambda x: torch.exp(x).sum(), torch.zeros(3)), torch.tensor(3.0))
    assert apply(lambda x: numpy.sum(x), numpy.ones(3)) == 3.0


def test_two_lambdas_on_one_line_are_told_apart(apply: Callable[..., Any]) -> None:
    up, down = (lambda x: x + 1), (lambda x: x - 1)
    assert (apply(up, 5), apply(down, 5)) == (6, 4)


def test_plain_values_from_around_a_function_go_along(apply: Callable[..., Any]) -> None:
    centre = torch.tensor([1.0, 2.0])
    assert apply(lambda x: ((x - centre) ** 2).sum() * SIZE, torch.zeros(2)) == 15.0


def test_functions_that_a_function_uses_go_along(apply: Callable[..., Any]) -> None:
    assert apply(uses_helper, 1.0) == 8.0
    assert apply(factorial, 5) == 120


def test_functions_of_libraries_go_by_name(apply: Callable[..., Any]) -> None:
    assert apply(torch.sin, torch.zeros(1)).tolist() == [0.0]
    assert apply(math.sqrt, 9.0) == 3.0
    assert apply(operator.add, 1, 2) == 3
    assert apply(len, [1, 2]) == 2
    assert apply(torch.nn.functional.relu, torch.tensor(-1.0)) == 0.0


def test_a_partial_of_what_can_be_sent_can_be_sent(apply: Callable[..., Any]) -> None:
    assert apply(functools.partial(operator.mul, 3), 4) == 12


def test_a_helper_that_the_student_has_too_goes_by_name(meet: Meet) -> None:
    wall = meet(APPLY, student_has=lambda name, value: name == "helper" and value is helper)
    assert wall.fetch("apply")(helper, 1) == 101


def test_a_students_function_is_itself_on_the_way_back(meet: Meet) -> None:
    wall = meet(APPLY)
    assert wall.fetch("apply")(wall.fetch("helper"), 1) == 101


def test_a_method_of_a_tests_list_appends_to_that_list(apply: Callable[..., Any]) -> None:
    calls: list[Any] = []
    apply(calls.append, 1)
    assert calls == [1]


def make_recorder() -> Any:
    class Recorder:
        def __call__(self, x: float) -> float:
            return x

    return Recorder()


@pytest.mark.parametrize("function", [make_recorder(), make_recorder().__call__, object(), threading.Lock().acquire])
def test_what_the_student_can_not_have_is_refused(apply: Callable[..., Any], function: Any) -> None:
    with pytest.raises(UnsupportedValueError):
        apply(function, 1.0)


def test_a_function_that_uses_another_module_is_refused(apply: Callable[..., Any]) -> None:
    import random

    with pytest.raises(UnsupportedValueError, match="random"):
        apply(lambda x: random.random() + x, 1.0)
