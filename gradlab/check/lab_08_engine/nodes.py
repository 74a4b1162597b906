"""What a check hands to a student's engine: pull-backs and a loss. They work in the student's process.

They reach it by their qualified names, so they are plain functions of this module, and `functools.partial` binds
nothing but plain data to them.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch

Tensor = torch.Tensor

NOT_WRAPPED = "gradlab: the loss was given something else than nodes of the engine"


def weigh(g: Tensor, weights: Sequence[Sequence[float]]) -> tuple[Tensor, ...]:
    """A pull-back: each parent gets the gradient times numbers of its own."""
    return tuple(g * torch.tensor(each, dtype=torch.float64) for each in weights)


def hand_on(g: Tensor, count: int) -> tuple[Tensor, ...]:
    """The pull-back of a sum: each parent gets the gradient itself, the very same object."""
    return (g,) * count


def bowl(parameters: Sequence[Any], centres: Sequence[Any], steepness: float, floor: float) -> Any:  # noqa: ANN401 - a student's class
    """A loss of nodes of a student's engine, which ties all parameters to each other.

    With d = p − c for all numbers of all parameters it is floor + ½ · steepness · (the sum of all d² + (the sum of all
    d)² / the number of them).

    Args:
        parameters: the nodes.
        centres: for each of them where the loss is least, as nested lists.
        steepness: how strongly it rises.
        floor: its least value.
    """
    if not isinstance(parameters, list | tuple) or not all(hasattr(each, "parents") for each in parameters):
        raise RuntimeError(NOT_WRAPPED)
    away = [each.data - torch.tensor(c, dtype=torch.float64) for each, c in zip(parameters, centres, strict=True)]
    total = sum(each.sum() for each in away)
    count = sum(each.numel() for each in away)
    value = floor + steepness / 2 * (sum((each**2).sum() for each in away) + total**2 / count)
    slopes = [steepness * (each + total / count) for each in away]
    return type(parameters[0])(value, tuple(parameters), partial(pull_bowl, slopes=slopes))


def pull_bowl(g: Tensor, slopes: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The pull-back of `bowl`."""
    return tuple(g * each for each in slopes)
