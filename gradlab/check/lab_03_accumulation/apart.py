"""The check of gradients that are kept apart."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.derivatives import gradient
from gradlab.check.emptiness import slopes_from
from gradlab.check.lab_03_accumulation.inputs import grad_of_argument_explained, require_left_alone
from gradlab.check.lab_03_accumulation.probes import row_loss
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


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
        result = slopes_from(functools.partial(_bound, function, given, examples, loss), loss)
    right = torch.stack([gradient(functools.partial(_of_weights, loss, row), w) for row in data])
    agree(result, right, _mistakes(right), given=f"{count} random examples", shape=tuple(data.shape))
    require_left_alone("`w`", w, given)
    require_left_alone("`data`", data, examples)


def _bound(function: Function, w: Tensor, data: Tensor, asked: Function, loss: Function) -> object:
    # A probe goes through the first round only: it asks where `.grad` is missed, and a later round has other errors.
    return function(loss, w, data if loss is asked else data[:1])


def _of_weights(loss: Function, row: Tensor, w: Tensor) -> object:
    return loss(w, row)


def _mistakes(right: Tensor) -> Iterator[Variant]:
    yield Variant("missing-zero-grad", "acc-row-sums", right.cumsum(dim=0))
    yield Variant("acc-alias", "acc-rows-all-sum", right.sum(dim=0).expand_as(right))
    yield Variant("acc-alias", "acc-rows-all-last", right[-1].expand_as(right))
    yield Variant("acc-alias", "acc-rows-all-zero", torch.zeros_like(right))
    yield Variant("acc-one-sum", "acc-one-for-all", right.sum(dim=0))
    yield Variant("sum-for-mean", "acc-rows-mean", right / len(right))
    yield Variant("acc-first-round", "acc-first-round", right[:1])
    yield Variant("acc-only-last", "acc-only-last-row", right[-1])
