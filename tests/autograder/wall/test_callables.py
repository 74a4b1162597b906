import functools
import math
import operator
import statistics
import types
from collections.abc import Callable, Iterator
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


def test_a_function_that_counts_its_calls_is_refused(apply: Callable[..., Any]) -> None:
    calls: list[Any] = []
    with pytest.raises(UnsupportedValueError, match="judge's side only"):
        apply(calls.append, 1)


class Recorder:
    def __call__(self, x: float) -> float:
        return x


@pytest.mark.parametrize("function", [Recorder(), print.__self__, Recorder().__call__])
def test_what_the_student_can_not_have_is_refused(apply: Callable[..., Any], function: Any) -> None:
    with pytest.raises(UnsupportedValueError):
        apply(function, 1.0)


def test_a_function_may_use_any_module_that_both_sides_can_import(apply: Callable[..., Any]) -> None:
    import random

    from scipy import special

    assert 1.0 <= apply(lambda x: random.random() + x, 1.0) <= 2.0
    assert apply(lambda x: special.expit(x), 0.0) == 0.5
    assert apply(special.expit, 0.0) == 0.5
    assert 0.0 <= apply(random.random) <= 1.0
    assert apply(statistics.mean, [1.0, 3.0]) == 2.0


def test_a_module_that_only_the_judge_has_is_refused(apply: Callable[..., Any]) -> None:
    module = types.ModuleType("ours")
    module.size = 3  # type: ignore[attr-defined]
    with pytest.raises(UnsupportedValueError, match="judge's side only"):
        apply(lambda x: module.size + x, 1.0)


def test_defaults_have_the_values_that_they_had_when_the_function_was_defined(apply: Callable[..., Any]) -> None:
    assert [apply(times, 5) for times in [lambda x, n=n: x * n for n in range(3)]] == [0, 5, 10]

    def scaled(x: int, *, by: int = int(SIZE)) -> int:
        return x * by

    assert apply(scaled, 2) == 6


def even(n: int) -> bool:
    return n == 0 or odd(n - 1)


def odd(n: int) -> bool:
    return n != 0 and even(n - 1)


def test_functions_that_call_each_other_or_themselves_go_along(apply: Callable[..., Any]) -> None:
    assert apply(even, 6) is True
    assert apply(odd, 6) is False

    def depth(tree: list[Any]) -> int:
        return 1 + max((depth(part) for part in tree), default=0)

    assert apply(depth, [[], [[]]]) == 3
    triangle = lambda n: n and n + triangle(n - 1)  # noqa: E731 - as tests write it
    assert apply(triangle, 4) == 10
    assert apply(lambda n: even(n) and triangle(n), 4) == 10


def test_nested_functions_and_generators_go_along(apply: Callable[..., Any]) -> None:
    def outer(n: int) -> list[int]:
        def inner(k: int) -> int:
            return k * factor

        factor = 2
        return [inner(k) for k in range(n)]

    def pairs(n: int) -> Iterator[int]:
        for k in range(n):
            yield 2 * k

    assert apply(outer, 3) == [0, 2, 4]
    assert list(apply(pairs, 3)) == [0, 2, 4]


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return ("counted", function(*args))

    return wrapper


@counted
def decorated(x: int) -> int:
    return x + 1


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    KEPT.append(function)
    return function


KEPT: list[Any] = []


@kept
def registered(x: int) -> int:
    return x + 2


@functools.cache
def cached(x: int) -> int:
    return x + 3


def test_a_decorator_is_applied_once(apply: Callable[..., Any]) -> None:
    assert apply(decorated, 1) == ("counted", 2)
    assert apply(registered, 1) == 3
    assert apply(cached, 1) == 4


class Squarer:
    power = 2

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def value(self, x: float) -> float:
        return helper(self.scale * x**self.power)


def test_a_class_of_the_tests_own_goes_as_source_text(apply: Callable[..., Any]) -> None:
    assert apply(lambda kind, x: kind(2.0).value(x), Squarer, 3.0) == 21.0
    assert apply(lambda x: Squarer(1.0).value(x), 3.0) == 12.0


def test_what_operator_makes_and_methods_that_only_read_go_along(apply: Callable[..., Any]) -> None:
    assert apply(operator.itemgetter(1), [4, 5]) == 5
    assert apply(operator.methodcaller("split", ","), "a,b") == ["a", "b"]
    assert apply({"a": 1}.get, "a") == 1
    assert apply("-".join, ["a", "b"]) == "a-b"
