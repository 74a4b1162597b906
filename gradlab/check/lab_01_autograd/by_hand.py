"""The checks of derivatives found by hand: x · exp(−x/2) (pulse), and a squared error (error-gradient)."""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree

_TARGET_IN_NOTEBOOK = 10


@announced
def pulse_slope(function: Function) -> None:
    """Check a function ``pulse_slope(x)`` that returns the derivative of x · exp(−x/2) at each number of x."""
    require_callable(function)
    for shape in ((7,), (2, 3), ()):
        x = 0.3 + 4 * torch.rand(shape, dtype=torch.float64)
        if len(shape) == 1:
            x[0] = -x[0] / 2
        given = x.clone()
        with without(AUTOGRAD):
            result = call_plain(function, given)
        decay = torch.exp(-x / 2)
        agree(
            result,
            (1 - x / 2) * decay,
            _pulse_mistakes(x, decay),
            given=words.FRAGMENTS["random-places"],
            shape=tuple(x.shape),
        )
        require_unchanged("`x`", x, given)


def _pulse_mistakes(x: torch.Tensor, decay: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    inner = -x / 2
    # u e^(u − 1): the rule for powers, with and without the inner factor.
    for power in (inner * torch.exp(inner - 1), -x / 2 * torch.exp(-x / 2 - 1) * -0.5, inner * decay, inner**2 * decay):
        yield KnownMistake("exp-derivative", "pulse-power", decay + x * power)
    yield KnownMistake("missing-inner-derivative", "pulse-inner", (1 + x) * decay)
    yield KnownMistake("missing-inner-derivative", "pulse-inner-sign", (1 + x / 2) * decay)
    yield KnownMistake("missing-inner-derivative", "pulse-inner-half", (1 - x) * decay)
    yield KnownMistake("pulse-rule", "pulse-product", -0.5 * decay)
    yield KnownMistake("pulse-rule", "pulse-product", decay)
    yield KnownMistake("pulse-rule", "pulse-one-term", -x / 2 * decay)
    yield KnownMistake("value-as-slope", "value-as-slope", x * decay)


@announced
def squared_error_gradient(function: Function) -> None:
    """Check a function ``error_gradient(w, x, target)`` that returns the gradient of (target − w · x)² for w.

    Raises:
        NotYet: the gradient differs, or an argument was changed.
    """
    require_callable(function)
    # The prediction is too small in one case and too large in the other.
    for count, missing in ((5, 2 + float(torch.rand(()))), (3, -2 - float(torch.rand(())))):
        w = 0.2 + torch.rand(count, dtype=torch.float64)
        x = torch.randn(count, dtype=torch.float64)
        target = float(w @ x) + missing
        others = w.clone(), x.clone()
        with without(AUTOGRAD):
            result = call_plain(function, *others, target)
        given = words.FRAGMENTS["random-weights-and-inputs"]
        agree(result, -2 * missing * x, _error_mistakes(w, x, target), given=given, shape=(count,))
        require_unchanged("`w`", w, others[0])
        require_unchanged("`x`", x, others[1])


def _error_mistakes(w: torch.Tensor, x: torch.Tensor, target: float) -> Iterator[KnownMistake[torch.Tensor]]:
    missing, each = target - w @ x, target - w * x
    for times in (2, -2):
        yield KnownMistake("missing-inner-derivative", "error-no-inputs", times * missing)
        yield KnownMistake("missing-inner-derivative", "error-no-inputs", (times * missing).expand(len(w)))
    yield KnownMistake("missing-inner-derivative", "error-minus", 2 * missing * x)
    yield KnownMistake("wrong-coefficient", "error-no-outer", -missing * x)
    yield KnownMistake("wrong-coefficient", "error-no-outer", missing * x)
    yield KnownMistake("gradient-of-other", "error-other-variable", -2 * missing * w)
    for sign in (-2, 2):
        yield KnownMistake("prediction-not-summed", "error-each", sign * each * x)
        yield KnownMistake("sum-for-mean", "error-mean", sign * (target - (w * x).mean()) * x)
        yield KnownMistake("sum-for-mean", "error-mean-gradient", sign * missing * x / len(w))
    yield KnownMistake("value-as-slope", "value-as-slope", missing**2)
    # Whatever is wrong with the one number in front of x looks like a factor, and each of these has a reason.
    for sign in (-2, 2):
        yield KnownMistake("target-ignored", "error-ten", sign * (_TARGET_IN_NOTEBOOK - w @ x) * x)
        yield KnownMistake("wrong-coefficient", "error-plus", sign * (target + w @ x) * x)
        yield KnownMistake("wrong-coefficient", "error-still-squared", sign * missing**2 * x)
