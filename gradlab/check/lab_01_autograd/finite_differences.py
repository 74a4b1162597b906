"""The checks of slopes by central differences (central), and of a function that judges derivatives by them (agrees)."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_01_autograd.sample_functions import (
    NOT_SINGLE,
    claimed_slope,
    multiple,
    polynomial,
    sine,
    slope_wrong_at,
    square_half_detached,
    square_in_single_precision,
)
from gradlab.check.missing_gradients import error_with
from gradlab.check.values import is_tensor, kind_of, numbers, require_finite

_COUNT = 6
# (x − 1)³ + 3 is flat at x = 1, and central differences measure h² there, not 0.
_FLAT = (2.0, 3.0, -3.0, 1.0)
# The claim is off by less than a millionth there, and by a thousand times what many a library allows around 0.
_FLAT_SLOPE = (3.0 + 4e-7, -6.0, 3.0)
# 300 x³: flat at 0 and steep at 1. A claim that is off by 0.0001 is wrong at the one and not at the other.
_STEEPENING = (0.0, 0.0, 0.0, 300.0)
_STEEPENING_SLOPE = (1e-4, 0.0, 900.0)


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
    f = functools.partial(sine, pace=1 + float(torch.rand(()))) if of is None else of
    # Wide steps: only there do the formulas differ from each other, and from the derivative.
    for width in (0.7, 0.3 + 0.1 * float(torch.rand(()))):
        _check_central(function, f, torch.rand(_COUNT, dtype=torch.float64) * 2, width)
    _check_central(function, f, torch.rand((), dtype=torch.float64), 0.5)
    single = torch.rand(_COUNT)
    _check_central(function, f, single, 0.5)
    if error_with(lambda g: function(g, single.clone(), 0.5), square_in_single_precision) == NOT_SINGLE:
        raise not_yet("type-converted", "places-converted", given=single.dtype)


def _check_central(function: Function, f: Function, x: torch.Tensor, h: float) -> None:
    given = x.clone()
    result = call_plain(function, f, given, h)
    right, here, left = f(x + h), f(x), f(x - h)
    expected = (right - left) / (2 * h)
    agree(
        result,
        expected,
        _central_mistakes(f, x, h, (left, here, right)),
        given=words.FRAGMENTS["sample-function"],
        shape=tuple(x.shape),
    )
    if is_tensor(result) and result.dtype != x.dtype:  # type: ignore[attr-defined]
        raise not_yet("type-converted", "type-converted", given=x.dtype, dtype=result.dtype)  # type: ignore[attr-defined]
    require_unchanged("`x`", x, given)


def _central_mistakes(
    f: Function, x: torch.Tensor, h: float, heights: tuple[torch.Tensor, torch.Tensor, torch.Tensor]
) -> Iterator[KnownMistake[torch.Tensor]]:
    left, here, right = heights
    rise = right - left
    yield KnownMistake("difference-one-sided", "one-sided-right", (right - here) / h)
    yield KnownMistake("difference-one-sided", "one-sided-left", (here - left) / h)
    yield KnownMistake("run-wrong", "run-half", rise / h)
    yield KnownMistake("run-wrong", "run-precedence", rise / 2 * h)
    yield KnownMistake("run-wrong", "run-missing", rise)
    yield KnownMistake("run-wrong", "run-two", rise / 2)
    yield KnownMistake("run-wrong", "run-one-sided", (right - here) / (2 * h))
    yield KnownMistake("height-alone-divided", "height-alone-divided", right - left / (2 * h))
    yield KnownMistake("half-width", "half-width", (f(x + h / 2) - f(x - h / 2)) / h)
    yield KnownMistake("width-ignored", "width-ignored", gradient(lambda p: f(p).sum(), x))


@dataclass(frozen=True)
class _Claim:
    """A claim that df is the derivative of f at x, and the mistake that a wrong verdict on it shows."""

    f: Function
    df: Function
    x: torch.Tensor
    mistake: KnownMistake[bool]


@announced
def inspection(function: Function) -> None:
    """Check a function ``agrees(f, df, x)`` that says whether df is the derivative of f at every place.

    Raises:
        NotYet: a right claim is refused or a wrong one accepted.
    """
    require_callable(function)
    pace = 0.5 + 0.2 * float(torch.rand(()))
    places = torch.linspace(0.5, 1.5, 8, dtype=torch.float64) + 0.01 * torch.rand(8, dtype=torch.float64)
    first, *others = _claims(pace, places)
    accepted = _verdict(function, first.f, first.df, first.x)
    high, low = (_verdict(function, first.f, _sine_slope(pace, left=off, right=off), places) for off in (0.3, -0.3))
    refuse_known(
        (KnownMistake("verdict-inverted", "verdict-inverted", (False, True, True)),),
        lambda outcome: outcome == (accepted, high, low),
    )
    refuse_known([first.mistake], lambda outcome: outcome == accepted)
    mistakes = (
        KnownMistake("wrong-accepted", "wrong-accepted", (True, True)),
        KnownMistake("no-absolute-value", "one-side-accepted", (True, False)),
        KnownMistake("no-absolute-value", "one-side-accepted", (False, True)),
    )
    refuse_known(mistakes, lambda outcome: outcome == (high, low))
    for claim in others:
        _require_right_verdict(function, claim)


def _require_right_verdict(function: Function, claim: _Claim) -> None:
    verdict = _verdict(function, claim.f, claim.df, claim.x)
    refuse_known([claim.mistake], lambda outcome: outcome == verdict)


def _verdict(function: Function, f: Function, df: Function, x: torch.Tensor) -> bool:
    result = call_plain(function, f, df, x.clone())
    try:
        found = numbers(result)
    except NotYet as refused:
        if result is None:
            raise
        raise not_yet("wrong-kind", "verdict-kind", kind=kind_of(result)) from refused
    if found.numel() != 1:
        raise not_yet("many-verdicts", "many-verdicts", count=found.numel())
    require_finite(found)
    return bool(found.reshape(()))


def _sine_slope(pace: float, times: float = 1.0, left: float = 0.0, right: float = 0.0) -> Function:
    """A claim about the slope of a sine of height 10."""
    return functools.partial(claimed_slope, pace=pace, height=10.0, times=times, left=left, right=right)


def _claims(pace: float, places: torch.Tensor) -> Iterator[_Claim]:
    def right(explanation: str, observation: str) -> KnownMistake[bool]:
        return KnownMistake(explanation, observation, outcome=False)

    def wrong(explanation: str, observation: str) -> KnownMistake[bool]:
        return KnownMistake(explanation, observation, outcome=True)

    f = functools.partial(sine, pace=pace, height=10.0)
    yield _Claim(f, _sine_slope(pace), places, right("right-refused", "right-refused"))
    yield _Claim(f, _sine_slope(pace, times=-1), places, wrong("wrong-accepted", "sign-accepted"))
    yield _Claim(f, _sine_slope(pace, left=0.3, right=-0.3), places, wrong("errors-cancel", "errors-cancel"))
    falling = functools.partial(sine, pace=pace, height=-10.0)
    falling_slope = functools.partial(claimed_slope, pace=pace, height=-10.0)
    yield _Claim(falling, falling_slope, places, right("tolerance-signed", "falling-refused"))
    for place in places.tolist():
        off = functools.partial(slope_wrong_at, pace=pace, height=10.0, place=place, off=0.3)
        yield _Claim(f, off, places, wrong("not-everywhere", "one-place-wrong"))
    for side in ({"left": 0.3}, {"right": 0.3}, {"left": -0.3}, {"right": -0.3}):
        yield _Claim(f, _sine_slope(pace, **side), places, wrong("not-everywhere", "not-everywhere"))
    for factor, judged in ((2.0, right), (1.0, wrong)):
        claimed = functools.partial(multiple, factor=factor)
        yield _Claim(square_half_detached, claimed, places, judged("asks-autograd", "asks-autograd"))
    yield _Claim(f, _sine_slope(pace, times=1 + 6e-6), places, wrong("inspector-lenient", "inspector-lenient"))
    steep = functools.partial(sine, pace=pace, height=1e8)
    steep_slope = functools.partial(claimed_slope, pace=pace, height=1e8)
    yield _Claim(steep, steep_slope, places, right("one-scale-only", "large-slopes"))
    flat, flat_slope = (functools.partial(polynomial, coefficients=each) for each in (_FLAT, _FLAT_SLOPE))
    yield _Claim(flat, flat_slope, torch.ones(1, dtype=torch.float64), right("one-scale-only", "zero-slope"))
    cubic, slope = (functools.partial(polynomial, coefficients=each) for each in (_STEEPENING, _STEEPENING_SLOPE))
    points = torch.tensor([1.0, 0.0], dtype=torch.float64)
    yield _Claim(cubic, slope, points, wrong("one-scale-only", "steep-and-flat"))
