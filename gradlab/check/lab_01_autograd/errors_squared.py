"""The check of the gradient of a squared error, found by hand."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.variants import Variant, agree

_TARGET_OF_THE_LESSON = 10


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
        result = call_plain(function, *others, target)
        given = "random weights and inputs"
        agree(result, -2 * missing * x, _mistakes(w, x, target), given=given, shape=(count,))
        require_unchanged("`w`", w, others[0])
        require_unchanged("`x`", x, others[1])


def _mistakes(w: torch.Tensor, x: torch.Tensor, target: float) -> Iterator[Variant]:
    missing, each = target - w @ x, target - w * x
    for times in (2, -2):
        yield Variant("missing-inner-derivative", "error-no-inputs", times * missing)
        yield Variant("missing-inner-derivative", "error-no-inputs", (times * missing).expand(len(w)))
    yield Variant("missing-inner-derivative", "error-minus", 2 * missing * x)
    yield Variant("wrong-coefficient", "error-no-outer", -missing * x)
    yield Variant("wrong-coefficient", "error-no-outer", missing * x)
    yield Variant("gradient-of-other", "error-other-variable", -2 * missing * w)
    for sign in (-2, 2):
        yield Variant("prediction-not-summed", "error-each", sign * each * x)
        yield Variant("sum-for-mean", "error-mean", sign * (target - (w * x).mean()) * x)
        yield Variant("sum-for-mean", "error-mean-gradient", sign * missing * x / len(w))
    yield Variant("value-as-slope", "value-as-slope", missing**2)
    # Whatever is wrong with the one number in front of x looks like a factor, and each of these has a reason.
    for sign in (-2, 2):
        yield Variant("target-ignored", "error-ten", sign * (_TARGET_OF_THE_LESSON - w @ x) * x)
        yield Variant("wrong-coefficient", "error-plus", sign * (target + w @ x) * x)
        yield Variant("wrong-coefficient", "error-still-squared", sign * missing**2 * x)
