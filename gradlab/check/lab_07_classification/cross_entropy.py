"""The checks of one-hot codes (one-hot), of the cross-entropy (cross-entropy) and of its gradient (by-hand)."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.derivatives import central_differences
from gradlab.check.diagnosis import not_yet
from gradlab.check.forbidden import AUTOGRAD, CROSS_ENTROPY, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_07_classification.differentiable import require_slopes
from gradlab.check.lab_07_classification.sample_functions import mean_loss
from gradlab.check.values import is_array, is_tensor, numbers, require_device

_EXTREME = ((1000.0, -1000.0, 0.0), (-1000.0, -1000.0, 1000.0))
_CLIPPED = 100.0
Tensor = torch.Tensor


@announced
def one_hot(function: Function, *, labels: torch.Tensor | None = None, classes: int = 4) -> None:
    """Check a function ``one_hot(labels, classes)``.

    Args:
        function: the student's: labels (…) → codes (…, classes).
        labels: what to code; by default random labels: some that lack the last class, as many as there are classes,
            and a table.
        classes: how many classes there are, if labels are given.

    Raises:
        NotYet: a code is wrong, or codes are not floating-point numbers.
    """
    require_callable(function)
    if labels is not None:
        _check_one_hot(function, labels, classes)
        return
    _check_one_hot(function, torch.cat([torch.tensor([0, 2, 1]), torch.randint(3, (3,))]), 5)
    _check_one_hot(function, torch.cat([torch.tensor([1, 0]), torch.randint(4, (2,))]), 4)
    _check_one_hot(function, torch.randint(3, (2, 4)), 3)


def codes(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """The right codes, float64, shape (…, classes)."""
    return torch.nn.functional.one_hot(labels, classes).to(torch.float64)


def _check_one_hot(function: Function, labels: torch.Tensor, classes: int) -> None:
    given = labels.clone()
    result = call(function, given, classes)
    found, right = numbers(result), codes(labels, classes)
    if found.shape == labels.shape == (classes,):
        raise not_yet("broadcast-residual", "class-paired", count=classes)
    smaller = int(labels.max()) + 1
    if found.shape == (*labels.shape, smaller) != right.shape:
        raise not_yet("class-counted", "class-counted", classes=classes, seen=smaller)
    agree(
        result,
        right,
        _one_hot_mistakes(labels, right),
        given=words.FRAGMENTS["random-labels"],
        shape=tuple(labels.shape),
    )
    if not _floating(result):
        raise not_yet("class-integer-codes", "class-integer-codes", dtype=getattr(result, "dtype", "int"))
    require_device(result, labels)
    require_unchanged("`labels`", labels, given)


def _one_hot_mistakes(labels: torch.Tensor, right: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    if labels.ndim == 1:
        rows = torch.isin(torch.arange(len(labels)), labels).to(torch.float64)
        yield KnownMistake("class-rows-marked", "class-rows-marked", rows[:, None].expand_as(right))
        yield KnownMistake("broadcast-residual", "class-all-marked", right.amax(0).expand_as(right))
    yield KnownMistake("class-transposed", "class-transposed", right.movedim(-1, 0))
    yield KnownMistake("wrong-coefficient", "class-complement", 1 - right)
    for shift, lost in ((1, 0), (-1, -1)):
        moved = right.roll(shift, dims=-1)
        yield KnownMistake("class-shifted", "class-shifted", moved.clone())
        moved[..., lost] = 0
        yield KnownMistake("class-shifted", "class-shifted", moved)


def _floating(result: object) -> bool:
    if is_tensor(result):
        return bool(result.dtype.is_floating_point)  # type: ignore[attr-defined]
    return not is_array(result) or np.asarray(result).dtype.kind == "f"


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
        _check_cross_entropy(function, logits, labels)
        return
    for count, classes in ((7, 4), (3, 3), (1, 3)):
        _check_cross_entropy(function, *batch(count, classes))
    _check_cross_entropy(function, torch.tensor(_EXTREME), torch.tensor([1, 2]))
    z, truth = batch(5, 3)
    require_slopes(lambda leaf: call(function, leaf, truth.clone()), z, lambda leaf: mean_loss(leaf, truth))


def batch(count: int, classes: int) -> tuple[Tensor, Tensor]:
    """Draw logits (count, classes), float64, and labels that hold more than one class where they can."""
    labels = torch.randint(classes, (count,))
    if count > 1:
        labels[1] = (labels[0] + 1) % classes
    return 2 * torch.randn(count, classes, dtype=torch.float64), labels


def _check_cross_entropy(function: Function, logits: Tensor, labels: Tensor) -> None:
    given, truth = logits.clone(), labels.clone()
    with without(CROSS_ENTROPY):
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
    mistakes = _cross_entropy_mistakes(z, labels) if count > 1 else ()
    agree(result, right, mistakes, given=words.FRAGMENTS["random-logits"], shape=tuple(logits.shape), kind="number")
    require_unchanged("`logits`", logits, given)
    require_unchanged("`labels`", labels, truth)


def _cross_entropy_mistakes(z: Tensor, labels: Tensor) -> Iterator[KnownMistake[Tensor]]:
    count, classes = z.shape
    right, y = mean_loss(z, labels), codes(labels, classes)
    p = torch.softmax(z, dim=1)
    of_truth = (p * y).sum(dim=1)
    yield KnownMistake(
        "argmax-gradient", "class-share-of-mistakes", (z.argmax(dim=1) != labels).to(torch.float64).mean()
    )
    yield KnownMistake("sum-for-mean", "class-loss-summed", right * count, {"count": count})
    yield KnownMistake("sum-for-mean", "class-loss-over-table", right / classes, {"classes": classes})
    yield KnownMistake("logits-twice", "class-twice", mean_loss(p, labels))
    yield KnownMistake("opposite-sign", "class-loss-negated", -right)
    pairs = torch.logsumexp(z, dim=1).mean() - z[:, labels].mean()
    for table in (pairs, pairs * count, pairs * count**2):
        yield KnownMistake("broadcast-residual", "class-each-with-each", table, {"count": count})
    yield KnownMistake("broadcast-residual", "class-each-with-each", right * count**2, {"count": count})
    for sign in (1, -1):
        yield KnownMistake("class-no-logarithm", "class-no-logarithm", sign * of_truth.mean())
    yield KnownMistake("class-log-of-mean", "class-log-of-mean", -torch.log(of_truth.mean()))
    yield KnownMistake("class-no-normaliser", "class-no-normaliser", -(z * y).sum(dim=1).mean())
    yield KnownMistake("wrong-coefficient", "class-base-two", right / math.log(2))
    yield KnownMistake("wrong-coefficient", "class-base-ten", right / math.log(10))
    yield KnownMistake("class-labels-ignored", "class-largest-taken", -torch.log(p.amax(dim=1)).mean())
    binary = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    for scale in (count, count * classes):
        yield KnownMistake("class-each-alone", "class-binary", binary / scale)
    yield KnownMistake("class-wrong-axis", "class-wrong-axis", -(torch.log_softmax(z, dim=0) * y).sum(dim=1).mean())


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
        _check_gradient(function, logits, labels)
        return
    for count, classes in ((6, 4), (3, 3), (1, 3)):
        _check_gradient(function, *batch(count, classes))
    z, truth = batch(4, 3)
    _check_gradient(function, z.to(torch.float32), truth)


def _slopes(z: Tensor, labels: Tensor) -> Tensor:
    """The gradient of the mean by finite differences, one example after the other: the others don't matter to it."""
    y = codes(labels, z.shape[1])
    return central_differences(lambda points: torch.logsumexp(points, -1) - (points * y).sum(-1), z) / len(labels)


