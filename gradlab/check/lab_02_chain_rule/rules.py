"""The check of the rules for powers, exp, tanh and quotients (rules)."""

import math
from dataclasses import dataclass, replace

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known_values
from gradlab.check.lab_02_chain_rule.engine_values import (
    DEEPEST,
    Graph,
    compute,
    number_of,
    parents_of,
    slopes_towards,
)


@dataclass(frozen=True)
class _Slope:
    """The slope of a rule towards one of its inputs.

    Attributes:
        right: as it should be.
        mistakes: what known mistakes give.
    """

    right: float
    mistakes: tuple[KnownMistake[float], ...]


@announced
def local_rules(
    make: Function,
    power: Function,
    exp: Function,
    tanh: Function,
    divide: Function,
    *,
    exponents: tuple[float, ...] = (3, -2, 1.5),
) -> None:
    """Check four functions of values that return a new value with its parents and slopes.

    Args:
        make: the student's class of values.
        power: (a, n) → aⁿ.
        exp: a → eᵃ.
        tanh: a → tanh a.
        divide: (a, b) → a / b.
        exponents: what n is in turn.
    """
    require_callable(make, power, exp, tanh, divide)
    for n in exponents:
        a = _draw(0.6, 0.9)
        _check(make, power, (a,), (n,), a**n, [_power_slope(a, n)], f"power(a, {n})")
    # A negative base has powers too, if the exponent is whole.
    a = -_draw(0.6, 0.9)
    _check(make, power, (a,), (3,), a**3, [_power_slope(a, 3)], "power(a, 3)")
    a = _draw(0.4, 0.9)
    _check(make, exp, (a,), (), math.exp(a), [_exp_slope(a)], "exp(a)")
    a = _draw(0.4, 0.9)
    _check(make, tanh, (a,), (), math.tanh(a), [_tanh_slope(a)], "tanh(a)")
    a, b = _draw(1.1, 1.4), _draw(2.2, 2.9)
    _check(make, divide, (a, b), (), a / b, _quotient_slopes(a, b), "divide(a, b)")


def _draw(low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand((), dtype=torch.float64))


def _check(
    make: Function,
    rule: Function,
    inputs: tuple[float, ...],
    constants: tuple[float, ...],
    value: float,
    slopes: list[_Slope],
    expression: str,
) -> None:
    given = [_input(make, number) for number in inputs]
    result = compute(rule, *given, *constants, expression=expression)
    agree(number_of(result, "data", expression), value, given=f"`{expression}`", kind="number")
    found = slopes_towards(result, inputs, expression, grown=True)
    # Slopes may be right and stand in each other's place.
    values, right = (torch.tensor(each, dtype=torch.float64) for each in (found, [slope.right for slope in slopes]))
    exchanged = KnownMistake("parents-and-slopes", "rule-exchanged", right.flip(0), {"expression": expression})
    refuse_known_values(values, right, [exchanged])
    for letter, slope, expected in zip("ab", found, slopes, strict=False):
        placeholders = {"expression": expression, "letter": letter}
        agree(
            slope,
            expected.right,
            [replace(mistake, placeholders=placeholders) for mistake in expected.mistakes],
            given=words.FRAGMENTS["slope-towards"].format(expression=expression, letter=letter),
            kind="number",
        )
    _read_ancestors(result, expression)


def _input(make: Function, number: float) -> object:
    """A value that is itself computed from others, in a long chain."""
    levels = range(DEEPEST)
    graph = Graph(
        (*(100.0 + level for level in levels), number),
        ((), *((level,) for level in levels)),
        ((), *((0.5,) for _ in levels)),
    )
    return graph.build(make)[-1]


def _read_ancestors(result: object, expression: str) -> None:
    """Read the chain of first parents, as deep as an input may stand below a rule that is made of other rules.

    Through the wall, a submission may be asked only for what the worked solution was asked for, and there the inputs
    are direct parents.
    """
    for _ in range(DEEPEST):
        below = parents_of(result, expression)
        if not below:
            return
        result = below[0][0]
        number_of(result, "data", expression)


def _power_slope(a: float, n: float) -> _Slope:
    return _Slope(
        n * a ** (n - 1),
        (
            KnownMistake("wrong-coefficient", "rule-exponent", n * a**n),
            KnownMistake("wrong-coefficient", "rule-no-factor", a ** (n - 1)),
            KnownMistake("wrong-coefficient", "rule-factor", (n - 1) * a ** (n - 1)),
            KnownMistake("exp-derivative", "rule-exponential", a**n),
            KnownMistake("exp-derivative", "rule-exponential", a**n * math.log(abs(a))),
        ),
    )


def _exp_slope(a: float) -> _Slope:
    return _Slope(
        math.exp(a),
        (
            KnownMistake("exp-derivative", "rule-lowered", a * math.exp(a - 1)),
            KnownMistake("exp-derivative", "rule-lowered", a * math.exp(a)),
            KnownMistake("slope-elsewhere", "rule-result-again", math.exp(math.exp(a))),
            KnownMistake("wrong-coefficient", "rule-one", 1.0),
        ),
    )


def _tanh_slope(a: float) -> _Slope:
    result = math.tanh(a)
    return _Slope(
        1 - result**2,
        (
            KnownMistake("slope-elsewhere", "rule-input", 1 - a**2),
            KnownMistake("slope-elsewhere", "rule-result-again", 1 - math.tanh(result) ** 2),
            KnownMistake("wrong-coefficient", "rule-tanh", 1 - result),
            KnownMistake("wrong-coefficient", "rule-tanh", 1 + result**2),
            KnownMistake("wrong-coefficient", "rule-tanh", result * (1 - result)),
            KnownMistake("wrong-coefficient", "rule-one", 1.0),
        ),
    )


def _quotient_slopes(a: float, b: float) -> list[_Slope]:
    numerator = (
        KnownMistake("own-factor", "rule-quotient", b),
        KnownMistake("own-factor", "rule-quotient", a / b),
        KnownMistake("wrong-coefficient", "rule-one", 1.0),
    )
    denominator = (
        KnownMistake("wrong-coefficient", "rule-sign", a / b**2),
        KnownMistake("wrong-coefficient", "rule-no-numerator", -1 / b**2),
        KnownMistake("wrong-coefficient", "rule-no-square", -a / b),
        KnownMistake("own-factor", "rule-quotient", a),
        KnownMistake("own-factor", "rule-quotient", 1 / a),
    )
    return [_Slope(1 / b, numerator), _Slope(-a / b**2, denominator)]
