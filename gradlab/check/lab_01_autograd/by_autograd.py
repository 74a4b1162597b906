"""The checks of slopes found by autograd: at one place (slope), of two variables (partials), repaired (find-bug)."""

import functools
from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check import probes
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.compare import close
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_01_autograd.sample_functions import polynomial, saddle, sea_bed, square_half_detached
from gradlab.check.missing_gradients import Run, error_with, gradients_from
from gradlab.check.values import is_tensor, numbers, plain_number

_DOUBLE = 1e-10
"""Relative tolerance that float64 meets after a few operations, and what was float32 on the way does not."""


_HIDDEN = 0.1
"""Relative tolerance for a measured slope that is twice the one that autograd gives."""


@announced
def slope_at(function: Function, *, of: Function | None = None) -> None:
    """Check a function ``slope(f, x)`` that returns the derivative of f at x, at floats and at whole numbers.

    Args:
        function: the student's: a function and a number → a number.
        of: f, which maps a tensor with one number to another; by default a random polynomial.
    """
    require_callable(function)
    f = functools.partial(polynomial, coefficients=(0.5 + torch.rand(4)).tolist()) if of is None else of
    places = [0.4 + float(torch.rand(())), 1.5 + float(torch.rand(())), int(torch.randint(2, 5, ()))]
    if of is None:
        places.append(-0.4 - float(torch.rand(())))
    for place in places:
        _check_slope_at(function, f, place)
    found = plain_number(gradients_from(lambda g: function(g, places[0]), square_half_detached))
    refuse_known(
        [KnownMistake("measured-slope", "measured-slope", 2 * places[0])],
        lambda outcome: abs(found - outcome) < _HIDDEN * outcome,
    )


def _check_slope_at(function: Function, f: Function, place: float) -> None:
    found = plain_number(gradients_from(lambda g: function(g, place), f))
    expected = gradient(f, torch.tensor(float(place), dtype=torch.float64))
    agree(found, expected, _slope_mistakes(f, place, expected), given=f"x = {place:.3g}", kind="number")


