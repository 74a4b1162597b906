"""The check of what the inputs say about training: the largest learning rate and the condition number."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_05_descent.draws import generator
from gradlab.check.values import kind_of, numbers, require_finite, require_shape, rounded

_TOLERANCE = 1e-3
Guess = tuple[str, str, float]


@announced
def stable_rate(function: Function, *, count: int = 7) -> None:
    """Check a function ``limits(x)`` that returns 2/λmax and the condition number for the squared error of a line.

    Args:
        function: the student's: inputs (n,) → two numbers.
        count: how many inputs to draw.

    Raises:
        NotYet: one of the two is not right.
    """
    require_callable(function)
    draw = generator()
    x = draw.uniform(0.7, 1.5) + draw.uniform(0.6, 1.2) * draw.permuted(torch.linspace(-1, 1, count).double().numpy())
    given = x.copy()
    result = call_plain(function, given)
    if result is not None and not issubclass(type(result), tuple | list) and numbers(result).numel() != 2:
        raise not_yet("wrong-kind", "limits-pair", kind=kind_of(result))
    found = numbers(result)
    found = found.reshape(2) if found.shape == (2, 1) else found
    require_shape(found, (2,), (count,))
    require_finite(found)
    require_unchanged("`x`", torch.from_numpy(x), torch.from_numpy(given))
    table = torch.stack([torch.from_numpy(x), torch.ones(count, dtype=torch.float64)], dim=1)
    low, high = torch.linalg.eigvalsh(2 * table.T @ table / count).tolist()
    rate, condition = found.tolist()
    if _near(rate, high / low) and _near(condition, 2 / high):
        raise not_yet("results-swapped", "limits-swapped")
    _require(rate, 2 / high, _rates(low, high, table, count), "limits-rate")
    _require(condition, high / low, _conditions(low, high), "limits-condition")


def _near(value: float, wanted: float) -> bool:
    one, other = (torch.tensor([number], dtype=torch.float64) for number in (value, wanted))
    return close(one, other, _TOLERANCE)


def _require(value: float, wanted: float, guesses: Iterator[Guess], sight: str) -> None:
    if _near(value, wanted):
        return
    for explanation, seen, number in guesses:
        if _near(value, number):
            raise not_yet(explanation, seen)
    raise not_yet("wrong-limit", sight, percent=rounded(100 * abs(value / wanted - 1)))


def _rates(low: float, high: float, table: torch.Tensor, count: int) -> Iterator[Guess]:
    squares = float((table[:, 0] ** 2).mean())
    yield "other-curvature", "limits-least-curved", 2 / low
    yield "other-curvature", "limits-half", 1 / high
    yield "other-curvature", "limits-eigenvalue", high
    yield "bias-left-out", "limits-one-parameter", 1 / squares
    yield "sum-for-mean", "limits-summed", 2 / (count * high)
    yield "constant-factor", "limits-no-two", 4 / high
    yield "sum-for-mean", "limits-summed", 4 / (count * high)
    yield "other-curvature", "limits-trace", 2 / (low + high)
    yield "other-curvature", "limits-both", 2 / (high**2)
    yield "other-curvature", "limits-singular", 2 / float(torch.linalg.svdvals(table)[0])


def _conditions(low: float, high: float) -> Iterator[Guess]:
    yield "other-condition", "limits-upside-down", low / high
    yield "condition-of-table", "limits-root", (high / low) ** 0.5
    yield "other-condition", "limits-largest", high
    yield "other-condition", "limits-product", high * low
    yield "other-condition", "limits-difference", high - low
    yield "bias-left-out", "limits-one-parameter", 1.0
    yield "other-condition", "limits-squared", (high / low) ** 2
