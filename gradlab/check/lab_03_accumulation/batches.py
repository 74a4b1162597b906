"""The check of a gradient that is accumulated over micro-batches."""

import functools
from collections.abc import Iterator, Sequence

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import slopes_from
from gradlab.check.errors import message_of
from gradlab.check.lab_03_accumulation.inputs import grad_of_argument_explained, require_left_alone
from gradlab.check.lab_03_accumulation.probes import CROWDED, KEPT, crowded_loss
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor
Batch = tuple[Tensor, Tensor]


@announced
def micro_batches(function: Function, *, sizes: Sequence[int] = (4, 2, 3), d: int = 2) -> None:
    """Check a function ``accumulated(loss, w, batches)``.

    Args:
        function: the student's: a mean loss, w (d,) and pairs of inputs (n, d) and targets (n,) → a gradient (d,).
        sizes: the number of examples in each micro-batch.
        d: the number of weights.

    Raises:
        NotYet: the gradient is not that of the mean over all examples, or too many were computed at once.
    """
    require_callable(function)
    w = torch.rand(d, dtype=torch.float64) + 0.5
    # Targets of a size of their own for each micro-batch: then no two gradients are alike.
    batches = [
        (torch.randn(size, d, dtype=torch.float64), 2 + index + torch.rand(size, dtype=torch.float64))
        for index, size in enumerate(sizes)
    ]
    given, handed = w.clone(), [(x.clone(), y.clone()) for x, y in batches]
    loss = functools.partial(crowded_loss, most=max(sizes))
    with grad_of_argument_explained(lambda filled: function(loss, filled, batches), given, "`w`"):
        result = slopes_from(functools.partial(_run, function, given, handed), loss)
    slopes = torch.stack([gradient(functools.partial(_of_weights, x, y), w) for x, y in batches])
    counts = torch.tensor(sizes, dtype=torch.float64).unsqueeze(-1)
    right = (counts * slopes).sum(dim=0) / counts.sum()
    agree(result, right, _mistakes(slopes, counts), given=f"micro-batches of {_told(sizes)}", shape=(d,))
    require_left_alone("`w`", w, given)
    for (x, y), (x_after, y_after) in zip(batches, handed, strict=True):
        require_left_alone("`batches`", x, x_after)
        require_left_alone("`batches`", y, y_after)


def _told(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def _run(function: Function, w: Tensor, batches: list[Batch], loss: Function) -> object:
    try:
        return function(loss, w, batches)
    except Exception as error:
        if CROWDED in message_of(error):
            raise not_yet("acc-crowded", "acc-crowded") from error
        if KEPT in message_of(error):
            raise not_yet("acc-graphs-kept", "acc-graphs-kept") from error
        raise


def _of_weights(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return crowded_loss(w, x, y, len(x))


def _mistakes(slopes: Tensor, counts: Tensor) -> Iterator[Variant]:
    total = float(counts.sum())
    summed = slopes.sum(dim=0)
    yield Variant("acc-equal-shares", "acc-equal-shares", summed / len(slopes))
    yield Variant("sum-for-mean", "acc-means-added", summed)
    yield Variant("sum-for-mean", "acc-sum-not-mean", (counts * slopes).sum(dim=0))
    yield Variant("sum-for-mean", "acc-divided-by-all", summed / total)
    yield Variant("sum-for-mean", "acc-divided-by-batches", (counts * slopes).sum(dim=0) / len(slopes))
    for last in (slopes[-1], counts[-1] * slopes[-1] / total, counts[-1] * slopes[-1], slopes[-1] / len(slopes)):
        yield Variant("acc-only-last", "acc-only-last-batch", last)
    for first in (counts[0] * slopes[0] / total, slopes[0], counts[0] * slopes[0], slopes[0] / len(slopes)):
        yield Variant("acc-first-round", "acc-first-round", first)
    yield Variant("acc-emptied", "acc-emptied", torch.zeros_like(summed))
    yield Variant("acc-divided-by-size", "acc-divided-by-size", (slopes / counts).sum(dim=0))
