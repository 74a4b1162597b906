"""The check of a class whose sums and products remember how they were computed (value)."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of, refusal
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_02_chain_rule.engine_values import attribute, compute, number_of, parents_of, slopes_towards

_MARK = 7.25


@announced
def value_class(make: Function, *, between: tuple[float, float] = (1.5, 3.5)) -> None:
    """Check a class of numbers with ``data``, ``parents``, ``slopes`` and ``grad`` that knows + and ·.

    Args:
        make: the student's class.
        between: bounds of the numbers that it is tried with.
    """
    require_callable(make)
    low, high = between
    a, b = (low + (high - low) * float(share) for share in (torch.rand(()) * 0.4, 0.6 + torch.rand(()) * 0.4))
    _check_leaf(make, a)
    _check_pair(make, a, b, "a + b", operator.add, (1.0, 1.0))
    _check_pair(make, a, b, "a * b", operator.mul, (b, a))
    _check_square(make, b)
    constant = high + 1 + float(torch.rand(()))
    # A float, whole numbers, True (a whole number for Python), and the float that comes out of a NumPy array.
    for number in (constant, 2, 3, True, np.float64(constant)):
        _check_with_number(make, a, number)


def _check_with_number(make: Function, a: float, number: Any) -> None:  # noqa: ANN401 - any number
    written = f"{float(number):g}" if isinstance(number, np.generic) else repr(number)
    shown = "2" if type(number) is float else f"np.float64({written})" if isinstance(number, np.generic) else written
    _check_number(make, a, f"a + {shown}", lambda v: v + number, a + number, 1.0)
    _check_number(make, a, f"a * {shown}", lambda v: v * number, a * number, float(number))
    if not isinstance(number, np.generic):
        # A NumPy number on the left asks its own methods first.
        _check_number(make, a, f"{shown} + a", lambda v: number + v, a + number, 1.0)
        _check_number(make, a, f"{shown} * a", lambda v: number * v, a * number, float(number))


def _check_leaf(make: Function, number: float) -> None:
    leaf = call(make, number)
    try:
        fresh = number_of(leaf, "data", "Value(2)") == number and number_of(leaf, "grad", "Value(2)") == 0
    except NotYet as refused:
        raise not_yet("constructor-changed", "engine-leaf") from refused
    if not fresh or parents_of(leaf, "Value(2)"):
        raise not_yet("constructor-changed", "engine-leaf")


def _check_pair(
    make: Function,
    a: float,
    b: float,
    expression: str,
    operate: Callable[[Any, Any], Any],
    slopes: tuple[float, float],
) -> None:
    first, second = call(make, a), call(make, b)
    result = compute(operate, first, second, expression=expression)
    placeholders = {"expression": expression}
    for operand, number in ((first, a), (second, b)):
        if number_of(operand, "data", expression) != number:
            raise not_yet("operand-changed", "engine-operand-changed", expression=expression)
    agree(
        number_of(result, "data", expression),
        operate(a, b),
        given=f"`{expression}`",
        kind="number",
    )
    if not parents_of(result, expression):
        raise not_yet("graph-cut", "engine-no-parents", expression=expression)
    found = torch.tensor(slopes_towards(result, (a, b), expression), dtype=torch.float64)
    expected = torch.tensor(slopes, dtype=torch.float64)
    agree(
        found,
        expected,
        (
            KnownMistake("own-factor", "engine-own-factor", torch.tensor((a, b), dtype=torch.float64), placeholders),
            KnownMistake("wrong-coefficient", "engine-slopes", torch.tensor((b, a), dtype=torch.float64), placeholders),
            KnownMistake("wrong-coefficient", "engine-slopes", torch.ones(2, dtype=torch.float64), placeholders),
            KnownMistake("wrong-coefficient", "engine-slopes", torch.zeros(2, dtype=torch.float64), placeholders),
        ),
        given=words.FRAGMENTS["slopes-of"].format(expression=expression),
    )
    _require_same(first, a, result, expression)
    _require_same(second, b, result, expression)


def _require_same(given: object, number: float, result: object, expression: str) -> None:
    """Refuse a parent that is a copy of the operand: a mark that is put on the one must show on the other."""
    given.grad = _MARK  # type: ignore[attr-defined]
    for parent, _ in parents_of(result, expression):
        if number_of(parent, "data", expression) == number and number_of(parent, "grad", expression) != _MARK:
            raise not_yet("graph-cut", "engine-copy", expression=expression)


def _check_square(make: Function, number: float) -> None:
    """In x · x one value is both factors."""
    x = call(make, number)
    result = compute(operator.mul, x, x, expression="x * x")
    agree(
        slopes_towards(result, (number,), "x * x")[0],
        2 * number,
        (KnownMistake("overwrites-accumulation", "engine-square", number),),
        given=words.FRAGMENTS["slope-of"].format(expression="x * x"),
        kind="number",
    )


def _check_number(
    make: Function, a: float, expression: str, operate: Callable[[object], object], value: float, slope: float
) -> None:
    given = call(make, a)
    try:
        result = operate(given)
        data = number_of(result, "data", expression)
    except NotYet:
        raise
    except NotImplementedError as error:
        raise refusal(error) from error
    except Exception as error:
        placeholders = {"expression": expression, "name": type(error).__name__, "message": message_of(error)}
        raise not_yet("plain-number", "engine-number", **placeholders) from error
    agree(data, value, given=f"`{expression}`", kind="number")
    found = slopes_towards(result, (a,), expression)[0]
    agree(
        found,
        slope,
        [KnownMistake("own-factor", "engine-own-factor", a, {"expression": expression})],
        given=words.FRAGMENTS["slope-of"].format(expression=expression),
        kind="number",
    )
    attribute(result, "grad", expression)
