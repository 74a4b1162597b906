"""The check of an operation with a backward rule of its own: x · sigmoid(x) (find-bug)."""

from collections.abc import Iterator
from typing import Any

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.values import is_tensor, kind_of

Tensor = torch.Tensor

_COUNT = 4


@announced
def rule(function: Function) -> None:
    """Check a function ``swish(x)``: x · sigmoid(x) for each number of x, and the gradient that it pulls back.

    Raises:
        NotYet: a value or a gradient differs, or there is no gradient.
    """
    require_callable(function)
    x = torch.randn(_COUNT, dtype=torch.float64)
    sigma = torch.sigmoid(x)
    leaf = x.clone().requires_grad_()
    y: Any = call(function, leaf)
    given = words.FRAGMENTS["random-point"]
    agree(y, x * sigma, [KnownMistake("rule-value", "rule-sigmoid", sigma)], given=given, shape=(_COUNT,))
    if not is_tensor(y):
        raise not_yet("graph-cut", "rule-kind", kind=kind_of(y))
    if not y.requires_grad:
        raise not_yet("forward-untracked", "rule-untracked")
    # All numbers of v differ, and none of them is 1: what a rule makes of v must show.
    v = 2 + torch.rand(_COUNT, dtype=torch.float64)
    v[::2] *= -1
    with errors_refused():
        found = torch.autograd.grad(y, leaf, v, allow_unused=True)[0]
    if found is None:
        raise not_yet("rule-none", "rule-none")
    slope = sigma + x * sigma * (1 - sigma)
    agree(found, v * slope, _mistakes(x, sigma, v), given=words.FRAGMENTS["random-point-and-v"], shape=(_COUNT,))


def _mistakes(x: Tensor, sigma: Tensor, v: Tensor) -> Iterator[KnownMistake[Tensor]]:
    slope, plus = sigma + x * sigma * (1 - sigma), sigma + x * sigma * (1 + sigma)
    yield KnownMistake("rule-ignores-arriving", "rule-ignores-arriving", slope)
    yield KnownMistake("rule-ignores-arriving", "rule-both-left", plus)
    yield KnownMistake("rule-ignores-arriving", "rule-summed", v.sum() * slope)
    yield KnownMistake("rule-ignores-arriving", "rule-added", v + slope)
    yield KnownMistake("rule-half-repaired", "rule-plus", v * plus)
    yield KnownMistake("rule-product", "rule-first-only", v * sigma)
    yield KnownMistake("rule-product", "rule-second-only", v * x * sigma * (1 - sigma))
    yield KnownMistake("rule-product", "rule-x-missing", v * (sigma + sigma * (1 - sigma)))
    yield KnownMistake("rule-product", "rule-precedence", v * sigma + x * sigma * (1 - sigma))
    yield KnownMistake("rule-product", "rule-precedence", sigma + v * x * sigma * (1 - sigma))
    yield KnownMistake("value-as-rule", "value-as-rule", v * x * sigma)
    yield KnownMistake("value-as-rule", "value-as-rule", x * sigma)
