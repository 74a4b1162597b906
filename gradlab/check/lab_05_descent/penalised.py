"""The check of a squared error with a penalty on the weights (penalised)."""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.values import is_tensor, kind_of, numbers, require_shape

_CASES = 3
_EXAMPLES = 5


@announced
def penalised_loss(function: Function, *, features: int = 3) -> None:
    """Check a function ``penalised(theta, x, y, strength)``: mean squared error plus strength times Σ w².

    Args:
        function: the student's: parameters (d + 1,) with the bias last, inputs (n, d), targets (n,), a number → ().
        features: d.
    """
    require_callable(function)
    x = torch.randn(_EXAMPLES, features, dtype=torch.float64) + 0.5
    y = 2 * torch.randn(_EXAMPLES, dtype=torch.float64)
    strength = 0.5 + float(torch.rand((), dtype=torch.float64))
    points = 0.5 + 1.5 * torch.rand(_CASES, features + 1, dtype=torch.float64)
    found = []
    for point in points:
        theta = point.clone().requires_grad_()
        result = call(function, theta, x.clone(), y.clone(), strength)
        value = numbers(result)
        require_shape(value, (), x.shape)
        if not is_tensor(result):
            raise not_yet("graph-cut", "plain-number", kind=kind_of(result))
        found.append(value)
    given = words.FRAGMENTS["random-examples-with-d"].format(count=_EXAMPLES, features=features)
    values, penalty = _parts(points, x, y)
    agree(torch.stack(found), values + strength * penalty, _mistakes(points, x, y, strength), given=given)
    _check_slope(result, theta, x, y, strength)


def _check_slope(result: object, theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor, strength: float) -> None:
    """Compare what comes back to the parameters of the last call."""
    if not getattr(result, "requires_grad", False):
        raise not_yet("graph-cut", "untracked")
    with errors_refused():
        (slope,) = torch.autograd.grad(result, theta, allow_unused=True)  # type: ignore[call-overload]
    point = theta.detach().clone().requires_grad_()
    values, penalty = _parts(point.unsqueeze(0), x, y)
    (wanted,) = torch.autograd.grad((values + strength * penalty).sum(), point)
    if slope is None:
        raise not_yet("graph-cut", "untracked")
    if not torch.allclose(slope.to(torch.float64), wanted, rtol=1e-3, atol=1e-3 * float(wanted.abs().max())):
        raise not_yet("data-attribute", "penalty-slope")


def _parts(points: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean squared error and sum of the squared weights, one each for every row of points."""
    residual = points[:, :-1] @ x.T + points[:, -1:] - y
    return (residual**2).mean(dim=1), (points[:, :-1] ** 2).sum(dim=1)


def _mistakes(
    points: torch.Tensor, x: torch.Tensor, y: torch.Tensor, strength: float
) -> Iterator[KnownMistake[torch.Tensor]]:
    values, penalty = _parts(points, x, y)
    predicted = points[:, :-1] @ x.T + points[:, -1:]
    bias = points[:, -1] ** 2
    count, features = x.shape
    table = ((predicted[:, :, None] - y) ** 2).mean(dim=(1, 2))
    first = points[:, :1] ** 2
    for errors, broadcast in ((values, False), (table, True)):
        name, observation = (
            ("broadcast-residual", "penalty-table") if broadcast else ("regularises-bias", "penalty-bias")
        )
        if broadcast:
            yield KnownMistake(name, observation, errors + strength * penalty)
        yield KnownMistake(name, observation, errors + strength * bias)
        yield KnownMistake(name, observation, errors + strength * (points[:, 1:] ** 2).sum(dim=1))
    yield KnownMistake("penalty-on-all", "penalty-all", values + strength * (penalty + bias))
    yield KnownMistake("sum-for-mean", "penalty-errors-summed", values * count + strength * penalty)
    yield KnownMistake("sum-for-mean", "penalty-averaged", values + strength * penalty / features)
    yield KnownMistake("sum-for-mean", "penalty-averaged", values + strength * penalty / count)
    yield KnownMistake("sum-for-mean", "penalty-per-example", values + strength * penalty * count)
    yield KnownMistake("other-penalty", "penalty-missing", values)
    yield KnownMistake("other-penalty", "penalty-strength", values + penalty)
    yield KnownMistake("other-penalty", "penalty-root", values + strength * penalty.sqrt())
    yield KnownMistake("other-penalty", "penalty-absolute", values + strength * points[:, :-1].abs().sum(dim=1))
    yield KnownMistake("other-penalty", "penalty-sum-squared", values + strength * points[:, :-1].sum(dim=1) ** 2)
    yield KnownMistake("other-penalty", "penalty-first", values + strength * first.squeeze(1))
    yield KnownMistake("other-penalty", "penalty-negative", values - strength * penalty)
    yield KnownMistake("other-penalty", "penalty-half", values + strength * penalty / 2)
    yield KnownMistake(
        "bias-left-out", "penalty-no-bias", ((points[:, :-1] @ x.T - y) ** 2).mean(1) + strength * penalty
    )
