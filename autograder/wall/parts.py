"""The parts of a test's own object of which student code may change some: the columns of a frame, attributes.

A function that adds a column must not also choose the columns from which the test computes what it expects.
"""

import sys
from typing import Any

from autograder.wall.digests import digest
from autograder.wall.instances import attributes_of
from autograder.wall.registry import find_kind

ATTRIBUTE = "attribute "
"""What the name of a part begins with that is an attribute."""
_ROWS = "rows"
_ORDER = "order of columns"


class FrameParts:
    """A frame of pandas' as it was."""

    def __init__(self, frame: Any) -> None:  # noqa: ANN401 - pandas has no types
        self._before = frame.copy()

    def changed(self, frame: Any) -> list[str]:  # noqa: ANN401 - see above
        """The columns that were there and hold something else now; "rows" if there are other rows.

        "order of columns" if those that were there are not the first ones any more.
        """
        before = self._before
        if not (before.index.equals(frame.index) and before.columns.is_unique and frame.columns.is_unique):
            return [_ROWS]
        kept = [name for name in before.columns if name in frame.columns]
        order = [_ORDER] if list(frame.columns[: len(kept)]) != kept else []
        return [*order, *(f"column {name!r}" for name in kept if not before[name].equals(frame[name]))]

    def restore(self, frame: Any, part: str) -> None:  # noqa: ANN401 - see above
        """Give a part back what it held."""
        if part == _ROWS:
            frame._update_inplace(self._before.copy())
            return
        if part == _ORDER:
            first = [name for name in self._before.columns if name in frame.columns]
            rest = [name for name in frame.columns if name not in self._before.columns]
            frame._update_inplace(frame[[*first, *rest]])
            return
        for name in self._before.columns:
            if part == f"column {name!r}":
                frame[name] = self._before[name]


class AttributeParts:
    """An object's attributes as they were."""

    def __init__(self, value: object) -> None:
        self._before = {name: (item, digest(item)) for name, item in attributes_of(value).items()}

    def changed(self, value: object) -> list[str]:
        """The attributes that were there and are something else now, or are gone."""
        now = attributes_of(value)
        return [f"{ATTRIBUTE}{name}" for name, known in self._before.items() if not _is_same(known, now, name)]

    def restore(self, value: object, part: str) -> None:
        """Give an attribute back what it was."""
        name = part.removeprefix(ATTRIBUTE)
        object.__setattr__(value, name, self._before[name][0])


def _is_same(known: tuple[object, str], now: dict[str, Any], name: str) -> bool:
    item, before = known
    return name in now and (now[name] is item or (type(now[name]) is type(item) and before == digest(now[name]) != ""))


def parts_of(value: Any) -> FrameParts | AttributeParts | None:  # noqa: ANN401 - anything that a test sends
    """The parts of an object; None if it changes as a whole."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and type(value) is pandas.DataFrame:
        return FrameParts(value)
    own = type(value).__module__ == "__main__" and find_kind(type(value)) is None
    return AttributeParts(value) if own else None
