"""Groups of submissions that are alike, found without comparing each with each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from autograder.cells import Cell, LabNotebook
from autograder.report.comparison import FEWEST_SHARED, CommonExercise, Group, Likeness, Pair, Remark
from autograder.report.likeness.sketches import Shingles, Sketch, answers_of, given_by, sketch

ALIKE = 0.6
"""The share of the rare text of the shorter submission that makes a pair alike."""
ALIKE_EXERCISE = 0.9
"""The same for a single long exercise."""
FEWEST_COMPARED = 20
"""Rare shingles that a text must have to be compared: short answers are alike by necessity."""
FEWEST_REMARKS = 3
"""Comments and strings in common that make a pair a candidate, and alike, whatever its code looks like."""
RARE_SHARE, LEAST_LIMIT, MOST_LIMIT = 0.05, 4, 50
"""What more than this share of the class has does not count, but at least 4 and at most 50 students may share it."""

_SAME_MISTAKE = 2.0
_SHOWN_REMARKS = 8
_HASHES = 64
_WHOLE, _EXERCISE = 0.4, 0.7
_MOST_OWNERS = 5

_Pairs = set[tuple[int, int]]


class ClassComparison:
    """Compares the submissions of a class, which are added one by one.

    Args:
        notebooks: the lab's notebooks: what they contain does not count as copied.
        exercises: the grade ids of the lab's exercises, in order.
    """

    def __init__(self, notebooks: Iterable[LabNotebook], exercises: Sequence[str]) -> None:
        self._given = given_by(notebooks)
        self._exercises = exercises
        self._sketches: list[Sketch] = []

    def add(self, student: str, cells: Iterable[Cell], diagnoses: Mapping[str, str]) -> None:
        """Add a submission; students come in order of name.

        Args:
            student: the student's id.
            cells: the cells of the autograded notebook, whose ids and roles are the lab's.
            diagnoses: exercise → what was diagnosed there, for answers that are not right.
        """
        self._sketches.append(sketch(student, answers_of(cells), self._exercises, self._given, diagnoses))

    def compare(self) -> Likeness:
        """Compare the submissions that were added."""
        return find_groups(self._sketches, self._exercises)


class Rarity:
    """The rarity of the shingles and remarks of a class: what many students have proves nothing about two of them.

    Attributes:
        limit: the number of students up to which something counts as rare.
    """

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self.limit = int(min(max(LEAST_LIMIT, RARE_SHARE * len(sketches)), MOST_LIMIT))
        every = np.concatenate([np.zeros(0, np.uint64), *(sketch.keys for sketch in sketches)])
        self._keys, self._owners = np.unique(every, return_counts=True)
        # As in the inverse document frequency: the rarer, the more it counts.
        weights = np.log((len(sketches) + 1) / np.maximum(self._owners, 1))
        self._weights = np.where(self._owners <= self.limit, weights, 0.0)
        self._remarks = Counter(remark for sketch in sketches for remark in sketch.remarks)

    def weights(self, keys: Shingles) -> NDArray[np.float64]:
        """What each shingle counts; 0 for what too many have."""
        return np.asarray(self._weights[np.searchsorted(self._keys, keys)], np.float64)

    def shared(self, keys: Shingles) -> NDArray[np.bool_]:
        """Which of the shingles are rare, and not one student's alone."""
        owners = self._owners[np.searchsorted(self._keys, keys)]
        return np.asarray((owners >= 2) & (owners <= self.limit), np.bool_)

    def rare(self, remark: Remark) -> bool:
        """Whether few enough have the same comment, string or name."""
        return self._remarks[remark] <= self.limit


def find_groups(sketches: Sequence[Sketch], exercises: Sequence[str]) -> Likeness:
    """Compare a class.

    Returns:
        The groups, the same ones for the same class.
    """
    rarity = Rarity(sketches)
    pairs = {
        (one, other): pair
        for one, other in sorted(_candidates(sketches, rarity))
        if (pair := _compare(sketches[one], sketches[other], exercises, rarity))
    }
    if not pairs:
        return Likeness(len(sketches), rarity.limit, ())
    rows, columns = zip(*pairs, strict=True)
    links = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(len(sketches), len(sketches)))
    _, labels = connected_components(links, directed=False)
    members: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, other in pairs:
        members[int(labels[one])].append((one, other))
    groups = []
    for indices in members.values():
        ordered = sorted(indices, key=lambda pair: _strongest_first(pairs[pair]))
        first, second = (sketches[index] for index in ordered[0])
        common = _shared_keys(first, second)
        groups.append(
            Group(
                tuple(sorted({sketches[index].student for pair in indices for index in pair})),
                tuple(pairs[pair] for pair in ordered),
                tuple(common[rarity.weights(common) > 0].tolist()),
            )
        )
    return Likeness(
        len(sketches), rarity.limit, tuple(sorted(groups, key=lambda group: _strongest_first(group.pairs[0])))
    )