def _slope_mistakes(f: Function, place: float, expected: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("value-as-slope", "value-as-slope", f(torch.tensor(float(place), dtype=torch.float64)))
    for times in (2, 3):
        yield KnownMistake("missing-zero-grad", "slope-poured", times * expected, {"times": times})


@announced
def partial_derivatives(function: Function, *, of: Function | None = None) -> None:
    """Check a function ``partials(f, x, y)`` that returns ∂f/∂x and ∂f/∂y and leaves ``x.grad`` and ``y.grad`` alone.

    Args:
        function: the student's: a function and two watched leaves → two numbers.
        of: f, which maps two tensors with one number each to another; by default a random one.

    Raises:
        NotYet: a slope is missing or differs, or a `.grad` has changed.
    """
    require_callable(function)
    f = functools.partial(saddle, factors=(0.5 + torch.rand(3)).tolist()) if of is None else of
    # A filled `.grad` comes first: an answer that adds to it returns the sum.
    for filled in (True, False):
        x, y = (_leaf(filled=filled) for _ in range(2))
        grads = [part.grad.clone() if part.grad is not None else None for part in (x, y)]
        result = gradients_from(lambda g, x=x, y=y: function(g, x, y), f)  # type: ignore[misc]
        expected = _slopes(f, x, y)
        agree(
            result,
            expected,
            _partials_mistakes(f, x, y, grads, expected),
            given=words.FRAGMENTS["random-place-x-y"],
            kind="pair",
        )
        if not all(_same(part.grad, before) for part, before in zip((x, y), grads, strict=True)):
            raise not_yet("bucket-touched", "bucket-touched")


def _leaf(*, filled: bool) -> torch.Tensor:
    leaf = 0.5 + torch.rand((), dtype=torch.float64)
    if filled:
        leaf.grad = 1 + torch.rand((), dtype=torch.float64)
    return leaf.requires_grad_()


def _slopes(f: Function, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    own = [part.detach().clone().requires_grad_() for part in (x, y)]
    return torch.stack(torch.autograd.grad(f(*own), own))


def _same(now: torch.Tensor | None, before: torch.Tensor | None) -> bool:
    if now is None or before is None:
        return now is before
    return torch.equal(now, before)


def _partials_mistakes(
    f: Function, x: torch.Tensor, y: torch.Tensor, grads: list[torch.Tensor | None], expected: torch.Tensor
) -> Iterator[KnownMistake[torch.Tensor]]:
    if grads[0] is not None and grads[1] is not None:
        poured = expected + torch.stack([grad for grad in grads if grad is not None])
        yield KnownMistake("missing-zero-grad", "bucket-poured", poured)
    yield KnownMistake("wrapped-number", "wrapped-parts", expected[:, None])
    yield KnownMistake("swapped-components", "partials-swapped", expected.flip(0))
    yield KnownMistake("total-for-partials", "partials-total", expected.sum().expand(2))
    yield KnownMistake("total-for-partials", "partials-total", expected.sum())
    for number, name in enumerate(("x", "y")):
        yield KnownMistake("one-partial-only", "one-partial-only", expected[number], {"name": name})
        yield KnownMistake("one-partial-only", "one-partial-only", expected[number : number + 1], {"name": name})
        yield KnownMistake("one-partial-only", "one-partial-twice", expected[number].expand(2), {"name": name})
        yield KnownMistake("data-attribute", "partials-zero", expected * (torch.arange(2) != number), {"name": name})
    yield KnownMistake("value-as-slope", "value-as-slope", f(x.detach(), y.detach()))


@announced
def sea_depth(function: Function, *, bed: Function | None = None) -> None:
    """Check a function ``depth_slopes(f, place)`` that returns the gradient of sin(x₁) − f(x) in float64.

    Args:
        function: the student's: a function of points (2,) and a list of two numbers → gradient (2,).
        bed: f; by default a random one.
    """
    require_callable(function)
    f = functools.partial(sea_bed, factors=(0.5 + torch.rand(3)).tolist()) if bed is None else bed
    first, second = (0.3 + torch.rand(2, dtype=torch.float64)).tolist()
    places: list[list[float]] = [[first, second], [int(torch.randint(2, 5, ())), 4]]
    found = [_check_sea_depth(function, f, place) for place in places]
    for result, _ in found:
        if is_tensor(result) and result.dtype != torch.float64:  # type: ignore[attr-defined]
            raise not_yet("wrong-precision", "depth-precision", dtype=result.dtype)  # type: ignore[attr-defined]
    # Whole numbers are the same in every type, so that nothing is lost if only the place has been in float32.
    result, right = found[-1]
    if not close(numbers(result), right, _DOUBLE):
        raise not_yet("digits-lost", "depth-digits")


def _check_sea_depth(function: Function, f: Function, place: list[float]) -> tuple[object, torch.Tensor]:
    def run(g: Function) -> object:
        return function(g, list(place))

    result = gradients_from(run, f, of_f_itself=False)
    x = torch.tensor(place, dtype=torch.float64)
    waves, ground = torch.stack([torch.cos(x[0]), torch.zeros_like(x[0])]), gradient(f, x)
    right = waves - ground
    agree(result, right, _sea_depth_mistakes(run, x, waves, ground), given=words.FRAGMENTS["random-place"], shape=(2,))
    return result, right


def _sea_depth_mistakes(
    run: Run, x: torch.Tensor, waves: torch.Tensor, ground: torch.Tensor
) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("graph-cut", "depth-waves", -ground)
    # f is cut off either before its call, on values that autograd does not track, or after it.
    explanation = (
        "data-attribute" if error_with(run, probes.raises_if_not_tracked) == probes.NOT_TRACKED else "graph-cut"
    )
    yield KnownMistake(explanation, "depth-bed", waves)
    yield KnownMistake("wrong-coefficient", "depth-sum", waves + ground)
    yield KnownMistake("swapped-components", "depth-swapped", (waves - ground).flip(0))
    yield KnownMistake("missing-zero-grad", "slope-poured", 2 * (waves - ground), {"times": 2})
    other_axis = torch.cos(x) - waves
    yield KnownMistake("wrong-coefficient", "depth-other-axis", other_axis - ground)
    yield KnownMistake("wrong-coefficient", "depth-both-axes", waves + other_axis - ground)
