"""The check of central differences."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_01_autograd.samples import ripple
from gradlab.check.values import is_tensor
from gradlab.check.variants import Variant, agree

_COUNT = 6


@announced
def central_difference(function: Function, *, of: Function | None = None) -> None:
    """Check a function ``central(f, x, h)`` that measures slopes between x − h and x + h.

    Args:
        function: the student's: a function, places of any shape and a width → slopes.
        of: f, which works on each number by itself; by default a random sine.

    Raises:
        NotYet: a slope differs, or the type of the numbers does.
    """
    require_callable(function)
    f = functools.partial(ripple, pace=1 + float(torch.rand(()))) if of is None else of
    # Wide steps: only there do the formulas differ from each other, and from the derivative.
    for width in (0.7, 0.3 + 0.1 * float(torch.rand(()))):
        _check(function, f, torch.rand(_COUNT, dtype=torch.float64) * 2, width)
    _check(function, f, torch.rand((), dtype=torch.float64), 0.5)
    _check(function, f, torch.rand(_COUNT), 0.5)


def _check(function: Function, f: Function, x: torch.Tensor, h: float) -> None:
    given = x.clone()
    result = call_plain(function, f, given, h)
    right, here, left = f(x + h), f(x), f(x - h)
    expected = (right - left) / (2 * h)
    agree(result, expected, _mistakes(f, x, h, (left, here, right)), given="a sample function", shape=tuple(x.shape))
    if is_tensor(result) and result.dtype != x.dtype:  # type: ignore[attr-defined]
        raise not_yet("type-converted", "type-converted", given=x.dtype, dtype=result.dtype)  # type: ignore[attr-defined]
    require_unchanged("`x`", x, given)


def _mistakes(
    f: Function, x: torch.Tensor, h: float, heights: tuple[torch.Tensor, torch.Tensor, torch.Tensor]
) -> Iterator[Variant]:
    left, here, right = heights
    rise = right - left
    yield Variant("difference-one-sided", "one-sided-right", (right - here) / h)
    yield Variant("difference-one-sided", "one-sided-left", (here - left) / h)
    yield Variant("run-wrong", "run-half", rise / h)
    yield Variant("run-wrong", "run-precedence", rise / 2 * h)
    yield Variant("run-wrong", "run-missing", rise)
    yield Variant("run-wrong", "run-two", rise / 2)
    yield Variant("run-wrong", "run-one-sided", (right - here) / (2 * h))
    yield Variant("height-alone-divided", "height-alone-divided", right - left / (2 * h))
    yield Variant("half-width", "half-width", (f(x + h / 2) - f(x - h / 2)) / h)
    yield Variant("width-ignored", "width-ignored", gradient(lambda p: f(p).sum(), x))
