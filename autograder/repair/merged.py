"""Cells that a student joined with a cell of the lesson, taken apart again.

Editors join a cell with the one above or below at a keystroke. If one of them is locked, restoring its text would lose
the student's words in it, and leaving it would run the lesson's tests among them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.cells import Cell, Role
from autograder.repair.matching import ANSWERS, lines_kept

_LOCKED = (Role.LOCKED, Role.TEST, Role.TASK)
_SHORTEST = 20
_LONGEST = 200_000


@dataclass(frozen=True)
class Separated:
    """Cells of which none is joined with a cell of the lesson.

    Attributes:
        cells: the cells.
        names: the ids of the lesson's cells that were found in others, or their first lines.
    """

    cells: tuple[Cell, ...]
    names: tuple[str, ...]


def separate(submitted: Sequence[Cell], released: Sequence[Cell]) -> Separated:
    """Take cells apart that hold the whole text of a locked cell and more.

    Where an answer is missing, the lesson's free cells are looked for as well: the answer may be what was added.

    Args:
        submitted: the cells as the student handed them in.
        released: the cells as the student got them.
    """
    claimed = Counter(cell.grade_id for cell in submitted)
    free = any(cell.role in ANSWERS and not claimed[cell.grade_id] for cell in released)
    texts = Counter(cell.source.strip() for cell in released)
    whole = {(cell.kind, cell.source.strip()) for cell in submitted}
    wanted = [
        cell
        for cell in released
        if (cell.role in _LOCKED or (free and cell.role is Role.FREE))
        and texts[cell.source.strip()] == 1
        and len(cell.source.strip()) >= _SHORTEST
        # Where it stands by itself, too, its text in another cell is a quotation.
        and (cell.kind, cell.source.strip()) not in whole
    ]
    stubs = {cell.grade_id: cell for cell in released if cell.grade_id is not None}
    cells: list[Cell] = []
    names: list[str] = []
    for cell in submitted:
        pieces = list(_pieces(cell, wanted, stubs.get(cell.grade_id or "")))
        cells += pieces
        if len(pieces) > 1:
            found = [original for original in released if original in pieces]
            names += [original.grade_id or original.source.strip().partition("\n")[0] for original in found]
            wanted = [original for original in wanted if original not in found]
    return Separated(tuple(cells), tuple(names))


def _pieces(cell: Cell, wanted: Sequence[Cell], own: Cell | None) -> Iterator[Cell]:
    if len(cell.source) > _LONGEST:
        yield cell
        return
    # A test of which students see nothing, or a word, is found in a cell that carries its id.
    itself = (own,) if own is not None and own.role in _LOCKED and own not in wanted else ()
    for original in (*itself, *wanted):
        around = _around(cell.source, original.source.strip()) if cell.kind == original.kind else None
        if around is None or not any(around):
            continue
        rest = [other for other in wanted if other is not original]
        before, after = around
        # Of two pieces beside it, the one that is more like what it was keeps the joined cell's id.
        first = own is None or not after or (bool(before) and _likeness(before, own) >= _likeness(after, own))
        nameless = Cell(cell.kind, Role.FREE, "")
        keeps = own is not None and own != original
        heads = (cell, nameless) if first else (nameless, cell)
        heads = heads if keeps else (nameless, nameless)
        # Pictures go with all that was written: nothing tells which part shows them.
        own = own if keeps else None
        if before:
            yield from _pieces(replace(heads[0], source=before, attachments=cell.attachments), rest, own)
        yield original
        if after:
            yield from _pieces(replace(heads[1], source=after, attachments=cell.attachments), rest, own)
        return
    yield cell


def _likeness(text: str, own: Cell) -> float:
    return lines_kept(replace(own, source=text), own)


def _around(text: str, part: str) -> tuple[str, str] | None:
    """What stands before and behind a part that begins and ends with whole lines; None if it isn't there."""
    if not part:
        return "", text.strip("\n")
    start = -1
    while (start := text.find(part, start + 1)) >= 0:
        end = start + len(part)
        if (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n"):
            return text[:start].strip("\n"), text[end:].strip("\n")
    return None
