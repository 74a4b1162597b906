"""The check of a function that checks derivatives: it is shown right claims and wrong ones."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.lab_01_autograd.samples import claim, half_hidden, polynomial, ripple, straight
from gradlab.check.values import kind_of, numbers, require_finite

# (x − 1)³ + 3 is flat at x = 1, and central differences measure h² there, not 0.
_FLAT = (2.0, 3.0, -3.0, 1.0)
# The claim is off by less than a millionth there, and by a thousand times what many a library allows around 0.
_FLAT_SLOPE = (3.0 + 4e-7, -6.0, 3.0)
# 300 x³: flat at 0 and steep at 1. A claim that is off by 0.0001 is wrong at the one and not at the other.
_STEEPENING = (0.0, 0.0, 0.0, 300.0)
_STEEPENING_SLOPE = (1e-4, 0.0, 900.0)


@dataclass(frozen=True)
class _Case:
    """A claim, and what it means if the inspector is wrong about it: a key of the words, twice."""

    f: Function
    df: Function
    x: torch.Tensor
    verdict: bool
    finding: str


@announced
def inspection(function: Function) -> None:
    """Check a function ``agrees(f, df, x)`` that says whether df is the derivative of f at every place.

    Raises:
        NotYet: a right claim is refused or a wrong one accepted.
    """
    require_callable(function)
    pace = 0.5 + 0.2 * float(torch.rand(()))
    places = torch.linspace(0.5, 1.5, 8, dtype=torch.float64) + 0.01 * torch.rand(8, dtype=torch.float64)
    first, *others = _cases(pace, places)
    _judge(function, first)
    high, low = (_Case(first.f, _said(pace, left=off, right=off), places, False, "") for off in (0.3, -0.3))
    accepted = [_verdict(function, case) for case in (high, low)]
    if any(accepted):
        _refuse("wrong-accepted" if all(accepted) else "no-absolute-value")
    for case in others:
        _judge(function, case)


def _verdict(function: Function, case: _Case) -> bool:
    found = _truth(call_plain(function, case.f, case.df, case.x.clone()))
    if found.numel() != 1:
        raise not_yet("many-verdicts", "many-verdicts", count=found.numel())
    require_finite(found)
    return bool(found.reshape(()))


def _truth(result: object) -> torch.Tensor:
    try:
        return numbers(result)
    except NotYet as refused:
        if result is None:
            raise
        raise not_yet("wrong-kind", "verdict-kind", kind=kind_of(result)) from refused


def _judge(function: Function, case: _Case) -> None:
    if _verdict(function, case) != case.verdict:
        _refuse(case.finding)


def _said(pace: float, times: float = 1.0, left: float = 0.0, right: float = 0.0) -> Function:
    """A claim about the slope of a sine of height 10."""
    return functools.partial(claim, pace=pace, height=10.0, times=times, left=left, right=right)


def _cases(pace: float, places: torch.Tensor) -> Iterator[_Case]:
    f = functools.partial(ripple, pace=pace, height=10.0)
    yield _Case(f, _said(pace), places, True, "right-refused")
    yield _Case(f, _said(pace, times=-1), places, False, "sign-accepted")
    yield _Case(f, _said(pace, left=0.3, right=-0.3), places, False, "errors-cancel")
    for side in ({"left": 0.3}, {"right": 0.3}, {"left": -0.3}, {"right": -0.3}):
        yield _Case(f, _said(pace, **side), places, False, "not-everywhere")
    for factor in (2.0, 1.0):
        yield _Case(half_hidden, functools.partial(straight, factor=factor), places, factor == 2, "asks-autograd")
    yield _Case(f, _said(pace, times=1 + 6e-6), places, False, "inspector-lenient")
    steep = functools.partial(ripple, pace=pace, height=1e8)
    yield _Case(steep, functools.partial(claim, pace=pace, height=1e8), places, True, "absolute-only")
    flat, flat_slope = (functools.partial(polynomial, coefficients=each) for each in (_FLAT, _FLAT_SLOPE))
    yield _Case(flat, flat_slope, torch.ones(1, dtype=torch.float64), True, "relative-only")
    cubic, slope = (functools.partial(polynomial, coefficients=each) for each in (_STEEPENING, _STEEPENING_SLOPE))
    yield _Case(cubic, slope, torch.tensor([1.0, 0.0], dtype=torch.float64), False, "largest-counts")


def _refuse(finding: str) -> None:
    sights = {
        "right-refused": not_yet("right-refused", "right-refused"),
        "wrong-accepted": not_yet("wrong-accepted", "wrong-accepted"),
        "sign-accepted": not_yet("wrong-accepted", "sign-accepted"),
        "no-absolute-value": not_yet("no-absolute-value", "one-side-accepted"),
        "errors-cancel": not_yet("errors-cancel", "errors-cancel"),
        "not-everywhere": not_yet("not-everywhere", "not-everywhere"),
        "asks-autograd": not_yet("asks-autograd", "asks-autograd"),
        "inspector-lenient": not_yet("inspector-lenient", "inspector-lenient"),
        "absolute-only": not_yet("one-scale-only", "large-slopes"),
        "relative-only": not_yet("one-scale-only", "zero-slope"),
        "largest-counts": not_yet("one-scale-only", "steep-and-flat"),
    }
    raise sights[finding]
