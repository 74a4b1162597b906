"""Pairs submitted cells with released ones."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from autograder.cells import Cell, Role
from autograder.untrusted.submitted_metadata import normalised_id

Pairs = dict[int, int]
"""Place in the released notebook → place in the submitted one."""

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
        pairs: released place → submitted place.
        copies: place of a submitted cell whose id another one kept → the released place of that id.
    """

    pairs: Pairs
    copies: Pairs


def match(submitted: Sequence[Cell], released: Sequence[Cell]) -> Match:
    """Pair released with submitted cells: by grade id, cell id, equal text, likeness and place, in this order.

    Cells of different types are paired only after likeness within a type has been tried, and never by place.
    """
    pairs, copies = _by_grade_id(submitted, released)
    for find in (_by_cell_id, _by_equal_text, _by_likeness, _retyped, _by_place):
        taken = {*pairs.values(), *copies}
        spare = [place for place in range(len(submitted)) if place not in taken]
        missing = [place for place in range(len(released)) if place not in pairs]
        pairs |= find(submitted, released, spare, missing, pairs)
    return Match(pairs, copies)


def untouched(cell: Cell, released: Cell) -> bool:
    """Whether a cell has the released text, except for blank space around it."""
    return cell.source.strip() == released.source.strip() and not cell.attachments


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
    for place, cell in enumerate(submitted):
        if cell.grade_id is not None:
            claims[normalised_id(cell.grade_id)].append(place)
    pairs: Pairs = {}
    copies: Pairs = {}
    for there, original in enumerate(released):
        candidates = claims.get(normalised_id(original.grade_id or ""))
        if candidates:
            pairs[there] = _best(submitted, candidates, original, there)
            copies |= {place: there for place in candidates if place != pairs[there]}
    return pairs, copies


def _best(submitted: Sequence[Cell], candidates: list[int], original: Cell, there: int) -> int:
    """Choose among cells with one id: an answer before a stub, then the more alike, then the nearer, then the last."""

    def key(place: int) -> tuple[bool, int, int, int]:
        cell = submitted[place]
        answered = original.role in ANSWERS and bool(cell.source.strip()) and not untouched(cell, original)
        alike = lines_kept(cell, original) if original.role in ANSWERS else likeness(cell, original)
        return answered, round(alike), -abs(place - there), place

    return candidates[0] if len(candidates) == 1 else max(candidates, key=key)


def _by_cell_id(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    found = {submitted[place].cell_id: place for place in reversed(spare) if submitted[place].cell_id}
    return {there: found[released[there].cell_id] for there in missing if released[there].cell_id in found}


def _by_equal_text(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in spare:
        found[submitted[place].kind, submitted[place].source.strip()].append(place)
    pairs: Pairs = {}
    for there in missing:
        equal = found[released[there].kind, released[there].source.strip()]
        if equal:
            pairs[there] = equal.pop(0)
    return pairs


def _by_likeness(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    scored = [
        (score, -abs(place - there), there, place)
        for there in missing
        for place in spare
        if submitted[place].kind == released[there].kind and submitted[place].source.strip()
        if (score := likeness(submitted[place], released[there])) > 0
    ]
    pairs: Pairs = {}
    taken: set[int] = set()
    for _score, _nearness, there, place in sorted(scored, reverse=True):
        if there not in pairs and place not in taken:
            pairs[there] = place
            taken.add(place)
    return pairs


def _retyped(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], _: Pairs
) -> Pairs:
    """Pair by text, then by likeness, without regard to the type of the cell."""
    typeless = [replace(cell, kind="") for cell in submitted]
    wanted = [replace(cell, kind="") for cell in released]
    # A short text (a heading, "pass") may occur twice by chance.
    missing = [there for there in missing if len(wanted[there].source.strip()) >= _SHORTEST_RETYPED]
    pairs = _by_equal_text(typeless, wanted, spare, missing, {})
    taken = set(pairs.values())
    spare = [place for place in spare if place not in taken]
    missing = [there for there in missing if there not in pairs]
    return pairs | _by_likeness(typeless, wanted, spare, missing, {})


def _by_place(
    submitted: Sequence[Cell], released: Sequence[Cell], spare: Sequence[int], missing: Sequence[int], pairs: Pairs
) -> Pairs:
    """Pair answers that share nothing with their stub: where as many are missing between two cells as are spare."""
    found: Pairs = {}
    for gap in _gaps(len(released), pairs):
        wanted = [there for there in gap if there in missing and released[there].role in ANSWERS]
        inside = set(neighbours(gap, pairs, len(submitted)))
        kinds = {released[there].kind for there in wanted}
        candidates = [place for place in spare if place in inside and submitted[place].kind in kinds]
        if Counter(released[there].kind for there in wanted) == Counter(submitted[place].kind for place in candidates):
            for kind in kinds:
                found |= zip(
                    (there for there in wanted if released[there].kind == kind),
                    (place for place in candidates if submitted[place].kind == kind),
                    strict=True,
                )
    return found


def _gaps(length: int, pairs: Collection[int]) -> Iterator[range]:
    """Runs of released places that nothing is paired with."""
    start = 0
    for place in range(length + 1):
        if place == length or place in pairs:
            if start < place:
                yield range(start, place)
            start = place + 1


def neighbours(gap: range, pairs: Pairs, length: int) -> range:
    """The submitted places between the cells that are paired with the two ends of a gap."""
    before = pairs.get(gap.start - 1, -1)
    after = pairs.get(gap.stop, length)
    return range(before + 1, after)
