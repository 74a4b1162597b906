"""What one attack is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A dishonest submission to the small lab.

    Attributes:
        name: what is tried.
        answers: id of the exercise → what stands in its cell. None of these exercises may earn a point.
        spoils: whether the other exercises, which are answered rightly, may suffer from it.
    """

    name: str
    answers: Mapping[str, str]
    spoils: bool = False


def attack(name: str, *, spoils: bool = False, **answers: str) -> Attack:
    """Make an attack from the cells in which it stands."""
    return Attack(name, answers, spoils)
