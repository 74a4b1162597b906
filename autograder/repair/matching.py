"""Pairs submitted cells with released ones.

Throughout this package, `old` is an index in the released notebook and `new` one in the submitted notebook.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from autograder.cells import Cell, Role
from autograder.untrusted.submitted_metadata import normalised_id

Pairs = dict[int, int]
"""Index in the released notebook → index in the submitted one."""

ANSWERS = frozenset({Role.SOLUTION, Role.ANSWER})
"""The roles whose text is the student's, so that it need not be like the released text."""

_ALIKE = 75.0
_LINES_KEPT = 50.0
_SHORTEST_RETYPED = 20
# Longer texts are compared by their beginnings, so that no submission can make the comparison long.
_COMPARED_CHARACTERS = 1_000


@dataclass(frozen=True)
class Match:
    """Which cells belong together.

    Attributes:
        pairs: index in the released notebook → index in the submitted one.
        copies: index of a submitted cell whose id another one kept → index of the released cell with that id.
    """

    pairs: Pairs
    copies: Pairs


def match(submitted: Sequence[Cell], released: Sequence[Cell]) -> Match:
    """Pair released with submitted cells: by grade id, cell id, equal text, likeness and position, in this order.

    Cells of different types are paired only after likeness within a type has been tried, and never by position.
    """
    pairs, copies = _by_grade_id(submitted, released)
    for find in (_by_cell_id, _by_equal_text, _by_likeness, _retyped, _by_position):
        taken = {*pairs.values(), *copies}
        spare = [new for new in range(len(submitted)) if new not in taken]
        missing = [old for old in range(len(released)) if old not in pairs]
        pairs |= find(submitted, released, spare, missing, pairs)
    return Match(pairs, copies)


def is_unchanged(cell: Cell, released: Cell) -> bool:
    """Whether a cell has the released text, except for blank space around it, and no other images."""
    same_images = not cell.attachments or cell.attachments == released.attachments
    return cell.source.strip() == released.source.strip() and same_images


def likeness(cell: Cell, released: Cell) -> float:
    """How much of a released cell is left in a submitted one, from 0 to 100."""
    ratio = fuzz.ratio(cell.source[:_COMPARED_CHARACTERS], released.source[:_COMPARED_CHARACTERS], score_cutoff=_ALIKE)
    return max(ratio, lines_kept(cell, released)) if released.role in ANSWERS else ratio


def lines_kept(cell: Cell, released: Cell) -> float:
    """How many of a released cell's lines are left in a submitted one, from 0 to 100; less than half counts nothing."""
    kept = _lines(cell.source)
    wanted = _lines(released.source)
    share = 100.0 * len(wanted & kept) / len(wanted) if wanted else 0.0
    return share if share >= _LINES_KEPT else 0.0


@lru_cache(maxsize=4096)
def _lines(source: str) -> frozenset[str]:
    return frozenset(line.strip() for line in source[:_COMPARED_CHARACTERS].split("\n") if line.strip())


def _by_grade_id(submitted: Sequence[Cell], released: Sequence[Cell]) -> tuple[Pairs, Pairs]:
    claims: dict[str, list[int]] = defaultdict(list)
    for new, cell in enumerate(submitted):
        if cell.grade_id is not None:
            claims[normalised_id(cell.grade_id)].append(new)
    pairs: Pairs = {}
    copies: Pairs = {}
    for old, original in enumerate(released):
        candidates = claims.get(normalised_id(original.grade_id or ""))
        if candidates:
            pairs[old] = _best(submitted, candidates, original, old)
            copies |= {new: old for new in candidates if new != pairs[old]}
    return pairs, copies


def _best(submitted: Sequence[Cell], candidates: list[int], original: Cell, old: int) -> int:
    """Choose among cells with one id: an answer before a stub, then the more alike, then the nearer, then the last."""

    def key(new: int) -> tuple[bool, int, int, int]:
        cell = submitted[new]
        answered = original.role in ANSWERS and bool(cell.source.strip()) and not is_unchanged(cell, original)
        alike = lines_kept(cell, original) if original.role in ANSWERS else likeness(cell, original)
        return answered, round(alike), -abs(new - old), new

    return candidates[0] if len(candidates) == 1 else max(candidates, key=key)


def _by_cell_id(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    found = {submitted[new].cell_id: new for new in reversed(spare) if submitted[new].cell_id}
    return {old: found[released[old].cell_id] for old in missing if released[old].cell_id in found}


def _by_equal_text(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for new in spare:
        found[submitted[new].kind, submitted[new].source.strip()].append(new)
    pairs: Pairs = {}
    for old in missing:
        equal = found[released[old].kind, released[old].source.strip()]
        if equal:
            pairs[old] = equal.pop(0)
    return pairs


def _by_likeness(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    scored = [
        (score, -abs(new - old), old, new)
        for old in missing
        for new in spare
        if submitted[new].kind == released[old].kind and submitted[new].source.strip()
        if (score := likeness(submitted[new], released[old])) > 0
    ]
    pairs: Pairs = {}
    taken: set[int] = set()
    for _score, _nearness, old, new in sorted(scored, reverse=True):
        if old not in pairs and new not in taken:
            pairs[old] = new
            taken.add(new)
    return pairs


def _retyped(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    """Pair by text, then by likeness, without regard to the type of the cell."""
    typeless = [replace(cell, kind="") for cell in submitted]
    wanted = [replace(cell, kind="") for cell in released]
    # A short text (a heading, "pass") may occur twice by chance.
    missing = [old for old in missing if len(wanted[old].source.strip()) >= _SHORTEST_RETYPED]
    pairs = _by_equal_text(typeless, wanted, spare, missing, {})
    taken = set(pairs.values())
    spare = [new for new in spare if new not in taken]
    missing = [old for old in missing if old not in pairs]
    return pairs | _by_likeness(typeless, wanted, spare, missing, {})


def _by_position(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], pairs: Pairs
) -> Pairs:
    """Pair answers that share nothing with their stub: where as many are missing between two cells as are spare."""
    found: Pairs = {}
    for gap in _gaps(len(released), pairs):
        wanted = [old for old in gap if old in missing and released[old].role in ANSWERS]
        inside = set(neighbours(gap, pairs, len(submitted)))
        kinds = {released[old].kind for old in wanted}
        candidates = [new for new in spare if new in inside and submitted[new].kind in kinds]
        if Counter(released[old].kind for old in wanted) == Counter(submitted[new].kind for new in candidates):
            for kind in kinds:
                found |= zip(
                    (old for old in wanted if released[old].kind == kind),
                    (new for new in candidates if submitted[new].kind == kind),
                    strict=True,
                )
    return found


def _gaps(length: int, pairs: Collection[int]) -> Iterator[range]:
    """Runs of released indices that nothing is paired with."""
    start = 0
    for index in range(length + 1):
        if index == length or index in pairs:
            if start < index:
                yield range(start, index)
            start = index + 1


def neighbours(gap: range, pairs: Pairs, length: int) -> range:
    """The indices of the submitted cells between those that are paired with the two ends of a gap."""
    before = pairs.get(gap.start - 1, -1)
    after = pairs.get(gap.stop, length)
    return range(before + 1, after)