def _strongest_first(pair: Pair) -> tuple[float, float, str, str]:
    return -round(pair.likeness, 2), -pair.strength, pair.first, pair.second


def _candidates(sketches: Sequence[Sketch], rarity: Rarity) -> _Pairs:
    """Find pairs whose rare shingles agree, as a whole or in one exercise, or whose rare remarks do.

    MinHash and locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998): the work grows with the class and not
    with its square.

    Returns:
        Pairs of indices of `sketches`, the smaller first. Some are not alike, and a few that are barely alike are
        missed.
    """
    shared = [sketch.keys[rarity.shared(sketch.keys)] for sketch in sketches]
    pairs = _similar(shared, _WHOLE)
    amount = max((int(sketch.exercises.max()) + 1 for sketch in sketches if len(sketch.exercises)), default=0)
    for exercise in range(amount):
        texts = [sketch.keys[rarity.shared(sketch.keys) & (sketch.exercises == exercise)] for sketch in sketches]
        pairs |= _similar(texts, _EXERCISE)
    return pairs | set(_with_common_remarks(sketches))


def _similar(texts: Sequence[Shingles], threshold: float) -> _Pairs:
    """Pairs of texts whose Jaccard similarity probably exceeds a threshold."""
    index = MinHashLSH(threshold=threshold, num_perm=_HASHES)
    pairs: _Pairs = set()
    long_enough = [number for number, text in enumerate(texts) if len(text) >= FEWEST_COMPARED]
    # The shingles are hashes already; MinHash wants 32 bits of them.
    hashes = ((texts[number] >> np.uint64(32)).tolist() for number in long_enough)
    minhashes = MinHash.generator(hashes, num_perm=_HASHES, hashfunc=lambda number: number)
    for number, minhash in zip(long_enough, minhashes, strict=True):
        pairs.update((earlier, number) for earlier in index.query(minhash))
        index.insert(number, minhash, check_duplication=False)
    return pairs


def _with_common_remarks(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    owners: defaultdict[Remark, list[int]] = defaultdict(list)
    for index, each in enumerate(sketches):
        for remark in each.remarks:
            if remark[0] != "name":
                owners[remark].append(index)
    common: defaultdict[tuple[int, int], int] = defaultdict(int)
    for indices in owners.values():
        if len(indices) <= _MOST_OWNERS:
            for pair in combinations(indices, 2):
                common[pair] += 1
    return (pair for pair, amount in common.items() if amount >= FEWEST_REMARKS)


def _compare(one: Sketch, other: Sketch, exercises: Sequence[str], rarity: Rarity) -> Pair | None:
    """Compare two submissions.

    Returns:
        What they have in common; None if they are not alike, or have too little text of their own to say so.
    """
    common = _shared_keys(one, other)
    weights = rarity.weights(common)
    where = one.exercises[np.searchsorted(one.keys, common)]
    shared = np.bincount(where, weights, len(exercises)).astype(float)
    totals = [np.bincount(each.exercises, rarity.weights(each.keys), len(exercises)) for each in (one, other)]
    least = np.minimum(*totals)
    amounts = np.bincount(where[weights > 0], minlength=len(exercises))
    same = [_same_mistake(one, other, exercise) for exercise in exercises]
    factors = np.array([_SAME_MISTAKE if diagnosis else 1.0 for diagnosis in same])
    whole = min(float(total @ factors) for total in totals)
    likeness = float(shared @ factors) / whole if whole else 0.0
    alone = np.divide(shared, least, out=np.zeros_like(shared), where=least > 0)
    remarks = sorted(filter(rarity.rare, one.remarks & other.remarks), key=lambda remark: (-len(remark[1]), remark))
    written = sum(kind != "name" for kind, _ in remarks)
    alike = (
        (likeness >= ALIKE and amounts.sum() >= FEWEST_SHARED)
        or bool(np.any((alone >= ALIKE_EXERCISE) & (amounts >= FEWEST_SHARED)))
        or written >= FEWEST_REMARKS
    )
    if not alike:
        return None
    return Pair(
        first=one.student,
        second=other.student,
        likeness=min(1.0, likeness),
        strength=float(shared @ factors),
        exercises=tuple(
            CommonExercise(exercise, min(1.0, float(alone[index])), same[index])
            for index, exercise in enumerate(exercises)
            if amounts[index] and alone[index] >= ALIKE
        ),
        remarks=tuple(remarks[:_SHOWN_REMARKS]),
    )


def _shared_keys(one: Sketch, other: Sketch) -> Shingles:
    """The shingles that both have in the same exercise, sorted."""
    return np.intersect1d(one.keys, other.keys, assume_unique=True)


def _same_mistake(one: Sketch, other: Sketch, exercise: str) -> str | None:
    diagnosis = one.diagnoses.get(exercise)
    return diagnosis if diagnosis is not None and diagnosis == other.diagnoses.get(exercise) else None
