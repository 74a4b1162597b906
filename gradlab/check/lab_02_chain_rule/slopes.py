"""Checks of derivatives that were derived by hand: three functions inside each other, and a mean of squares."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.variants import Variant, agree

_POINTS = 40


@announced
def chain_slope(function: Function) -> None:
    """Check a function that computes the derivative of exp(sin(3x)) at each entry of a tensor.

    Raises:
        NotYet: a derivative is wrong.
    """
    require_callable(function)
    x = torch.rand(_POINTS, dtype=torch.float64) * 4 - 2
    given = x.clone()
    result = call_plain(function, given)
    expected = torch.exp(torch.sin(3 * x)) * torch.cos(3 * x) * 3
    agree(result, expected, _chain_mistakes(x), given="exp(sin(3x))", shape=(_POINTS,))
    require_unchanged("`x`", x, given)


def _chain_mistakes(x: torch.Tensor) -> Iterator[Variant]:
    """What the known mistakes give for exp(sin(3x)); `u` and `v` are the inner values."""
    u = 3 * x
    v = torch.sin(u)
    outer = torch.exp(v)
    for factor, missing in (
        (torch.cos(u), "the innermost step"),
        (3 * torch.ones_like(u), "the sine"),
        (torch.ones_like(u), "both inner steps"),
        (torch.cos(x), "the innermost step, inside the cosine too,"),
    ):
        yield Variant("missing-inner-derivative", "chain-missing", outer * factor, {"missing": missing})
    yield Variant("outer-forgotten", "chain-outer", 3 * torch.cos(u))
    for inner in (3 * torch.cos(u), torch.cos(u), torch.ones_like(u)):
        yield Variant("exp-derivative", "chain-power", v * torch.exp(v - 1) * inner)
    yield Variant("wrong-coefficient", "chain-sign", -outer * torch.cos(u) * 3)
    yield Variant("wrong-coefficient", "chain-sine", outer * v * 3)
    yield Variant("slope-elsewhere", "chain-cosine-at-x", outer * torch.cos(x) * 3)
    for value in (x, u, torch.cos(u)):
        yield Variant("slope-elsewhere", "chain-exp-elsewhere", torch.exp(value) * torch.cos(u) * 3)


@announced
def mean_of_squares(function: Function, *, counts: tuple[int, ...] = (5, 3)) -> None:
    """Check a function ``(a, x, t)`` that computes the gradient of mean((a·x − t)²) with respect to x.

    Args:
        function: the student's.
        counts: the numbers of inputs with which it is tried.

    Raises:
        NotYet: a derivative is wrong.
    """
    require_callable(function)
    for count in counts:
        a = 2.2 + float(torch.rand(())) * 0.7
        x, t = torch.randn(2, count, dtype=torch.float64)
        given, targets = x.clone(), t.clone()
        result = call_plain(function, a, given, targets)
        expected = 2 / count * a * (a * x - t)
        told = f"n = {count} inputs"
        agree(result, expected, _mean_mistakes(a, x, t), given=told, shape=(count,))
        require_unchanged("`x`", x, given)
        require_unchanged("`t`", t, targets)


def _mean_mistakes(a: float, x: torch.Tensor, t: torch.Tensor) -> Iterator[Variant]:
    """What the known mistakes give for the gradient of the mean."""
    n = len(x)
    right = 2 / n * a * (a * x - t)
    yield Variant("sum-for-mean", "mean-times-n", n * right, {"count": n})
    yield Variant("sum-for-mean", "mean-over-n", right / n, {"count": n})
    yield Variant("missing-inner-derivative", "mean-no-weight", right / a)
    yield Variant("missing-inner-derivative", "mean-no-weight-sum", n * right / a, {"count": n})
    yield Variant("wrong-coefficient", "mean-no-two", right / 2)
    yield Variant("wrong-coefficient", "mean-no-two", right * 2)
    yield Variant("wrong-coefficient", "mean-residual", 2 / n * a * (a * x + t))
    yield Variant("other-variable", "mean-other-variable", 2 / n * x * (a * x - t))
    yield Variant("other-variable", "mean-other-variable", (2 * x * (a * x - t)).mean())
    yield Variant("gradients-joined", "mean-joined", right.sum())
    yield Variant("gradients-joined", "mean-joined", (right * n).sum())
    yield Variant("gradients-joined", "mean-joined", right.mean())
