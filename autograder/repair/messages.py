"""Sentences about cells. A student chooses the cells' names, so their number and length are bounded."""

from collections.abc import Iterable, Iterator

CLAIMED = "The cell {} claimed another role or other points; the released ones count."
SEVERAL = "The id {} stood on several cells; the cell that is most likely meant kept it."
DELETED = "The answer cell {} had been deleted."
REMARKABLE = (CLAIMED, SEVERAL, DELETED)
"""Repairs that a person may want to look at: a false claim, an uncertain choice, a missing answer."""

_NAMED = 5
_LONGEST_NAME = 40


def sentences_about(sentence: str, names: Iterable[str | None]) -> Iterator[str]:
    """One sentence about each of the first few cells, and how many more there are, so that no report is flooded.

    Args:
        sentence: the sentence; ``{}`` stands for the name.
        names: the names; None and empty ones are left out.
    """
    quoted = [repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…") for name in names if name]
    yield from (sentence.format(name) for name in quoted[:_NAMED])
    if len(quoted) > _NAMED:
        yield f"The same holds for {len(quoted) - _NAMED} more."


def is_remarkable(repair: str) -> bool:
    """Whether the sentence about a repair is one of `REMARKABLE`."""
    parts = (sentence.split("{}") for sentence in REMARKABLE)
    return any(repair.startswith(before) and repair.endswith(after) for before, after in parts)
