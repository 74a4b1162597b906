"""The checks of the sigmoid with its derivative (sigmoid), and of softmax (softmax)."""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.forbidden import AUTOGRAD, SOFTMAX, without
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_07_classification.differentiable import require_slopes
from gradlab.check.values import numbers, require_shape

_FAR_FOR_SIGMOID = 50.0
"""Beyond this, an exponential in float32 may overflow."""
_FAR_FOR_SOFTMAX = 80.0
"""Beyond this, an exponential in float32 may overflow."""
_EXTREME = ((1000.0, 1000.5, 999.0), (-1000.0, -1001.0, -1000.0), (0.0, 1.0, 2.0), (-1000.0, 1000.0, 999.0))


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
        _check_sigmoid(function, at)
        return
    _check_sigmoid(function, torch.cat([torch.tensor([0.0, -0.7, 1.3]), 3 * torch.randn(22)]).to(torch.float64))
    _check_sigmoid(function, torch.tensor([-1000.0, -800.0, 0.0, 800.0, 1000.0], dtype=torch.float64))
    _check_sigmoid(function, torch.tensor([[-1000.0, -95.0], [95.0, 1000.0]]))


def _check_sigmoid(function: Function, x: torch.Tensor) -> None:
    given = x.clone()
    with without(AUTOGRAD):
        result = call_plain(function, given)
    found = numbers(result, expected="pair")
    if found.shape == x.shape != (2,):
        raise not_yet("class-one-of-two", "class-one-of-two")
    require_shape(found, (2, *x.shape), x.shape)
    values, slopes = found
    exact = x.to(torch.float64)
    far = bool((exact.abs() > _FAR_FOR_SIGMOID).any())
    if far and not bool(torch.isfinite(found).all()):
        what = "class-value-overflows" if not bool(torch.isfinite(values).all()) else "class-slope-overflows"
        raise not_yet("class-overflow", what, largest=f"{float(exact.abs().max()):g}")
    s = torch.sigmoid(exact)
    slope = s * (1 - s)
    exchanged = KnownMistake("class-exchanged", "class-exchanged", (slope, s))
    refuse_known([exchanged], lambda pair: close(values, pair[0]) and close(slopes, pair[1]))
    agree(values, s, _value_mistakes(exact), given=words.FRAGMENTS["sigmoid-at-random-points"], shape=tuple(x.shape))
    agree(
        slopes,
        slope,
        _slope_mistakes(exact),
        given=words.FRAGMENTS["sigmoid-slope-at-random-points"],
        shape=tuple(x.shape),
    )
    require_unchanged("`x`", x, given)


def _value_mistakes(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("wrong-coefficient", "class-sigmoid-mirrored", torch.sigmoid(-x))
    yield KnownMistake("wrong-coefficient", "class-tanh", torch.tanh(x))
    yield KnownMistake("argmax-gradient", "class-step", (x > 0).to(torch.float64))


def _slope_mistakes(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    s = torch.sigmoid(x)
    power = x * torch.exp(-x - 1) * s**2
    yield KnownMistake("missing-inner-derivative", "class-inner-sign", -s * (1 - s))
    for outer in (s**2, -(s**2)):
        yield KnownMistake("missing-inner-derivative", "class-outer-alone", outer)
    for wrong in (power, -power):
        yield KnownMistake("exp-derivative", "class-power-rule", wrong)
    yield KnownMistake("class-wrong-place", "class-x-for-sigma", x * (1 - x))
    yield KnownMistake("class-wrong-place", "class-sigma-of-sigma", torch.sigmoid(s) * (1 - torch.sigmoid(s)))
    yield KnownMistake("wrong-coefficient", "class-tanh-slope", 1 - s**2)
    yield KnownMistake("class-not-a-slope", "class-complement-slope", 1 - s)
    yield KnownMistake("class-not-a-slope", "class-value-again", s)


@announced
def softmax(function: Function, *, at: torch.Tensor | None = None) -> None:
    """Check a function that turns logits into probabilities along the last axis.

    Args:
        function: the student's: logits (…, K) → probabilities (…, K).
        at: logits; by default several random ones and extreme ones.

    Raises:
        NotYet: a probability is wrong or not finite, or autograd can't follow.
    """
    require_callable(function)
    if at is not None:
        _check_softmax(function, at)
        return
    for shape in ((7, 4), (4, 4), (3,), (2, 3, 5)):
        _check_softmax(function, 2 * torch.randn(shape, dtype=torch.float64))
    _check_softmax(function, torch.tensor(_EXTREME))
    z = torch.randn(5, 3, dtype=torch.float64)
    require_slopes(function, z, lambda logits: torch.softmax(logits, dim=-1))


def _check_softmax(function: Function, z: torch.Tensor) -> None:
    given = z.clone()
    with without(SOFTMAX):
        result = call(function, given)
    found, exact = numbers(result), z.to(torch.float64)
    wrong = ~torch.isfinite(found)
    far, largest = float(exact.abs().max()) > _FAR_FOR_SOFTMAX, f"{float(exact.abs().max()):g}"
    if bool(wrong.any()) and far:
        require_shape(found, z.shape, z.shape)
        small = bool(wrong.any(dim=-1)[exact.amax(dim=-1) <= _FAR_FOR_SOFTMAX].any()) and not bool(wrong.reshape(-1)[0])
        observation = "class-one-maximum" if small else "class-exponential-overflows"
        raise not_yet("class-overflow", observation, largest=largest)
    described = words.FRAGMENTS["large-logits-of-shape" if far else "logits-of-shape"]
    agree(
        result,
        torch.softmax(exact, dim=-1),
        _softmax_mistakes(exact),
        given=described.format(shape=tuple(z.shape), largest=largest),
        shape=tuple(z.shape),
    )
    require_unchanged("`z`", z, given)


def _softmax_mistakes(z: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    e = torch.exp(z)
    yield KnownMistake("class-whole-table", "class-whole-table", e / e.sum())
    if z.ndim > 1:
        yield KnownMistake("class-wrong-axis", "class-wrong-axis", torch.softmax(z, dim=0))
        yield KnownMistake("class-wrong-axis", "class-wrong-axis", torch.softmax(z, dim=1))
    if z.ndim == 2 and z.shape[0] == z.shape[1]:
        yield KnownMistake("broadcast-residual", "class-sum-paired", e / e.sum(dim=-1))
        moved = torch.exp(z - z.max(dim=-1).values)
        for total in (moved.sum(dim=-1, keepdim=True), moved.sum(dim=-1)):
            yield KnownMistake("broadcast-residual", "class-sum-paired", moved / total)
    yield KnownMistake("class-not-normalised", "class-not-normalised", e)
    yield KnownMistake("class-not-normalised", "class-not-normalised", torch.exp(z - z.amax(dim=-1, keepdim=True)))
    yield KnownMistake("class-no-exponential", "class-no-exponential", z / z.sum(dim=-1, keepdim=True))
    yield KnownMistake("class-logarithm", "class-logarithm", torch.log_softmax(z, dim=-1))
    yield KnownMistake("wrong-coefficient", "class-softmin", torch.softmax(-z, dim=-1))
    yield KnownMistake("class-each-alone", "class-each-alone", torch.sigmoid(z))
    hard = torch.nn.functional.one_hot(z.argmax(dim=-1), z.shape[-1])
    yield KnownMistake("argmax-gradient", "class-hard", hard)
    yield KnownMistake("logits-twice", "class-softmax-of-softmax", torch.softmax(torch.softmax(z, dim=-1), dim=-1))
