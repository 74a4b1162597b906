"""Whether a call takes as long as a Python loop over the points would."""

import time
from collections.abc import Callable

_REPEATS = 5
# A unit is short, so that a busy machine may delay several in a row; the more it is repeated, the truer it is.
_UNIT_REPEATS = 12
_LARGEST_RATIO = 10.0


def shortest_time(call: Callable[[], object]) -> float:
    """The shortest time in seconds that a call takes, of a few: what a busy machine adds is left out."""
    return min(_seconds(call) for _ in range(_UNIT_REPEATS))


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def ratio_of_a_loop(call: Callable[[], object], unit: float) -> float | None:
    """Say whether a call on thousands of points takes as long as only a loop does.

    A loop takes hundreds of times as long as one tensor operation on all the points. A busy machine can delay a call,
    so it is repeated, and one quick call is enough.

    Args:
        call: makes the call on many points; it has run on some before, so that nothing that happens only once counts.
        unit: seconds that tensor operations take to do the same, by `shortest_time`.

    Returns:
        How many units the quickest call took, or None if it is not like a loop.
    """
    ratio = float("inf")
    for _ in range(_REPEATS):
        ratio = min(ratio, _seconds(call) / unit)
        if ratio < _LARGEST_RATIO:
            return None
    return ratio
