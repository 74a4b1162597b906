"""The check of a slope at one place, by backward."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.derivatives import gradient
from gradlab.check.emptiness import slopes_from
from gradlab.check.lab_01_autograd.samples import polynomial
from gradlab.check.values import single_number
from gradlab.check.variants import Variant, agree


@announced
def slope_at(function: Function, *, of: Function | None = None) -> None:
    """Check a function ``slope(f, x)`` that returns the derivative of f at x, at floats and at whole numbers.

    Args:
        function: the student's: a function and a number → a number.
        of: f, which maps a tensor with one number to another; by default a random polynomial.

    Raises:
        NotYet: a slope is missing or differs.
    """
    require_callable(function)
    f = functools.partial(polynomial, coefficients=(0.5 + torch.rand(4)).tolist()) if of is None else of
    for place in (0.4 + float(torch.rand(())), 1.5 + float(torch.rand(())), int(torch.randint(2, 5, ()))):
        _check_place(function, f, place)


def _check_place(function: Function, f: Function, place: float) -> None:
    found = single_number(slopes_from(lambda g: function(g, place), f))
    expected = gradient(f, torch.tensor(float(place), dtype=torch.float64))
    agree(found, expected, _mistakes(f, place, expected), given=f"x = {place:.3g}", kind="number")


def _mistakes(f: Function, place: float, expected: torch.Tensor) -> Iterator[Variant]:
    yield Variant("value-as-slope", "value-as-slope", f(torch.tensor(float(place), dtype=torch.float64)))
    for times in (2, 3):
        yield Variant("missing-zero-grad", "slope-poured", times * expected, {"times": times})
