"""The record in which a mistake is explained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """What a student is told about a mistake, whatever the numbers were.

    Attributes:
        title: the mistake in a few words; it completes "Not yet: …".
        cause: the likely cause, in general terms.
        look: what to look at next; never the answer.
    """

    title: str
    cause: str
    look: str
