"""How hard an exercise is, and how well it tells students apart: the figures of classical test theory."""

from collections.abc import Sequence
from statistics import StatisticsError, correlation

FEWEST_FOR_DISCRIMINATION = 15
"""Submissions below which a correlation says more about chance than about an exercise."""


def facility(shares: Sequence[float]) -> float | None:
    """The facility of an exercise: the mean share of its points; the smaller, the harder.

    Args:
        shares: each submission's share of the points, 0 to 1.

    Returns:
        The mean, 0 to 1; None if there is no submission.
    """
    return sum(shares) / len(shares) if shares else None


def discrimination(points: Sequence[float], rests: Sequence[float]) -> float | None:
    """The discrimination of an exercise: Pearson's correlation of its points with the points in all the others.

    The exercise's own points are left out of what it is compared with (the *corrected* item–total correlation);
    otherwise each exercise would agree with itself.

    Args:
        points: each submission's points in the exercise.
        rests: the same submissions' points in all other exercises.

    Returns:
        −1 to 1; None if there are fewer submissions than `FEWEST_FOR_DISCRIMINATION`, or all of them are alike.
    """
    if len(points) < FEWEST_FOR_DISCRIMINATION:
        return None
    try:
        return max(-1.0, min(1.0, correlation(points, rests)))
    except StatisticsError:
        return None


def quantile(numbers: Sequence[float], share: float) -> float | None:
    """The number below which a share of all numbers lies (the nearest rank); None if there are none."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
