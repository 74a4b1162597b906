"""The parents of a value in a student's engine, which count how often they are read."""

from collections.abc import Iterator
from typing import Any

TOO_MANY_READS = "gradlab: the parents of one value are read again and again"
_MOST_READS = 2_000
"""Enough to look at each of some forty values once for each of them; a walk along every path reads without end."""
DOUBLINGS = 40
"""How often a value is added to itself: so many values, and two to that power ways through them."""


class CountedParents(tuple[object, ...]):
    """The parents of a value; raises RuntimeError with `TOO_MANY_READS` as its message if they are read too often."""

    _reads = 0

    def __iter__(self) -> Iterator[object]:
        self._count()
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as a tuple has it
        self._count()
        return super().__getitem__(index)

    def _count(self) -> None:
        self._reads += 1
        if self._reads > _MOST_READS:
            raise RuntimeError(TOO_MANY_READS)
