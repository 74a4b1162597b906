"""Runs of tokens as numbers, so that sets of them can be compared fast."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.report.likeness.tokens import Token

LENGTH = 8
"""Tokens of a shingle: about a line of code."""

Shingles = NDArray[np.uint64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)


def shingles(tokens: Sequence[Token]) -> Shingles:
    """The number of each run of `LENGTH` tokens, in their order: the same run has the same number everywhere.

    Returns:
        An array of uint64, shape (len(tokens) − LENGTH + 1,), or (0,) if there are too few tokens.
    """
    amount = len(tokens) - LENGTH + 1
    if amount < 1:
        return np.zeros(0, np.uint64)
    numbers = np.array([_number(token.text) for token in tokens], np.uint64)
    run = np.zeros(amount, np.uint64)
    for place in range(LENGTH):
        run = run * _FACTOR + numbers[place : place + amount]
    return _mixed(run)


def within(numbers: Shingles, place: int) -> Shingles:
    """Shingles of one exercise as numbers of their own: the same run elsewhere is another one."""
    return _mixed(numbers + np.array([place + 1], np.uint64) * _FACTOR)


def _mixed(numbers: NDArray[Any]) -> Shingles:
    mixed = (numbers ^ (numbers >> _HALF)) * _MIXER
    return np.asarray(mixed ^ (mixed >> _HALF), np.uint64)


@lru_cache(maxsize=65_536)
def _number(text: str) -> int:
    # Python's own hash of a text is another one in each process.
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
