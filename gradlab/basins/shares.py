"""How many starts end where."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradlab.basins.descents import Basins
from gradlab.landscape import minimum

NUMBERED = ((1, -1), (1, 0), (0, -1), (2, -1), (1, -2), (0, 0))
"""The valleys of the five minima inside the square, in the order of lab 06, and that of the one on its border."""


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
    found, counts = np.unique(basins.valleys.reshape(-1, 2), axis=0, return_counts=True)
    total = int(counts.sum())
    parts = {
        (int(first), int(second)): int(count) / total for (first, second), count in zip(found, counts, strict=True)
    }
    others = sorted(parts.keys() - set(NUMBERED), key=lambda key: (-parts[key], key))
    return [Share(key, _place(key), parts.get(key, 0.0)) for key in (*NUMBERED, *others)]


def numbers(basins: Basins, among: list[Share]) -> npt.NDArray[np.int8]:
    """For each start the place of its valley in a list that holds all of them: (n, n)."""
    keys = basins.valleys.astype(np.int16)
    coded = keys[..., 0] * 256 + keys[..., 1]
    table = {valley.valley[0] * 256 + valley.valley[1]: number for number, valley in enumerate(among)}
    codes, inverse = np.unique(coded, return_inverse=True)
    found: npt.NDArray[np.int8] = np.array([table[int(code)] for code in codes], dtype=np.int8)[inverse]
    return found.reshape(coded.shape)


def _place(valley: tuple[int, int]) -> tuple[float, float]:
    first, second = minimum(np.array(valley, dtype=np.float64))
    return float(first), float(second)
