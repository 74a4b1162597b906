"""The check of a function that finds the places where autograd's slope is wrong (lies)."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_left_alone
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.lab_01_autograd.sample_functions import (
    absolute,
    cancelling,
    clipped_twice,
    guarded_quotient,
    polynomial,
    ramp,
    root_from_zero,
    root_of_square,
    sine,
    square_half_detached,
)
from gradlab.check.values import numbers, require_finite, require_shape

_KINK, _ROOT, _WHERE, _CANCELS, _SMOOTH, _STEEP, _HIDDEN = range(7)
_NEAR, _FAR = 5e-4, 5e-3
"""Half of the width of the measurement, and five times that width."""
# Measured with a width h, the slope of c x³ at 0 is c h² too large: half a millionth, where the slope is 0.0001, and
# 0.0003 where it is 0. The task allows both. At the ramp's kink it is half of the ramp's slope, which is too much.
_NEARLY_FLAT, _BENT = (0.0, 1e-4, 0.0, 0.5), (0.0, 0.0, 0.0, 300.0)
_RAMP = 6e-3


@dataclass(frozen=True)
class _Case:
    """A function, where it is inspected, and where autograd is wrong there."""

    f: Function
    x: torch.Tensor
    wrong: torch.Tensor


@announced
def autograd_inspected(function: Function) -> None:
    """Check a function ``autograd_wrong(f, x)`` that says at which places autograd's slope of f is wrong.

    Args:
        function: the student's: a function and places (n,) → truth values (n,).

    Raises:
        NotYet: a place is missed, or one is named where autograd is right.
    """
    require_callable(function)
    cases = _cases()
    found = [_answer(function, case) for case in cases]
    right = [case.wrong for case in cases]
    if _same(found, right):
        _check_width(function)
        _check_limits(function)
        return
    refuse_known(_mistakes(cases), lambda outcome: _same(found, outcome))
    _check_width(function)
    for number, explanation, observation in (
        (_SMOOTH, "right-slope-called-wrong", "smooth-called-wrong"),
        (_STEEP, "one-scale-only", "steep-called-wrong"),
        (_HIDDEN, "slope-from-autograd", "hidden-called-right"),
    ):
        if not torch.equal(found[number], right[number]):
            raise not_yet(explanation, observation)
    count = sum(int((one != other).sum()) for one, other in zip(found, right, strict=True))
    total = sum(len(one) for one in right)
    raise not_yet("unlike-numbers", "places-differ", count=count, total=total)


def _check_width(function: Function) -> None:
    """Refuse a measurement to one side of the kink of |x|, and one that sees it from afar. A smaller width will do."""
    beside_kink = torch.tensor([-_NEAR, _NEAR, -_FAR, _FAR, 0.0], dtype=torch.float64)
    *_, left, right, at_kink = _answer(function, _Case(absolute, beside_kink, beside_kink.abs() == _NEAR)).tolist()
    if left and right:
        raise not_yet("other-width", "kink-from-afar")
    if at_kink:
        raise not_yet("difference-one-sided", "kink-one-side")


def _check_limits(function: Function) -> None:
    """Check where the tolerance decides, and where a slope is infinite."""
    zero_and_one = torch.tensor([0.0, 1.0], dtype=torch.float64)
    never, at_zero = torch.zeros(2, dtype=torch.bool), zero_and_one == 0
    for f, wrong, explanation, observation in (
        (functools.partial(polynomial, coefficients=_NEARLY_FLAT), never, "one-scale-only", "nearly-flat-wrong"),
        (functools.partial(polynomial, coefficients=_BENT), never, "right-slope-called-wrong", "bent-called-wrong"),
        (functools.partial(ramp, slope=_RAMP), at_zero, "inspector-lenient", "ramp-called-right"),
        (root_from_zero, at_zero, "unlike-numbers", "infinite-called-right"),
    ):
        if not torch.equal(_answer(function, _Case(f, zero_and_one, wrong)), wrong):
            raise not_yet(explanation, observation)


def _answer(function: Function, case: _Case) -> torch.Tensor:
    given = case.x.clone()
    answer = numbers(call(function, case.f, given))
    if answer.numel() == 1 and len(case.x) > 1:
        raise not_yet("one-for-all-places", "one-for-all-places", count=len(case.x))
    require_shape(answer, case.x.shape, case.x.shape)
    require_finite(answer)
    require_left_alone("`x`", case.x, given)
    strange = int(((answer != 0) & (answer != 1)).sum())
    if strange:
        raise not_yet("no-truth-values", "no-truth-values", count=strange)
    return answer.bool()


def _cases() -> list[_Case]:
    left, right = -1 - torch.rand((), dtype=torch.float64), 1 + torch.rand((), dtype=torch.float64)
    zero = torch.zeros((), dtype=torch.float64)
    around = torch.stack([left, zero, right])[torch.randperm(3)]
    small = torch.stack([left, zero + 1e-8, right])[torch.randperm(3)]
    sides = torch.stack([left, right])
    pace = 0.5 + 0.2 * float(torch.rand(()))
    never, always = torch.zeros(2, dtype=torch.bool), torch.ones(2, dtype=torch.bool)
    return [
        _Case(clipped_twice, around, around == 0),
        _Case(root_of_square, around, around == 0),
        _Case(guarded_quotient, around, around == 0),
        _Case(cancelling, small, small == 1e-8),
        _Case(functools.partial(sine, pace=pace), sides, never),
        _Case(functools.partial(sine, pace=pace, height=1e7), sides, never),
        _Case(square_half_detached, sides, always),
    ]


def _same(answers: list[torch.Tensor], others: list[torch.Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(answers, others, strict=True))


def _mistakes(cases: list[_Case]) -> Iterator[KnownMistake[list[torch.Tensor]]]:
    right = [case.wrong for case in cases]
    nowhere = [torch.zeros_like(wrong) for wrong in right]
    numbered = list(enumerate(right))
    finite = [nowhere[number] if number in (_ROOT, _WHERE) else wrong for number, wrong in numbered]
    yield KnownMistake("nan-passes", "nan-passes", finite)
    yield KnownMistake("verdict-turned", "verdict-turned", [~wrong for wrong in right])
    yield KnownMistake("verdict-turned", "verdict-turned", [~wrong for wrong in finite])
    yield KnownMistake("slope-from-autograd", "nothing-found", nowhere)
    nan_only = [wrong if number in (_ROOT, _WHERE) else nowhere[number] for number, wrong in numbered]
    yield KnownMistake("slope-from-autograd", "nan-only", nan_only)
    # Autograd's slope is too small at the kink and too large where digits cancel; of the half-hidden square, which is
    # twice as steep as autograd says, it is too large on the left and too small on the right.
    for too_large in (True, False):
        side = (cases[_HIDDEN].x < 0) == too_large
        one_sided = [nowhere[_KINK] if too_large else right[_KINK], right[_ROOT], right[_WHERE]]
        one_sided += [right[_CANCELS] if too_large else nowhere[_CANCELS], right[_SMOOTH], right[_STEEP], side]
        without_nan = [*one_sided[:_ROOT], nowhere[_ROOT], nowhere[_WHERE], *one_sided[_CANCELS:]]
        for outcome in (one_sided, without_nan):
            yield KnownMistake("no-absolute-value", "one-side-found", outcome)
