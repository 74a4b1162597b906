"""The check of a training loop that notes its gradients."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check import rounds
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.compare import close
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.emptiness import complains
from gradlab.check.errors import message_of
from gradlab.check.lab_03_accumulation.inputs import grad_of_argument_explained, require_left_alone
from gradlab.check.lab_03_accumulation.probes import valley
from gradlab.check.probes import watching_point
from gradlab.check.values import is_tensor, kind_of, numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


@announced
def trained(function: Function, *, on: Function | None = None, d: int = 3, epochs: int = 5) -> None:
    """Check a function ``train(loss, weights, lr, epochs)``.

    Args:
        function: the student's: a loss, weights (d,), a rate and a number → weights (d,) and gradients (epochs, d).
        on: the loss, which maps weights (d,) to a scalar tensor; by default one whose gradient changes everywhere.
        d: the number of weights.
        epochs: how many steps to ask for.

    Raises:
        NotYet: the weights or the gradients are wrong.
    """
    loss = valley if on is None else on
    require_callable(function, loss)
    start, lr = torch.rand(d, dtype=torch.float64) + 0.5, 0.05 + 0.1 * float(torch.rand(()))
    given = start.clone()
    with grad_of_argument_explained(lambda filled: function(loss, filled, lr, epochs), given, "`weights`"):
        result = _run(functools.partial(_bound, function, given, lr), loss, epochs)
    weights, history = _two_of(result)
    end, slopes = _walk(loss, start, lr, epochs, keep=0.0)
    told = f"{epochs} epochs"
    if epochs > 1 and _same(weights, start) and _same(history, slopes[:1].expand_as(slopes)):
        raise not_yet("stands-still", "acc-stands-still")
    agree(weights, end, _wrong_ends(loss, start, lr, epochs), given=told, shape=(d,))
    agree(history, slopes, _wrong_histories(slopes), given=told, shape=(d,))
    for part in (weights, history):
        if is_tensor(part) and part.requires_grad:  # type: ignore[attr-defined]
            raise not_yet("still-tracked", "still-tracked")
    require_left_alone("`weights`", start, given)


def _bound(function: Function, start: Tensor, lr: float, loss: Function, epochs: int) -> object:
    return function(loss, start, lr, epochs)


def _run(training: rounds.Descent, loss: Function, epochs: int) -> object:
    """Run a student's training; a `.grad` that is missing in the first round belongs to a tensor that is no leaf."""
    try:
        return rounds.run(training, loss, epochs)
    except NotYet as refusal:
        error = refusal.__cause__
        if not isinstance(error, AttributeError) or "zero_" in message_of(error):
            raise
        fails, works = (complains(functools.partial(_once, training), f) for f in (loss, watching_point))
        if fails is None or works is not None:
            raise
        raise not_yet("not-a-leaf", "first-round", name=type(error).__name__, message=message_of(error)) from error


def _once(training: rounds.Descent, loss: Function) -> object:
    return training(loss, 1)


def _same(result: object, values: Tensor) -> bool:
    return close(numbers(result), values)


def _two_of(result: object) -> tuple[object, object]:
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not (issubclass(type(result), tuple | list) and len(result) == 2):  # type: ignore[arg-type]
        raise not_yet("acc-pair", "acc-pair", kind=kind_of(result))
    first, second = tuple[object, ...](result)  # type: ignore[arg-type]
    return first, second


def _walk(loss: Function, start: Tensor, lr: float, epochs: int, *, keep: float) -> tuple[Tensor, Tensor]:
    """The end and the fresh gradients of a walk whose bucket keeps a share of what it held."""
    w, bucket, slopes = start.clone(), torch.zeros_like(start), []
    for _ in range(epochs):
        slopes.append(gradient(loss, w))
        bucket = keep * bucket + slopes[-1]
        w = w - lr * bucket
    return w, torch.stack(slopes)


def _wrong_ends(loss: Function, start: Tensor, lr: float, epochs: int) -> Iterator[Variant]:
    yield Variant("missing-zero-grad", "sum-of-gradients", _walk(loss, start, lr, epochs, keep=1.0)[0])
    yield Variant("ascent-sign", "uphill", _walk(loss, start, -lr, epochs, keep=0.0)[0])
    yield Variant("acc-start-returned", "acc-start-returned", start)
    yield Variant("stale-point", "acc-step-short", _walk(loss, start, lr, max(epochs - 1, 1), keep=0.0)[0])
    yield Variant("too-many-steps", "one-step-more", _walk(loss, start, lr, epochs + 1, keep=0.0)[0])
    yield Variant("acc-first-round", "acc-first-round", _walk(loss, start, lr, 1, keep=0.0)[0])
    yield Variant("acc-swapped", "acc-swapped", _walk(loss, start, lr, epochs, keep=0.0)[1])


def _wrong_histories(slopes: Tensor) -> Iterator[Variant]:
    yield Variant("acc-alias", "acc-rows-all-zero", torch.zeros_like(slopes))
    yield Variant("acc-alias", "acc-rows-all-last", slopes[-1].expand_as(slopes))
    yield Variant("missing-zero-grad", "acc-row-sums", slopes.cumsum(dim=0))
    yield Variant("acc-only-last", "acc-only-last-row", slopes[-1])
