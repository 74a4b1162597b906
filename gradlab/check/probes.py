"""Functions that a check passes to a student's function in place of f, to learn how it is used.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

from collections.abc import Sequence
from typing import NoReturn

import torch

BACKWARD_BEGUN = "gradlab: the backward pass has begun"
NOT_TRACKED = "gradlab: f was given an unwatched tensor"
CALLED = "gradlab: f was called"


def refuse_backward(_gradient: torch.Tensor) -> NoReturn:
    """A hook of a tensor: raises RuntimeError with `BACKWARD_BEGUN` as its message."""
    raise RuntimeError(BACKWARD_BEGUN)


def raises_in_backward(x: torch.Tensor) -> torch.Tensor:
    """The sum of each point; going backward through it raises RuntimeError with `BACKWARD_BEGUN` as its message."""
    y = x.sum(-1)
    if y.requires_grad:
        y.register_hook(refuse_backward)  # type: ignore[no-untyped-call]
    return y


def keeps_grad_of_point(x: torch.Tensor) -> torch.Tensor:
    """The sum of each point, which keeps `.grad` on x even if x is no leaf."""
    if x.requires_grad:
        x.retain_grad()
    return x.sum(-1)


def bowl(x: torch.Tensor, matrix: Sequence[Sequence[float]], centre: Sequence[float]) -> torch.Tensor:
    """½ (x − c)ᵀ A (x − c) plus a little of the fourth power, which curves nothing at c: (…, d) → (…)."""
    away = x - torch.tensor(centre, dtype=x.dtype, device=x.device)
    curved = away @ torch.tensor(matrix, dtype=x.dtype, device=x.device)
    return (curved * away).sum(-1) / 2 + (away**4).sum(-1) / 24


# The following take any number of tensors.


def sum_of_all(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs."""
    return torch.stack([part.sum() for part in inputs]).sum()


def keeps_grad_of_inputs(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs, which keeps `.grad` on each of them even if it is no leaf."""
    for part in inputs:
        if part.requires_grad:
            part.retain_grad()
    return sum_of_all(*inputs)


def keeps_grad_of_value(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs, which keeps its own `.grad`."""
    total = sum_of_all(*inputs)
    if total.requires_grad:
        total.retain_grad()
    return total


def raises_in_backward_of_all(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs; going backward through it raises RuntimeError with `BACKWARD_BEGUN` as its message."""
    return raises_in_backward(torch.stack([part.sum() for part in inputs]))


def raises_if_not_tracked(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs; raises RuntimeError with `NOT_TRACKED` as its message if one requires no gradient."""
    if not all(part.requires_grad for part in inputs):
        raise RuntimeError(NOT_TRACKED)
    return sum_of_all(*inputs)


def raises_if_called(*_inputs: torch.Tensor) -> torch.Tensor:
    """Raises RuntimeError with `CALLED` as its message."""
    raise RuntimeError(CALLED)
