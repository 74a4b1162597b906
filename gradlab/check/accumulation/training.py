"""The check of a training loop that notes its gradients."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check import rounds
from gradlab.check.accumulation.inputs import require_left_alone
from gradlab.check.accumulation.probes import valley
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import is_tensor, kind_of
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
    result = rounds.run(functools.partial(_bound, function, given, lr), loss, epochs)
    weights, history = _two_of(result)
    end, slopes = _walk(loss, start, lr, epochs, keep=0.0)
    told = f"{epochs} epochs"
    agree(weights, end, _wrong_ends(loss, start, lr, epochs), given=told, shape=(d,))
    agree(history, slopes, _wrong_histories(slopes), given=told, shape=(d,))
    for part in (weights, history):
        if is_tensor(part) and part.requires_grad:  # type: ignore[attr-defined]
            raise not_yet("still-tracked", "still-tracked")
    require_left_alone("`weights`", start, given)


def _bound(function: Function, start: Tensor, lr: float, loss: Function, epochs: int) -> object:
    return function(loss, start, lr, epochs)


def _two_of(result: object) -> tuple[object, object]:
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not (issubclass(type(result), tuple | list) and len(result) == 2):  # type: ignore[arg-type]
        raise not_yet("acc-pair", "acc-pair", kind=kind_of(result))
    first, second = result  # type: ignore[misc]
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
    yield Variant("acc-swapped", "acc-swapped", _walk(loss, start, lr, epochs, keep=0.0)[1])


def _wrong_histories(slopes: Tensor) -> Iterator[Variant]:
    yield Variant("acc-alias", "acc-rows-all-zero", torch.zeros_like(slopes))
    yield Variant("acc-alias", "acc-rows-all-last", slopes[-1].expand_as(slopes))
    yield Variant("missing-zero-grad", "acc-row-sums", slopes.cumsum(dim=0))
    yield Variant("acc-only-last", "acc-only-last-row", slopes[-1])
