"""What a comparison of a class's submissions found, as data.

The package `autograder.report.likeness` compares; it is optional, and a report can be written without it. These records
need none of its libraries, so that everything else may import them.
"""

from dataclasses import dataclass, field

LIBRARIES = ("datasketch", "scipy")
"""What `autograder.report.likeness` imports, and the extra ``likeness`` installs."""
NOT_COMPARED = "Near-identical submissions were not looked for: a library that this needs is not installed."
INSTALL = 'Run: pip install "gradlab[likeness]"'

FEWEST_SHARED = 60
"""Rare shingles that two submissions must share to be alike: about eight lines."""

Remark = tuple[str, str]
"""The kind ("comment", "string" or "name"), and the text."""
Segments = tuple[tuple[str, bool], ...]
"""A text in pieces: (text, whether the other student's text has it, too)."""


@dataclass(frozen=True)
class CommonExercise:
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
    exercises: tuple[CommonExercise, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Group:
    """Submissions that are alike: each is alike with at least one other of the group.

    Attributes:
        students: the students, in order of name.
        pairs: the pairs that are alike, the strongest first.
        shared: the hashes of the rare shingles that the strongest pair shares, sorted.
    """

    students: tuple[str, ...]
    pairs: tuple[Pair, ...]
    shared: tuple[int, ...] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Likeness:
    """What a comparison of a class found.

    Attributes:
        compared: how many submissions were compared.
        limit: text that more students than this have does not count.
        groups: the groups, the one with the strongest pair first.
    """

    compared: int
    limit: int
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class SideBySide:
    """One exercise of two students.

    Attributes:
        common: what they have in common.
        first: the first student's text.
        second: the second student's.
    """

    common: CommonExercise
    first: Segments
    second: Segments


@dataclass(frozen=True)
class ShownGroup:
    """A group with its evidence.

    Attributes:
        group: the group.
        evidence: the exercises in which its strongest pair is alike.
    """

    group: Group
    evidence: tuple[SideBySide, ...]
