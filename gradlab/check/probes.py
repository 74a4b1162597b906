"""Functions that a check passes to a student's function in place of f, to learn how it is used.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

from collections.abc import Sequence
from typing import NoReturn

import torch

ALARM = "gradlab: the backward pass has begun"


def _refuse(_gradient: torch.Tensor) -> NoReturn:
    raise RuntimeError(ALARM)


def alarm(x: torch.Tensor) -> torch.Tensor:
    """The sum of each point; going backward through it raises RuntimeError with `ALARM` as its message."""
    y = x.sum(-1)
    if y.requires_grad:
        y.register_hook(_refuse)  # type: ignore[no-untyped-call]
    return y


def watching_point(x: torch.Tensor) -> torch.Tensor:
    """The sum of each point, which keeps `.grad` on x even if x is no leaf."""
    if x.requires_grad:
        x.retain_grad()
    return x.sum(-1)


def counting_rows(x: torch.Tensor) -> torch.Tensor:
    """Values whose gradient counts the points of one call: (n, d) → (n,) with gradient n, (d,) → () with gradient 1."""
    return x.sum(-1) * (len(x) if x.ndim > 1 else 1)


def bowl(x: torch.Tensor, matrix: Sequence[Sequence[float]], centre: Sequence[float]) -> torch.Tensor:
    """½ (x − c)ᵀ A (x − c) plus a little of the fourth power, which curves nothing at c: (…, d) → (…)."""
    away = x - torch.tensor(centre, dtype=x.dtype, device=x.device)
    curved = away @ torch.tensor(matrix, dtype=x.dtype, device=x.device)
    return (curved * away).sum(-1) / 2 + (away**4).sum(-1) / 24
