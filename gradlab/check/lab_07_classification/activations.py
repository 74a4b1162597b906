"""The check of the sigmoid and of its derivative, written by hand."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import numbers, require_shape
from gradlab.check.variants import Variant, agree

_FAR = 50.0
"""Beyond this, an exponential in float32 may overflow."""


@announced
def sigmoid_and_slope(function: Function, *, at: torch.Tensor | None = None) -> None:
    """Check a function that returns σ(x) and σ′(x).

    Args:
        function: the student's: x (…) → values (…) and slopes (…).
        at: where; by default random points, and points where a careless formula overflows.

    Raises:
        NotYet: a value or a slope is wrong or not finite.
    """
    require_callable(function)
    if at is not None:
        _check(function, at)
        return
    _check(function, torch.cat([torch.tensor([0.0, -0.7, 1.3]), 3 * torch.randn(22)]).to(torch.float64))
    _check(function, torch.tensor([-1000.0, -800.0, 0.0, 800.0, 1000.0], dtype=torch.float64))
    _check(function, torch.tensor([[-1000.0, -95.0], [95.0, 1000.0]]))


def _check(function: Function, x: torch.Tensor) -> None:
    given = x.clone()
    found = numbers(call_plain(function, given), expected="pair")
    if found.shape == x.shape != (2,):
        raise not_yet("class-one-of-two", "class-one-of-two")
    require_shape(found, (2, *x.shape), x.shape)
    values, slopes = found
    exact = x.to(torch.float64)
    far = bool((exact.abs() > _FAR).any())
    if far and not bool(torch.isfinite(found).all()):
        what = "class-value-overflows" if not bool(torch.isfinite(values).all()) else "class-slope-overflows"
        raise not_yet("class-overflow", what, largest=f"{float(exact.abs().max()):g}")
    s = torch.sigmoid(exact)
    slope = s * (1 - s)
    if close(values, slope) and close(slopes, s):
        raise not_yet("class-exchanged", "class-exchanged")
    agree(values, s, _value_mistakes(exact), given="σ(x) at random points", shape=tuple(x.shape))
    agree(slopes, slope, _slope_mistakes(exact), given="σ′(x) at random points", shape=tuple(x.shape))
    require_unchanged("`x`", x, given)


def _value_mistakes(x: torch.Tensor) -> Iterator[Variant]:
    yield Variant("wrong-coefficient", "class-sigmoid-mirrored", torch.sigmoid(-x))
    yield Variant("wrong-coefficient", "class-tanh", torch.tanh(x))
    yield Variant("argmax-gradient", "class-step", (x > 0).to(torch.float64))


def _slope_mistakes(x: torch.Tensor) -> Iterator[Variant]:
    s = torch.sigmoid(x)
    power = x * torch.exp(-x - 1) * s**2
    yield Variant("missing-inner-derivative", "class-inner-sign", -s * (1 - s))
    for outer in (s**2, -(s**2)):
        yield Variant("missing-inner-derivative", "class-outer-alone", outer)
    for wrong in (power, -power):
        yield Variant("exp-derivative", "class-power-rule", wrong)
    yield Variant("class-wrong-place", "class-x-for-sigma", x * (1 - x))
    yield Variant("class-wrong-place", "class-sigma-of-sigma", torch.sigmoid(s) * (1 - torch.sigmoid(s)))
    yield Variant("wrong-coefficient", "class-tanh-slope", 1 - s**2)
    yield Variant("class-not-a-slope", "class-complement-slope", 1 - s)
    yield Variant("class-not-a-slope", "class-value-again", s)
