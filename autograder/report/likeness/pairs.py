"""How alike two submissions are, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.likeness.candidates import FEWEST_REMARKS
from autograder.report.likeness.rarity import Rarity
from autograder.report.likeness.shingles import Shingles
from autograder.report.likeness.sketch import Remark, Sketch

ALIKE = 0.6
"""The share of the rare text of the shorter submission that makes a pair alike."""
ALIKE_EXERCISE = 0.9
"""The same for a single long exercise."""
FEWEST = 60
"""Rare shingles that two must share: about eight lines."""

_SAME_MISTAKE = 2.0
_SHOWN_REMARKS = 8


@dataclass(frozen=True)
class Common:
    """What two submissions have in common in one exercise.

    Attributes:
        exercise: the grade id.
        likeness: the share of the rare text of the shorter answer that the other has, too, 0 to 1.
        diagnosis: what was diagnosed in both answers; None unless both are wrong in the same way.
    """

    exercise: str
    likeness: float
    diagnosis: str | None


@dataclass(frozen=True)
class Pair:
    """Two submissions that are alike.

    Attributes:
        first: a student.
        second: another one, later in the order of names.
        likeness: the share of the rare text of the shorter submission that the other has, too, 0 to 1.
        strength: how much rare text that is; what is wrong in the same way counts twice.
        exercises: where they are alike, in the lab's order.
        remarks: the rare comments, strings and names that both have, the longest first; some of them.
    """

    first: str
    second: str
    likeness: float
    strength: float
    exercises: tuple[Common, ...]
    remarks: tuple[Remark, ...]


def compared(one: Sketch, other: Sketch, exercises: Sequence[str], rarity: Rarity) -> Pair | None:
    """Compare two submissions.

    Args:
        one: a submission.
        other: another one.
        exercises: the grade ids of the lab's exercises, in order.
        rarity: what counts in this class.

    Returns:
        What they have in common; None if they are not alike, or have too little text of their own to say so.
    """
    common = shared_keys(one, other)
    weights = rarity.weights(common)
    where = one.places[np.searchsorted(one.keys, common)]
    shared = np.bincount(where, weights, len(exercises)).astype(float)
    totals = [np.bincount(each.places, rarity.weights(each.keys), len(exercises)) for each in (one, other)]
    least = np.minimum(*totals)
    amounts = np.bincount(where[weights > 0], minlength=len(exercises))
    same = [_same_mistake(one, other, exercise) for exercise in exercises]
    factors = np.array([_SAME_MISTAKE if diagnosis else 1.0 for diagnosis in same])
    whole = min(float(total @ factors) for total in totals)
    likeness = float(shared @ factors) / whole if whole else 0.0
    alone = np.divide(shared, least, out=np.zeros_like(shared), where=least > 0)
    remarks = sorted(filter(rarity.rare, one.remarks & other.remarks), key=lambda remark: (-len(remark[1]), remark))
    told = sum(kind != "name" for kind, _ in remarks)
    alike = (
        (likeness >= ALIKE and amounts.sum() >= FEWEST)
        or bool(np.any((alone >= ALIKE_EXERCISE) & (amounts >= FEWEST)))
        or told >= FEWEST_REMARKS
    )
    if not alike:
        return None
    return Pair(
        first=one.student,
        second=other.student,
        likeness=min(1.0, likeness),
        strength=float(shared @ factors),
        exercises=tuple(
            Common(exercise, min(1.0, float(alone[place])), same[place])
            for place, exercise in enumerate(exercises)
            if amounts[place] and alone[place] >= ALIKE
        ),
        remarks=tuple(remarks[:_SHOWN_REMARKS]),
    )


def shared_keys(one: Sketch, other: Sketch) -> Shingles:
    """The shingles that both have in the same exercise, sorted."""
    return np.intersect1d(one.keys, other.keys, assume_unique=True)


def _same_mistake(one: Sketch, other: Sketch, exercise: str) -> str | None:
    missed = one.missed.get(exercise)
    return missed if missed is not None and missed == other.missed.get(exercise) else None
