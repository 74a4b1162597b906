"""Groups of submissions that are alike: whoever is alike with one of them belongs to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from autograder.report.likeness.candidates import candidates
from autograder.report.likeness.pairs import Pair, compared, shared_keys
from autograder.report.likeness.rarity import Rarity
from autograder.report.likeness.shingles import Shingles
from autograder.report.likeness.sketch import Sketch


@dataclass(frozen=True)
class Group:
    """Submissions that are alike.

    Attributes:
        students: the students, in order of name.
        pairs: the pairs that are alike, the strongest first.
        shared: the rare shingles that the strongest pair shares, sorted.
    """

    students: tuple[str, ...]
    pairs: tuple[Pair, ...]
    shared: Shingles = field(compare=False, repr=False)


@dataclass(frozen=True)
class Likeness:
    """What a comparison of a class found.

    Attributes:
        compared: how many submissions were compared.
        limit: what more students than this have does not count.
        groups: the groups, the one with the strongest pair first.
    """

    compared: int
    limit: int
    groups: tuple[Group, ...]


NOTHING_COMPARED = Likeness(0, 0, ())


def find_groups(sketches: Sequence[Sketch], exercises: Sequence[str]) -> Likeness:
    """Compare a class.

    Args:
        sketches: a sketch of each submission, in order of name.
        exercises: the grade ids of the lab's exercises, in order.

    Returns:
        The groups, the same ones for the same class.
    """
    rarity = Rarity(sketches)
    found = {
        (one, other): pair
        for one, other in sorted(candidates(sketches, rarity))
        if (pair := compared(sketches[one], sketches[other], exercises, rarity))
    }
    if not found:
        return Likeness(len(sketches), rarity.limit, ())
    rows, columns = zip(*found, strict=True)
    links = coo_array((np.ones(len(found)), (rows, columns)), shape=(len(sketches), len(sketches)))
    _, labels = connected_components(links, directed=False)
    members: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, other in found:
        members[int(labels[one])].append((one, other))
    groups = []
    for places in members.values():
        ordered = sorted(places, key=lambda place: _strongest_first(found[place]))
        first, second = (sketches[place] for place in ordered[0])
        common = shared_keys(first, second)
        groups.append(
            Group(
                tuple(sorted({sketches[place].student for pair in places for place in pair})),
                tuple(found[place] for place in ordered),
                common[rarity.weights(common) > 0],
            )
        )
    return Likeness(
        len(sketches), rarity.limit, tuple(sorted(groups, key=lambda group: _strongest_first(group.pairs[0])))
    )


def _strongest_first(pair: Pair) -> tuple[float, float, str, str]:
    return -round(pair.likeness, 2), -pair.strength, pair.first, pair.second
