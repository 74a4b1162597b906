"""The check of two gradients by autograd: with respect to a leaf, and to a value on the way."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import kind_of
from gradlab.check.variants import Variant, agree

_PAIR = 2


@announced
def both_gradients(function: Function, *, count: int = 5, width: int = 3) -> None:
    """Check a function ``(x, w, t)`` that gives ∂L/∂w and ∂L/∂h for h = tanh(x w), L = mean((h − t)²).

    Args:
        function: the student's.
        count: rows of x.
        width: columns of x.

    Raises:
        NotYet: one of the gradients is missing or wrong.
    """
    require_callable(function)
    x = torch.randn(count, width, dtype=torch.float64)
    w, t = torch.randn(width, dtype=torch.float64), torch.randn(count, dtype=torch.float64)
    given = w.clone()
    result = call(function, x.clone(), given, t.clone())
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    # A subclass of list may tell one length and give another number of items.
    parts: list[object] = list(result) if issubclass(type(result), tuple | list) else []  # type: ignore[call-overload]
    if len(parts) != _PAIR:
        raise not_yet("two-gradients", "two-gradients", kind=kind_of(result))
    towards_weights, towards_hidden = parts
    if towards_hidden is None:
        raise not_yet("grad-of-intermediate", "hidden-none")
    if towards_weights is None:
        raise not_yet("graph-cut", "weights-none")
    hidden = torch.tanh(x @ w)
    slopes = 2 / count * (hidden - t)
    agree(towards_hidden, slopes, _hidden_mistakes(x, w, t), given="the gradient towards h", shape=(count,))
    expected = x.T @ (slopes * (1 - hidden**2))
    agree(towards_weights, expected, _weight_mistakes(x, w, t), given="the gradient towards w", shape=(width,))
    require_unchanged("`w`", w, given)
    if given.requires_grad:
        raise not_yet("changed-argument", "changed-watching", name="`w`")


def _hidden_mistakes(x: torch.Tensor, w: torch.Tensor, t: torch.Tensor) -> Iterator[Variant]:
    hidden = torch.tanh(x @ w)
    right = 2 / len(x) * (hidden - t)
    yield Variant("sum-for-mean", "layer-sum", right * len(x), {"count": len(x)})
    yield Variant("two-gradients", "layer-swapped", x.T @ (right * (1 - hidden**2)))
    yield Variant("other-variable", "layer-before-tanh", right * (1 - hidden**2))


def _weight_mistakes(x: torch.Tensor, w: torch.Tensor, t: torch.Tensor) -> Iterator[Variant]:
    hidden = torch.tanh(x @ w)
    right = 2 / len(x) * (hidden - t)
    yield Variant("missing-inner-derivative", "layer-no-bend", x.T @ right)
    yield Variant("backward-twice", "layer-doubled", 2 * x.T @ (right * (1 - hidden**2)))