def _check_gradient(function: Function, logits: Tensor, labels: Tensor) -> None:
    given, truth = logits.clone(), labels.clone()
    with without(AUTOGRAD):
        result = call(function, given, truth)
    found, z = numbers(result), logits.to(torch.float64)
    if found.ndim == 0:
        raise not_yet("class-not-a-gradient", "class-not-a-gradient")
    agree(
        result,
        _slopes(z, labels),
        _gradient_mistakes(z, labels),
        given=words.FRAGMENTS["random-logits-of-shape"].format(shape=tuple(logits.shape)),
        shape=tuple(logits.shape),
    )
    require_unchanged("`logits`", logits, given)
    require_unchanged("`labels`", labels, truth)


def _twice(z: Tensor, labels: Tensor) -> Tensor:
    leaf = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(mean_loss(torch.softmax(leaf, dim=1), labels), leaf)
    return slope


def _gradient_mistakes(z: Tensor, labels: Tensor) -> Iterator[KnownMistake[Tensor]]:
    count, classes = z.shape
    p, y = torch.softmax(z, dim=1), codes(labels, classes)
    right = p - y
    if count > 1:
        yield KnownMistake("sum-for-mean", "class-slope-summed", right, {"count": count})
        yield KnownMistake("opposite-sign", "class-slope-negated", -right)
        for scale in (1, count):
            yield KnownMistake("broadcast-residual", "class-all-marked", (p - y.amax(0)) / scale)
    yield KnownMistake("opposite-sign", "class-slope-negated", -right / count)
    yield KnownMistake("sum-for-mean", "class-slope-over-table", right / (count * classes), {"classes": classes})
    for scale in (1, count):
        yield KnownMistake("class-truth-missing", "class-truth-missing", p / scale)
        yield KnownMistake("missing-inner-derivative", "class-outer-of-log", -y / p / scale)
        yield KnownMistake("missing-inner-derivative", "class-own-logit-only", -y * (1 - p) / scale)
        yield KnownMistake("class-softmax-missing", "class-softmax-missing", (z - y) / scale)
        number = labels.to(torch.float64)
        yield KnownMistake("class-label-as-number", "class-label-as-number", (p - number.unsqueeze(1)) / scale)
        if count == classes:
            yield KnownMistake("broadcast-residual", "class-label-paired", (p - number) / scale)
        yield KnownMistake("class-wrong-axis", "class-wrong-axis", (torch.softmax(z, dim=0) - y) / scale)
        yield KnownMistake("missing-inner-derivative", "class-sigmoid-habit", (p - y) * p * (1 - p) / scale)
        yield KnownMistake("class-each-alone", "class-each-alone", (torch.sigmoid(z) - y) / scale)
        yield KnownMistake("class-not-a-slope", "class-loss-entries", -y * torch.log(p) / scale)
        hard = torch.nn.functional.one_hot(z.argmax(dim=1), classes)
        yield KnownMistake("argmax-gradient", "class-hard", (hard - y) / scale)
    for scale in (1, count):
        yield KnownMistake("logits-twice", "class-slope-twice", _twice(z, labels) * scale)
