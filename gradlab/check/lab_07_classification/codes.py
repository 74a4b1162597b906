"""The check of one-hot codes."""

from collections.abc import Iterator

import numpy as np
import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import is_array, is_tensor, numbers, require_device
from gradlab.check.variants import Variant, agree


@announced
def one_hot(function: Function, *, labels: torch.Tensor | None = None, classes: int = 4) -> None:
    """Check a function ``one_hot(labels, classes)``.

    Args:
        function: the student's: labels (…) → codes (…, classes).
        labels: what to code; by default random labels: some that lack the last class, as many as there are classes,
            and a table.
        classes: how many classes there are, if labels are given.

    Raises:
        NotYet: a code is wrong, or codes are not floating-point numbers.
    """
    require_callable(function)
    if labels is not None:
        _check(function, labels, classes)
        return
    _check(function, torch.cat([torch.tensor([0, 2, 1]), torch.randint(3, (3,))]), 5)
    _check(function, torch.cat([torch.tensor([1, 0]), torch.randint(4, (2,))]), 4)
    _check(function, torch.randint(3, (2, 4)), 3)


def codes(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """The right codes, float64, shape (…, classes)."""
    return torch.nn.functional.one_hot(labels, classes).to(torch.float64)


def _check(function: Function, labels: torch.Tensor, classes: int) -> None:
    given = labels.clone()
    result = call(function, given, classes)
    found, right = numbers(result), codes(labels, classes)
    if found.shape == labels.shape == (classes,):
        raise not_yet("broadcast-residual", "class-paired", count=classes)
    smaller = int(labels.max()) + 1
    if found.shape == (*labels.shape, smaller) != right.shape:
        raise not_yet("class-counted", "class-counted", classes=classes, seen=smaller)
    agree(result, right, _mistakes(labels, right), given="random labels", shape=tuple(labels.shape))
    if not _floating(result):
        raise not_yet("class-integer-codes", "class-integer-codes", dtype=getattr(result, "dtype", "int"))
    require_device(result, labels)
    require_unchanged("`labels`", labels, given)


def _mistakes(labels: torch.Tensor, right: torch.Tensor) -> Iterator[Variant]:
    if labels.ndim == 1:
        rows = torch.isin(torch.arange(len(labels)), labels).to(torch.float64)
        yield Variant("class-rows-marked", "class-rows-marked", rows[:, None].expand_as(right))
        yield Variant("broadcast-residual", "class-all-marked", right.amax(0).expand_as(right))
    yield Variant("class-transposed", "class-transposed", right.movedim(-1, 0))
    yield Variant("wrong-coefficient", "class-complement", 1 - right)
    for shift, lost in ((1, 0), (-1, -1)):
        moved = right.roll(shift, dims=-1)
        yield Variant("class-shifted", "class-shifted", moved.clone())
        moved[..., lost] = 0
        yield Variant("class-shifted", "class-shifted", moved)


def _floating(result: object) -> bool:
    if is_tensor(result):
        return bool(result.dtype.is_floating_point)  # type: ignore[attr-defined]
    return not is_array(result) or np.asarray(result).dtype.kind == "f"
