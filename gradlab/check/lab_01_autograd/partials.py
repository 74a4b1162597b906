"""The check of both partial derivatives, and of buckets that must stay as they are."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import slopes_from
from gradlab.check.lab_01_autograd.samples import saddle
from gradlab.check.variants import Variant, agree


@announced
def partial_derivatives(function: Function, *, of: Function | None = None) -> None:
    """Check a function ``partials(f, x, y)`` that returns ∂f/∂x and ∂f/∂y and leaves ``x.grad`` and ``y.grad`` alone.

    Args:
        function: the student's: a function and two watched leaves → two numbers.
        of: f, which maps two tensors with one number each to another; by default a random one.

    Raises:
        NotYet: a slope is missing or differs, or a bucket has changed.
    """
    require_callable(function)
    f = functools.partial(saddle, factors=(0.5 + torch.rand(3)).tolist()) if of is None else of
    # Buckets that already hold something come first: whoever pours into them returns the sum.
    for filled in (True, False):
        x, y = (_leaf(filled=filled) for _ in range(2))
        buckets = [part.grad.clone() if part.grad is not None else None for part in (x, y)]
        result = slopes_from(lambda g, x=x, y=y: function(g, x, y), f)  # type: ignore[misc]
        expected = _slopes(f, x, y)
        agree(result, expected, _mistakes(f, x, y, buckets, expected), given="a random place (x, y)", kind="pair")
        if not all(_same(part.grad, before) for part, before in zip((x, y), buckets, strict=True)):
            raise not_yet("bucket-touched", "bucket-touched")


def _leaf(*, filled: bool) -> torch.Tensor:
    leaf = 0.5 + torch.rand((), dtype=torch.float64)
    if filled:
        leaf.grad = 1 + torch.rand((), dtype=torch.float64)
    return leaf.requires_grad_()


def _slopes(f: Function, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    own = [part.detach().clone().requires_grad_() for part in (x, y)]
    return torch.stack(torch.autograd.grad(f(*own), own))


def _same(now: torch.Tensor | None, before: torch.Tensor | None) -> bool:
    if now is None or before is None:
        return now is before
    return torch.equal(now, before)


def _mistakes(
    f: Function, x: torch.Tensor, y: torch.Tensor, buckets: list[torch.Tensor | None], expected: torch.Tensor
) -> Iterator[Variant]:
    if buckets[0] is not None and buckets[1] is not None:
        poured = expected + torch.stack([bucket for bucket in buckets if bucket is not None])
        yield Variant("missing-zero-grad", "bucket-poured", poured)
    yield Variant("swapped-components", "partials-swapped", expected.flip(0))
    yield Variant("total-for-partials", "partials-total", expected.sum().expand(2))
    yield Variant("total-for-partials", "partials-total", expected.sum())
    for number, name in enumerate(("x", "y")):
        yield Variant("one-partial-only", "one-partial-only", expected[number], {"name": name})
        yield Variant("one-partial-only", "one-partial-only", expected[number : number + 1], {"name": name})
        yield Variant("one-partial-only", "one-partial-twice", expected[number].expand(2), {"name": name})
        yield Variant("data-attribute", "partials-zero", expected * (torch.arange(2) != number), {"name": name})
    yield Variant("value-as-slope", "value-as-slope", f(x.detach(), y.detach()))
