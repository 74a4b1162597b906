"""How many starts end where."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradlab.basins.descents import Basins
from gradlab.landscape import minimum

NUMBERED = ((1, -1), (1, 0), (0, -1), (2, -1), (1, -2), (0, 0))
"""The valleys of the five minima inside the square, in the order of lab 06, and that of the one on its border."""
_CODES = 256 * 256


@dataclass(frozen=True)
class Share:
    """A valley and those who end in it.

    Attributes:
        valley: its numbers along x₁ + x₂ and x₁ − x₂.
        place: its lowest point.
        share: of all starts, from 0 to 1.
    """

    valley: tuple[int, int]
    place: tuple[float, float]
    share: float


def shares(basins: Basins) -> list[Share]:
    """The valleys in which descents end: first the six of the square in the order of the lab, then others by share."""
    # Counted in a table: to sort 16.8 million pairs takes seconds.
    counts = np.bincount(_codes(basins.valleys).ravel(), minlength=_CODES)
    found = np.flatnonzero(counts)
    parts = {(int(code) // 256 - 128, int(code) % 256 - 128): int(counts[code]) / int(counts.sum()) for code in found}
    others = sorted(parts.keys() - set(NUMBERED), key=lambda key: (-parts[key], key))
    return [Share(key, _place(key), parts.get(key, 0.0)) for key in (*NUMBERED, *others)]


def numbers(basins: Basins, among: list[Share]) -> npt.NDArray[np.int8]:
    """For each start the place of its valley in a list that holds all of them: (n, n)."""
    table = np.zeros(_CODES, dtype=np.int8)
    table[_codes(np.array([share.valley for share in among]))] = np.arange(len(among))
    found: npt.NDArray[np.int8] = table[_codes(basins.valleys)]
    return found


def _codes(valleys: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    """One number from 0 on for each pair of numbers of valleys, (…, 2), int8: (…)."""
    keys = valleys.astype(np.int32) + 128
    codes: npt.NDArray[np.int32] = keys[..., 0] * 256 + keys[..., 1]
    return codes


def _place(valley: tuple[int, int]) -> tuple[float, float]:
    first, second = minimum(np.array(valley, dtype=np.float64))
    return float(first), float(second)
