"""Values that nobody could have expected, of another one's kind: an object that is equal to all of them lies."""

import secrets
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

_MANY = 12
_FEW = 4
_MOST_ITEMS = 50
_BITS = 50
_FARTHEST = 50


class Opaque:
    """An object of a class that no student code knows."""


def made_up_values(other: Any) -> list[list[object]]:  # noqa: ANN401 - any value
    """Groups of values of another one's kind: some far from it, some near.

    A class of remainders is honestly equal to some of them; an object that is equal to a whole group was made to be.
    """
    if type(other) in (list, tuple) and other:
        if len(other) > _MOST_ITEMS:
            return [[type(other)([Opaque()])]]
        # Of the same length, with items of the same kinds.
        items = [_groups(item, _FEW) for item in other]
        groups = [
            [type(other)(column) for column in zip(*(group[number] for group in items), strict=True)]
            for number in range(2)
            if all(len(group) == 2 for group in items)
        ]
        return groups or [[type(other)([Opaque()])]]
    if isinstance(other, (np.ndarray, torch.Tensor)):
        if not isinstance(other, torch.Tensor) and other.dtype.kind not in "iuf":
            return []
        return [[other * 0 + secrets.randbits(_BITS) for _ in range(_FEW)], [other + _step() for _ in range(_FEW)]]
    return _groups(other, _MANY)


def _groups(other: Any, count: int) -> list[list[object]]:  # noqa: ANN401 - any value
    makers: list[Callable[[], object]] = []
    if type(other) is int:
        makers = [lambda: secrets.randbits(_BITS), lambda: other + _step() * secrets.choice((1, -1))]
    elif type(other) is float:
        makers = [lambda: float(secrets.randbits(_BITS)), lambda: other + _step() * secrets.choice((1, -1))]
    elif type(other) in (str, bytes):
        makers = [lambda: _word(other, 2 * _FEW), lambda: _word(other, max(len(other), _FEW))]
    if makers:
        return [[make() for _ in range(count)] for make in makers]
    for base in (list, tuple, set, frozenset):
        if type(other) is base:
            return [[base([Opaque()])]]
    return [[{Opaque(): Opaque()}]] if type(other) is dict else []


def _step() -> int:
    return 1 + secrets.randbelow(_FARTHEST)


def _word(other: Any, length: int) -> object:  # noqa: ANN401 - a text or bytes
    word = secrets.token_hex(length)[:length]
    return word if isinstance(other, str) else word.encode()
