"""The check of the categorical cross-entropy."""

import math
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_07_classification.codes import codes
from gradlab.check.lab_07_classification.tracking import require_slopes
from gradlab.check.values import numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor

_EXTREME = ((1000.0, -1000.0, 0.0), (-1000.0, -1000.0, 1000.0))
_CLIPPED = 100.0


@announced
def cross_entropy(function: Function, *, logits: Tensor | None = None, labels: Tensor | None = None) -> None:
    """Check a function ``cross_entropy(logits, labels)`` that returns the mean over a batch.

    Args:
        function: the student's: logits (n, K) and labels (n,) → scalar.
        logits: by default random ones of several shapes, and extreme ones.
        labels: the true classes, if logits are given.

    Raises:
        NotYet: the value is wrong or not finite, or autograd can't follow.
    """
    require_callable(function)
    if logits is not None and labels is not None:
        _check(function, logits, labels)
        return
    for count, classes in ((7, 4), (3, 3), (1, 3)):
        _check(function, *batch(count, classes))
    _check(function, torch.tensor(_EXTREME), torch.tensor([1, 2]))
    z, truth = batch(5, 3)
    require_slopes(lambda leaf: call(function, leaf, truth.clone()), z, lambda leaf: mean_loss(leaf, truth))


def batch(count: int, classes: int) -> tuple[Tensor, Tensor]:
    """Draw logits (count, classes), float64, and labels that hold more than one class where they can."""
    labels = torch.randint(classes, (count,))
    if count > 1:
        labels[1] = (labels[0] + 1) % classes
    return 2 * torch.randn(count, classes, dtype=torch.float64), labels


def mean_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean cross-entropy of logits (n, K)."""
    return torch.nn.functional.cross_entropy(logits, labels)


def _check(function: Function, logits: Tensor, labels: Tensor) -> None:
    given, truth = logits.clone(), labels.clone()
    result = call(function, given, truth)
    found, z = numbers(result, "number"), logits.to(torch.float64)
    right = mean_loss(z, labels)
    if float(z.abs().max()) > _CLIPPED and found.numel() == 1:
        if not bool(torch.isfinite(found).all()):
            raise not_yet("class-overflow", "class-loss-overflows", largest=f"{float(z.abs().max()):g}")
        if float(found) < _CLIPPED < float(right):
            raise not_yet("class-clipped", "class-clipped", found=f"{float(found):.3g}")
    count = len(labels)
    if count > 1 and found.shape == (count, count):
        raise not_yet("broadcast-residual", "class-each-with-each", count=count)
    if count > 1 and found.shape == (count,):
        raise not_yet("sum-for-mean", "class-not-averaged", count=count)
    mistakes = _mistakes(z, labels) if count > 1 else ()
    agree(result, right, mistakes, given="random logits", shape=tuple(logits.shape), kind="number")
    require_unchanged("`logits`", logits, given)
    require_unchanged("`labels`", labels, truth)


def _mistakes(z: Tensor, labels: Tensor) -> Iterator[Variant]:
    count, classes = z.shape
    right, y = mean_loss(z, labels), codes(labels, classes)
    p = torch.softmax(z, dim=1)
    of_truth = (p * y).sum(dim=1)
    yield Variant("argmax-gradient", "class-share-of-mistakes", (z.argmax(dim=1) != labels).to(torch.float64).mean())
    yield Variant("sum-for-mean", "class-loss-summed", right * count, {"count": count})
    yield Variant("sum-for-mean", "class-loss-over-table", right / classes, {"classes": classes})
    yield Variant("logits-twice", "class-twice", mean_loss(p, labels))
    yield Variant("opposite-sign", "class-loss-negated", -right)
    pairs = torch.logsumexp(z, dim=1).mean() - z[:, labels].mean()
    for table in (pairs, pairs * count, pairs * count**2):
        yield Variant("broadcast-residual", "class-each-with-each", table, {"count": count})
    yield Variant("broadcast-residual", "class-each-with-each", right * count**2, {"count": count})
    for sign in (1, -1):
        yield Variant("class-no-logarithm", "class-no-logarithm", sign * of_truth.mean())
    yield Variant("class-log-of-mean", "class-log-of-mean", -torch.log(of_truth.mean()))
    yield Variant("class-no-normaliser", "class-no-normaliser", -(z * y).sum(dim=1).mean())
    yield Variant("wrong-coefficient", "class-base-two", right / math.log(2))
    yield Variant("wrong-coefficient", "class-base-ten", right / math.log(10))
    yield Variant("class-labels-ignored", "class-largest-taken", -torch.log(p.amax(dim=1)).mean())
    binary = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    for scale in (count, count * classes):
        yield Variant("class-each-alone", "class-binary", binary / scale)
    yield Variant("class-wrong-axis", "class-wrong-axis", -(torch.log_softmax(z, dim=0) * y).sum(dim=1).mean())
