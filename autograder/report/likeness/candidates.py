"""Pairs of submissions that are worth a closer look, found without comparing each with each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from datasketch import MinHash, MinHashLSH

from autograder.report.likeness.rarity import Rarity
from autograder.report.likeness.shingles import Shingles
from autograder.report.likeness.sketch import Sketch

FEWEST_SHARED = 20
"""Rare shingles that a text must have to be compared: short answers are alike by necessity."""
FEWEST_REMARKS = 3
"""Comments and strings in common that make a pair worth a look whatever its code looks like."""

_HASHES = 64
_WHOLE, _EXERCISE = 0.4, 0.7
_RAREST = 5

Pairs = set[tuple[int, int]]


def candidates(sketches: Sequence[Sketch], rarity: Rarity) -> Pairs:
    """Find pairs whose rare shingles agree, as a whole or in one exercise, or whose rare remarks do.

    MinHash and locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998): the work grows with the class and not
    with its square.

    Returns:
        Pairs of places in `sketches`, the smaller first. Some are found in vain, and a few that are barely alike are
        missed.
    """
    shared = [sketch.keys[rarity.shared(sketch.keys)] for sketch in sketches]
    pairs = _alike(shared, _WHOLE)
    amount = max((int(sketch.places.max()) + 1 for sketch in sketches if len(sketch.places)), default=0)
    for place in range(amount):
        texts = [sketch.keys[rarity.shared(sketch.keys) & (sketch.places == place)] for sketch in sketches]
        pairs |= _alike(texts, _EXERCISE)
    return pairs | set(_remarked(sketches))


def _alike(texts: Sequence[Shingles], threshold: float) -> Pairs:
    index = MinHashLSH(threshold=threshold, num_perm=_HASHES)
    pairs: Pairs = set()
    long_enough = [place for place, text in enumerate(texts) if len(text) >= FEWEST_SHARED]
    # The shingles are hashes already; MinHash wants 32 bits of them.
    numbers = ((texts[place] >> np.uint64(32)).tolist() for place in long_enough)
    for place, minhash in zip(long_enough, MinHash.generator(numbers, num_perm=_HASHES, hashfunc=_itself), strict=True):
        pairs.update((earlier, place) for earlier in index.query(minhash))
        index.insert(place, minhash, check_duplication=False)
    return pairs


def _remarked(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    owners: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, sketch in enumerate(sketches):
        for remark in sketch.remarks:
            if remark[0] != "name":
                owners[remark].append(place)
    common: defaultdict[tuple[int, int], int] = defaultdict(int)
    for places in owners.values():
        if len(places) <= _RAREST:
            for pair in combinations(places, 2):
                common[pair] += 1
    return (pair for pair, amount in common.items() if amount >= FEWEST_REMARKS)


def _itself(number: int) -> int:
    return number
