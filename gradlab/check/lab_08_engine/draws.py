"""What the checks of pull-backs share: random shapes and numbers, PyTorch's gradients, and calls."""

from collections.abc import Callable, Sequence

import torch

from gradlab.check.calls import Function, call_plain, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.values import numbers

Tensor = torch.Tensor
Shape = tuple[int, ...]

READY_MADE = ("sum_to_size",)
"""Torch's own un-broadcasting."""
_NO_FIT = ("cannot be multiplied", "must match", "size mismatch", "not broadcastable", "inconsistent tensor size")


def random_sizes(count: int, least: int = 2) -> list[int]:
    """Draw so many sizes of axes; no two are alike, so that no axis is taken for another."""
    return (torch.randperm(count + 2)[:count] + least).tolist()


def randoms(shape: Sequence[int]) -> Tensor:
    """Numbers of both signs, none of which is near 0."""
    sizes = 0.5 + torch.rand(tuple(shape), dtype=torch.float64)
    return sizes * (torch.randint(2, tuple(shape)) * 2 - 1)


def gradients_by_torch(f: Callable[..., Tensor], inputs: Sequence[Tensor], g: Tensor) -> tuple[Tensor, ...]:
    """What PyTorch pulls back through f: the gradient of each input, where the result's is g."""
    leaves = [each.detach().clone().requires_grad_() for each in inputs]
    return torch.autograd.grad(f(*leaves), leaves, g)


def pull(function: Function, g: Tensor, *inputs: Tensor, more: tuple[object, ...] = ()) -> object:
    """Call a student's pull-back with copies, with autograd switched off; refuse one that changes what it was given."""
    names = ("`g`", "`a`", "`b`")
    copies = [each.clone() for each in (g, *inputs)]
    with without(AUTOGRAD, READY_MADE):
        result = _called(function, *copies, *more)
    for name, before, after in zip(names, (g, *inputs), copies, strict=False):
        require_unchanged(name, before, after)
    return result


def _called(function: Function, *arguments: object) -> object:
    try:
        return call_plain(function, *arguments)
    except NotYet as refused:
        error = refused.__cause__
        message = "" if error is None else message_of(error)
        if isinstance(error, RuntimeError) and any(part in message for part in _NO_FIT):
            raise not_yet("shapes-do-not-fit", "error", name=type(error).__name__, message=message) from error
        raise


def pair(result: object) -> Sequence[object]:
    """Take a pair of gradients apart."""
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), tuple | list) or len(result) != 2:  # type: ignore[arg-type]
        raise not_yet("pull-pair", "pull-pair")
    parts: Sequence[object] = result  # type: ignore[assignment]
    return parts


def refuse_exchanged(found: Sequence[object], right: Sequence[Tensor]) -> None:
    """Refuse two gradients, each of which is right in the other's place."""
    try:
        values = [numbers(each) for each in found]
    except NotYet:
        return
    in_place = all(close(one, other) for one, other in zip(values, right, strict=True))
    if not in_place and all(close(one, other) for one, other in zip(values, right[::-1], strict=True)):
        raise not_yet("pull-exchanged", "pull-exchanged")
