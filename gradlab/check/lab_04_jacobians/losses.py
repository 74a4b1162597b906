"""The check of the gradient of a loss with respect to the weights, pulled back from the predictions."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_unchanged, require_unwatched
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import complains
from gradlab.check.lab_04_jacobians import probes
from gradlab.check.lab_04_jacobians.slopes import Tellers, jacobian, slopes
from gradlab.check.values import numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


def _bound(function: Function, w: Tensor, y: Tensor, model: Function) -> object:
    return function(model, w, y)


@announced
def loss_gradient(function: Function) -> None:
    """Check a function ``weight_gradient(model, w, y)``: the gradient of the mean squared error, shape (m,).

    Raises:
        NotYet: it differs, or takes more than one backward pass.
    """
    require_callable(function)
    for count, weights in ((3, 3), (5, 3), (2, 4)):
        features = torch.rand(count, weights, dtype=torch.float64).tolist()
        model, counted, narrow, *telling = (
            functools.partial(f, features=features)
            for f in (
                probes.predictions,
                probes.counted_predictions,
                probes.narrow_predictions,
                probes.watching_predictions,
                probes.keeping_predictions,
                probes.refusing_predictions,
            )
        )
        tellers = Tellers(*telling)
        w = 0.4 + torch.rand(weights, dtype=torch.float64)
        # Some predictions are too large and some too small: signs must count.
        y = model(w) + (0.5 + torch.rand(count, dtype=torch.float64)) * (-1.0) ** torch.arange(count)
        given, targets = w.clone(), y.clone()
        run = functools.partial(_bound, function, given, targets)
        table, error = jacobian(model, w), model(w) - y
        expected = table.T @ (2 / count * error)
        agree(
            slopes(run, model, tellers),
            expected,
            _mistakes(table, error, w),
            given="random weights",
            shape=tuple(w.shape),
        )
        require_unchanged("`w`", w, given)
        require_unwatched("`w`", given)
        require_unchanged("`y`", y, targets)
        numbers_of_passes = torch.arange(1, count + 1, dtype=torch.float64)
        if close(numbers(slopes(run, counted, tellers)), table.T @ (2 / count * error * numbers_of_passes)):
            raise not_yet("jac-built", "jac-built")
        if complains(run, narrow) == probes.WIDE:
            raise not_yet("jac-built", "jac-batched")


def _mistakes(table: Tensor, error: Tensor, w: Tensor) -> Iterator[Variant]:
    count = len(error)
    if count == len(w):
        yield Variant("jvp-for-vjp", "jac-pushed", table @ (2 / count * error))
    yield Variant("jac-tuple", "jac-tuple", (table.T @ (2 / count * error))[None])
    yield Variant("sum-for-mean", "jac-loss-sum", table.T @ (2 * error))
    yield Variant("sum-for-mean", "jac-over-weights", table.T @ (2 * error) / len(w))
    yield Variant("jac-two", "jac-two", table.T @ error / count)
    yield Variant("jac-two", "jac-two-sum", table.T @ error)
    yield Variant("jac-two", "jac-four", table.T @ error * 4 / count)
    yield Variant("jac-ones", "jac-ones", table.sum(0))
    yield Variant("jac-ones", "jac-ones", table.mean(0))
    yield Variant("jac-loss-values", "jac-loss-values", table.T @ error**2)
    yield Variant("jac-loss-values", "jac-loss-values", table.T @ (error**2 / count))
    yield Variant("jac-whole", "jac-whole", table)
    yield Variant("jac-unsummed", "jac-unsummed", (2 / count * error)[:, None] * table)
    yield Variant("jac-stopped", "jac-stopped", 2 / count * error)
