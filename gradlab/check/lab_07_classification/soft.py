"""The check of softmax."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_07_classification.tracking import require_slopes
from gradlab.check.values import numbers, require_shape
from gradlab.check.variants import Variant, agree

_FAR = 80.0
"""Beyond this, an exponential in float32 may overflow."""
_EXTREME = ((1000.0, 1000.5, 999.0), (-1000.0, -1001.0, -1000.0), (0.0, 1.0, 2.0), (-1000.0, 1000.0, 999.0))


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
        _check(function, at)
        return
    for shape in ((7, 4), (4, 4), (3,), (2, 3, 5)):
        _check(function, 2 * torch.randn(shape, dtype=torch.float64))
    _check(function, torch.tensor(_EXTREME))
    z = torch.randn(5, 3, dtype=torch.float64)
    require_slopes(function, z, lambda logits: torch.softmax(logits, dim=-1))


def _check(function: Function, z: torch.Tensor) -> None:
    given = z.clone()
    result = call(function, given)
    found, exact = numbers(result), z.to(torch.float64)
    wrong = ~torch.isfinite(found)
    far = float(exact.abs().max()) > _FAR
    if bool(wrong.any()) and far:
        require_shape(found, z.shape, z.shape)
        small = bool(wrong.any(dim=-1)[exact.amax(dim=-1) <= _FAR].any()) and not bool(wrong.reshape(-1)[0])
        sight = "class-one-maximum" if small else "class-exponential-overflows"
        raise not_yet("class-overflow", sight, largest=f"{float(exact.abs().max()):g}")
    agree(
        result,
        torch.softmax(exact, dim=-1),
        _mistakes(exact),
        given=f"logits of shape {tuple(z.shape)}" + (f", up to ±{float(exact.abs().max()):g}" if far else ""),
        shape=tuple(z.shape),
    )
    require_unchanged("`z`", z, given)


def _mistakes(z: torch.Tensor) -> Iterator[Variant]:
    e = torch.exp(z)
    yield Variant("class-whole-table", "class-whole-table", e / e.sum())
    if z.ndim > 1:
        yield Variant("class-wrong-axis", "class-wrong-axis", torch.softmax(z, dim=0))
        yield Variant("class-wrong-axis", "class-wrong-axis", torch.softmax(z, dim=1))
    if z.ndim == 2 and z.shape[0] == z.shape[1]:
        yield Variant("broadcast-residual", "class-sum-paired", e / e.sum(dim=-1))
        moved = torch.exp(z - z.max(dim=-1).values)
        for total in (moved.sum(dim=-1, keepdim=True), moved.sum(dim=-1)):
            yield Variant("broadcast-residual", "class-sum-paired", moved / total)
    yield Variant("class-not-normalised", "class-not-normalised", e)
    yield Variant("class-not-normalised", "class-not-normalised", torch.exp(z - z.amax(dim=-1, keepdim=True)))
    yield Variant("class-no-exponential", "class-no-exponential", z / z.sum(dim=-1, keepdim=True))
    yield Variant("class-logarithm", "class-logarithm", torch.log_softmax(z, dim=-1))
    yield Variant("wrong-coefficient", "class-softmin", torch.softmax(-z, dim=-1))
    yield Variant("class-each-alone", "class-each-alone", torch.sigmoid(z))
    hard = torch.nn.functional.one_hot(z.argmax(dim=-1), z.shape[-1])
    yield Variant("argmax-gradient", "class-hard", hard)
    yield Variant("logits-twice", "class-softmax-of-softmax", torch.softmax(torch.softmax(z, dim=-1), dim=-1))
