"""The checks of gradients that are kept apart (apart, heads) or added over micro-batches (micro)."""

import functools
from collections.abc import Iterator, Sequence

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_left_alone
from gradlab.check.compare import close, factor
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_03_accumulation import sample_functions
from gradlab.check.lab_03_accumulation.arguments import grad_of_argument_explained
from gradlab.check.lab_03_accumulation.sample_functions import GRAPH_KEPT, TOO_MANY_EXAMPLES, limited_loss, row_loss
from gradlab.check.missing_gradients import Run, gradients_from
from gradlab.check.values import numbers

Tensor = torch.Tensor
Batch = tuple[Tensor, Tensor]


@announced
def apart(function: Function, *, on: Function | None = None, d: int = 3, m: int = 3, count: int = 4) -> None:
    """Check a function ``gradients_apart(loss, w, data)``.

    Args:
        function: the student's: a loss, w (d,) and data (n, m) → gradients (n, d).
        on: the loss, which maps w (d,) and one example (m,) to a scalar tensor; by default one that is curved in w.
        d: the number of weights.
        m: the number of numbers in one example.
        count: n.

    Raises:
        NotYet: a gradient is not that of its own example.
    """
    loss = row_loss if on is None else on
    require_callable(function, loss)
    w, data = torch.rand(d, dtype=torch.float64) + 0.5, torch.randn(count, m, dtype=torch.float64)
    given, examples = w.clone(), data.clone()
    with grad_of_argument_explained(lambda filled: function(loss, filled, data.clone()), given, "`w`"):
        result = gradients_from(functools.partial(_apart_bound, function, given, examples, loss), loss)
    right = torch.stack([gradient(functools.partial(_row_loss_of_weights, loss, row), w) for row in data])
    agree(
        result,
        right,
        _apart_mistakes(right),
        given=words.FRAGMENTS["random-examples"].format(count=count),
        shape=tuple(data.shape),
    )
    require_left_alone("`w`", w, given)
    require_left_alone("`data`", data, examples)


def _apart_bound(function: Function, w: Tensor, data: Tensor, asked: Function, loss: Function) -> object:
    # A probe goes through the first round only: it asks where `.grad` is missed, and a later round has other errors.
    return function(loss, w, data if loss is asked else data[:1])


def _row_loss_of_weights(loss: Function, row: Tensor, w: Tensor) -> object:
    return loss(w, row)


def _apart_mistakes(right: Tensor) -> Iterator[KnownMistake[Tensor]]:
    yield KnownMistake("missing-zero-grad", "acc-row-sums", right.cumsum(dim=0))
    yield KnownMistake("acc-alias", "acc-rows-all-sum", right.sum(dim=0).expand_as(right))
    yield KnownMistake("acc-alias", "acc-rows-all-last", right[-1].expand_as(right))
    yield KnownMistake("acc-alias", "acc-rows-all-zero", torch.zeros_like(right))
    yield KnownMistake("acc-one-sum", "acc-one-for-all", right.sum(dim=0))
    yield KnownMistake("sum-for-mean", "acc-rows-mean", right / len(right))
    yield KnownMistake("acc-first-round", "acc-first-round", right[:1])
    yield KnownMistake("acc-only-last", "acc-only-last-row", right[-1])


@announced
def two_heads(
    function: Function,
    *,
    trunk: Function = sample_functions.deterministic_trunk,
    first: Function = sample_functions.squares,
    second: Function = sample_functions.sines,
) -> None:
    """Check a function ``two_gradients(trunk, first, second, x)``.

    Args:
        function: the student's: trunk, two heads and x (d,) → two gradients (d,).
        trunk: maps x to a tensor.
        first: a head, which maps that tensor to a scalar tensor.
        second: the other head.

    Raises:
        NotYet: a gradient is wrong, or the trunk was evaluated more than once.
    """
    require_callable(function, trunk, first, second)
    x = torch.rand(3, dtype=torch.float64) + 0.5
    given = x.clone()
    with grad_of_argument_explained(lambda filled: function(trunk, first, second, filled), given, "`x`"):
        result = _both_through_one_graph(lambda f: function(f, first, second, given), trunk)
    one, other = (gradient(functools.partial(_through, trunk, head), x) for head in (first, second))
    before = torch.stack([gradient(head, trunk(x)) for head in (first, second)])
    agree(
        result,
        torch.stack([one, other]),
        _heads_mistakes(one, other, before),
        given=words.FRAGMENTS["random-x"],
        shape=(3,),
    )
    require_left_alone("`x`", x, given)
    _require_one_trunk(function, x)


def _both_through_one_graph(run: Run, trunk: Function) -> object:
    try:
        return gradients_from(run, trunk)
    except NotYet as refused:
        if refused.diagnosis.misconception == "backward-twice":
            raise not_yet("acc-graph-used-up", "acc-graph-used-up") from refused
        raise


def _through(trunk: Function, head: Function, x: Tensor) -> object:
    return head(trunk(x))


