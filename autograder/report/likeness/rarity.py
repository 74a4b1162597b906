"""How rare each shingle is in a class: what many have proves nothing about two of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autograder.report.likeness.shingles import Shingles
from autograder.report.likeness.sketch import Remark, Sketch

SHARE, FEWEST, MOST = 0.05, 4, 50
"""What more than this share of the class has does not count, but at least 4 and at most 50 students may share it."""


class Rarity:
    """The rarity of the shingles and remarks of a class.

    Attributes:
        limit: the number of students up to which something counts as rare.
    """

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self.limit = int(min(max(FEWEST, SHARE * len(sketches)), MOST))
        every = np.concatenate([np.zeros(0, np.uint64), *(sketch.keys for sketch in sketches)])
        self._keys, self._owners = np.unique(every, return_counts=True)
        # As in the inverse document frequency: the rarer, the more it counts.
        weights = np.log((len(sketches) + 1) / np.maximum(self._owners, 1))
        self._weights = np.where(self._owners <= self.limit, weights, 0.0)
        self._remarks = Counter(remark for sketch in sketches for remark in sketch.remarks)

    def weights(self, keys: Shingles) -> NDArray[np.float64]:
        """What each shingle counts; 0 for what too many have."""
        return np.asarray(self._weights[np.searchsorted(self._keys, keys)], np.float64)

    def shared(self, keys: Shingles) -> NDArray[np.bool_]:
        """Which of the shingles are rare, and not one student's alone."""
        owners = self._owners[np.searchsorted(self._keys, keys)]
        return np.asarray((owners >= 2) & (owners <= self.limit), np.bool_)

    def rare(self, remark: Remark) -> bool:
        """Whether few enough have the same comment, string or name."""
        return self._remarks[remark] <= self.limit
