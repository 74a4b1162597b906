"""The check of the cross-entropy's gradient, derived by hand."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.derivatives import central_differences
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_07_classification.codes import codes
from gradlab.check.lab_07_classification.entropy import batch, mean_loss
from gradlab.check.values import numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


@announced
def logits_gradient(function: Function, *, logits: Tensor | None = None, labels: Tensor | None = None) -> None:
    """Check a function that returns the gradient of the mean cross-entropy with respect to the logits.

    Args:
        function: the student's: logits (n, K) and labels (n,) → gradient (n, K).
        logits: by default random ones of several shapes.
        labels: the true classes, if logits are given.

    Raises:
        NotYet: an entry differs from finite differences.
    """
    require_callable(function)
    if logits is not None and labels is not None:
        _check(function, logits, labels)
        return
    for count, classes in ((6, 4), (3, 3), (1, 3)):
        _check(function, *batch(count, classes))
    z, truth = batch(4, 3)
    _check(function, z.to(torch.float32), truth)


def _slopes(z: Tensor, labels: Tensor) -> Tensor:
    """The gradient of the mean by finite differences, one example after the other: the others don't matter to it."""
    y = codes(labels, z.shape[1])
    return central_differences(lambda points: torch.logsumexp(points, -1) - (points * y).sum(-1), z) / len(labels)


def _check(function: Function, logits: Tensor, labels: Tensor) -> None:
    given, truth = logits.clone(), labels.clone()
    result = call(function, given, truth)
    found, z = numbers(result), logits.to(torch.float64)
    if found.ndim == 0:
        raise not_yet("class-not-a-gradient", "class-not-a-gradient")
    agree(
        result,
        _slopes(z, labels),
        _mistakes(z, labels),
        given=f"random logits of shape {tuple(logits.shape)}",
        shape=tuple(logits.shape),
    )
    require_unchanged("`logits`", logits, given)
    require_unchanged("`labels`", labels, truth)


def _twice(z: Tensor, labels: Tensor) -> Tensor:
    leaf = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(mean_loss(torch.softmax(leaf, dim=1), labels), leaf)
    return slope


def _mistakes(z: Tensor, labels: Tensor) -> Iterator[Variant]:
    count, classes = z.shape
    p, y = torch.softmax(z, dim=1), codes(labels, classes)
    right = p - y
    if count > 1:
        yield Variant("sum-for-mean", "class-slope-summed", right, {"count": count})
        yield Variant("opposite-sign", "class-slope-negated", -right)
        for scale in (1, count):
            yield Variant("broadcast-residual", "class-all-marked", (p - y.amax(0)) / scale)
    yield Variant("opposite-sign", "class-slope-negated", -right / count)
    yield Variant("sum-for-mean", "class-slope-over-table", right / (count * classes), {"classes": classes})
    for scale in (1, count):
        told = Variant("class-truth-missing", "class-truth-missing", p / scale)
        yield told
        yield Variant("missing-inner-derivative", "class-outer-of-log", -y / p / scale)
        yield Variant("missing-inner-derivative", "class-own-logit-only", -y * (1 - p) / scale)
        yield Variant("class-softmax-missing", "class-softmax-missing", (z - y) / scale)
        number = labels.to(torch.float64)
        yield Variant("class-label-as-number", "class-label-as-number", (p - number.unsqueeze(1)) / scale)
        if count == classes:
            yield Variant("broadcast-residual", "class-label-paired", (p - number) / scale)
        yield Variant("class-wrong-axis", "class-wrong-axis", (torch.softmax(z, dim=0) - y) / scale)
        yield Variant("missing-inner-derivative", "class-sigmoid-habit", (p - y) * p * (1 - p) / scale)
        yield Variant("class-each-alone", "class-each-alone", (torch.sigmoid(z) - y) / scale)
        yield Variant("class-not-a-slope", "class-loss-entries", -y * torch.log(p) / scale)
        hard = torch.nn.functional.one_hot(z.argmax(dim=1), classes)
        yield Variant("argmax-gradient", "class-hard", (hard - y) / scale)
    for scale in (1, count):
        yield Variant("logits-twice", "class-slope-twice", _twice(z, labels) * scale)