def _heads_mistakes(one: Tensor, other: Tensor, before: Tensor) -> Iterator[KnownMistake[Tensor]]:
    both = one + other
    yield KnownMistake("missing-zero-grad", "acc-second-holds-first", torch.stack([one, both]))
    yield KnownMistake("acc-alias", "acc-both-sum", torch.stack([both, both]))
    yield KnownMistake("acc-alias", "acc-both-second", torch.stack([other, other]))
    yield KnownMistake("acc-alias", "acc-rows-all-zero", torch.zeros(2, len(one), dtype=one.dtype))
    yield KnownMistake("acc-alias", "acc-first-lost", torch.stack([torch.zeros_like(one), other]))
    yield KnownMistake("acc-alias", "acc-sum-and-zero", torch.stack([both, torch.zeros_like(both)]))
    yield KnownMistake("acc-one-sum", "acc-one-sum", both)
    yield KnownMistake("other-variable", "acc-towards-trunk", before)
    yield KnownMistake("acc-swapped", "acc-swapped", torch.stack([other, one]))


def _require_one_trunk(function: Function, x: Tensor) -> None:
    """Refuse a second evaluation of the trunk: with chance in it, the two gradients belong to different trunks."""
    result = call(function, sample_functions.random_trunk, sample_functions.total, sample_functions.twice, x.clone())
    found = numbers(result)
    ratio = factor(found[1], found[0]) if found.shape == (2, len(x)) else None
    if ratio is None or not close(found[1], 2 * found[0]):
        raise not_yet("acc-trunk-twice", "acc-trunk-twice")


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
    loss = functools.partial(limited_loss, most=max(sizes))
    with grad_of_argument_explained(lambda filled: function(loss, filled, batches), given, "`w`"):
        result = gradients_from(functools.partial(_run_micro, function, given, handed), loss)
    slopes = torch.stack([gradient(functools.partial(_batch_loss_of_weights, x, y), w) for x, y in batches])
    counts = torch.tensor(sizes, dtype=torch.float64).unsqueeze(-1)
    right = (counts * slopes).sum(dim=0) / counts.sum()
    if close(numbers(result), torch.zeros_like(right)) and _right_alone(function, loss, w, batches[0]):
        raise not_yet("acc-whole-division", "acc-whole-division")
    description = words.FRAGMENTS["micro-batches"].format(sizes=", ".join(map(str, sizes)))
    agree(result, right, _micro_mistakes(slopes, counts), given=description, shape=(d,))
    require_left_alone("`w`", w, given)
    for (x, y), (x_after, y_after) in zip(batches, handed, strict=True):
        require_left_alone("`batches`", x, x_after)
        require_left_alone("`batches`", y, y_after)


def _right_alone(function: Function, loss: Function, w: Tensor, batch: Batch) -> bool:
    """Say whether the gradient of a single micro-batch is right: its share of all examples is the whole number 1."""
    x, y = batch
    expected = gradient(functools.partial(_batch_loss_of_weights, x, y), w)
    try:
        return close(numbers(call(function, loss, w.clone(), [(x.clone(), y.clone())])), expected)
    except NotYet:
        return False


def _run_micro(function: Function, w: Tensor, batches: list[Batch], loss: Function) -> object:
    try:
        return function(loss, w, batches)
    except Exception as error:
        if TOO_MANY_EXAMPLES in message_of(error):
            raise not_yet("acc-crowded", "acc-crowded") from error
        if GRAPH_KEPT in message_of(error):
            raise not_yet("acc-graphs-kept", "acc-graphs-kept") from error
        raise


def _batch_loss_of_weights(x: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return limited_loss(w, x, y, len(x))


def _micro_mistakes(slopes: Tensor, counts: Tensor) -> Iterator[KnownMistake[Tensor]]:
    total = float(counts.sum())
    summed = slopes.sum(dim=0)
    yield KnownMistake("acc-equal-shares", "acc-equal-shares", summed / len(slopes))
    yield KnownMistake("sum-for-mean", "acc-means-added", summed)
    yield KnownMistake("sum-for-mean", "acc-sum-not-mean", (counts * slopes).sum(dim=0))
    yield KnownMistake("sum-for-mean", "acc-divided-by-all", summed / total)
    yield KnownMistake("sum-for-mean", "acc-divided-by-batches", (counts * slopes).sum(dim=0) / len(slopes))
    for last in (slopes[-1], counts[-1] * slopes[-1] / total, counts[-1] * slopes[-1], slopes[-1] / len(slopes)):
        yield KnownMistake("acc-only-last", "acc-only-last-batch", last)
    for first in (counts[0] * slopes[0] / total, slopes[0], counts[0] * slopes[0], slopes[0] / len(slopes)):
        yield KnownMistake("acc-first-round", "acc-first-round", first)
    yield KnownMistake("acc-emptied", "acc-emptied", torch.zeros_like(summed))
    yield KnownMistake("acc-divided-by-size", "acc-divided-by-size", (slopes / counts).sum(dim=0))
