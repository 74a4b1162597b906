"""Separates cells that a student joined with a cell of the lab.

In an editor, a single key joins a cell with the one above or below. If one of them is locked, to restore its text would
delete the student's text in it, and to leave it would run the lab's tests as the student's code.
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
    """Cells of which none is joined with a cell of the lab.

    Attributes:
        cells: the cells.
        names: the ids of the lab's cells that were found in others, or their first lines.
    """

    cells: tuple[Cell, ...]
    names: tuple[str, ...]


def separate(submitted: Sequence[Cell], released: Sequence[Cell]) -> Separated:
    """Divide submitted cells that hold the whole text of a locked cell and more.

    Where an answer is missing, the lab's free cells are looked for as well: the answer may be the rest.
    """
    wanted = _sought(submitted, released)
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


def _sought(submitted: Sequence[Cell], released: Sequence[Cell]) -> list[Cell]:
    """The released cells whose text is looked for in submitted cells."""
    claimed = Counter(cell.grade_id for cell in submitted)
    an_answer_is_missing = any(cell.role in ANSWERS and not claimed[cell.grade_id] for cell in released)
    roles = (*_LOCKED, Role.FREE) if an_answer_is_missing else _LOCKED
    texts = Counter(cell.source.strip() for cell in released)
    # Where a cell is also present by itself, its text in another cell is a quotation.
    present = {(cell.kind, cell.source.strip()) for cell in submitted}

    def is_sought(cell: Cell) -> bool:
        text = cell.source.strip()
        unmistakable = texts[text] == 1 and len(text) >= _SHORTEST
        return cell.role in roles and unmistakable and (cell.kind, text) not in present

    return [cell for cell in released if is_sought(cell)]


def _pieces(cell: Cell, wanted: Sequence[Cell], own: Cell | None) -> Iterator[Cell]:
    """A submitted cell, divided at the first released cell that is found in it; its rest is divided further.

    Args:
        cell: the submitted cell.
        wanted: the released cells that are looked for.
        own: the released cell whose id the submitted cell has; None if it has none.
    """
    if len(cell.source) > _LONGEST:
        yield cell
        return
    # A test that shows students nothing, or one word, is only looked for in the cell that has its id.
    itself = (own,) if own is not None and own.role in _LOCKED and own not in wanted else ()
    for original in (*itself, *wanted):
        around = _around(cell.source, original.source.strip()) if cell.kind == original.kind else None
        if around is None or not any(around):
            continue
        rest = [other for other in wanted if other is not original]
        before, after = around
        first, second = _identities(cell, None if own == original else own, before, after)
        own = own if own != original else None
        # Both parts keep the attachments: which of them shows them is unknown.
        if before:
            yield from _pieces(replace(first, source=before, attachments=cell.attachments), rest, own)
        yield original
        if after:
            yield from _pieces(replace(second, source=after, attachments=cell.attachments), rest, own)
        return
    yield cell


def _identities(cell: Cell, own: Cell | None, before: str, after: str) -> tuple[Cell, Cell]:
    """The cells from which the parts before and after a released cell get their id and role.

    The part that is more like the released cell `own` keeps those of the submitted cell.
    """
    nameless = Cell(cell.kind, Role.FREE, "")
    if own is None:
        return nameless, nameless
    is_first = not after or (bool(before) and _likeness(before, own) >= _likeness(after, own))
    return (cell, nameless) if is_first else (nameless, cell)


def _likeness(text: str, own: Cell) -> float:
    return lines_kept(replace(own, source=text), own)


def _around(text: str, part: str) -> tuple[str, str] | None:
    """The text before and after a part that begins and ends with whole lines; None if the text lacks the part.

    Lines of blanks are no text: nbgrader leaves them above hidden tests that it cuts out.
    """
    if not part:
        return "", _text(text)
    start = -1
    while (start := text.find(part, start + 1)) >= 0:
        end = start + len(part)
        if (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n"):
            return _text(text[:start]), _text(text[end:])
    return None


def _text(part: str) -> str:
    return part.strip("\n") if part.strip() else ""
