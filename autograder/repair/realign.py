"""A submitted notebook, realigned to the released one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.repair import names
from autograder.repair.matching import ANSWERS, Match, Pairs, match, neighbours, untouched
from autograder.repair.sentences import CLAIMED, DELETED, SEVERAL, about
from autograder.untrusted.submitted_metadata import plain_id

_MOST_ANALYSED = 1_000_000


def realign(name: str, submitted: Sequence[Cell], released: Sequence[Cell]) -> SubmittedNotebook:
    """Bring a student's cells back into the order, the roles and the ids of the released notebook.

    Ids, roles and points come from `released` alone. Locked cells, tests and tasks get the released text. Free cells
    of the lesson are the student's version, and are left out if the student deleted them, unless a later cell needs
    what they define. A deleted solution comes out empty, so that a stub cannot overwrite a definition that the
    student moved elsewhere. Cells of the student's own stay behind the cell that they stood behind.

    Args:
        name: the notebook's name, without ``.ipynb``.
        submitted: the cells as the student handed them in; nothing that they claim is believed.
        released: the cells as the student got them.

    Returns:
        The notebook, ready to run.
    """
    found = match(submitted, released)
    dropped = {
        place
        for place, there in found.copies.items()
        if released[there].role is not Role.LOCKED and untouched(submitted[place], released[there])
    }
    needed = _needed(submitted, released, found.pairs)
    answered_beside = _answered_beside(submitted, released, found.pairs)
    own = _own_cells(submitted, released, found.pairs, dropped)
    cells = list(own[-1])
    unanswered = set()
    for there, original in enumerate(released):
        place = found.pairs.get(there)
        mended = _mended(
            original, None if place is None else submitted[place], there in needed, there in answered_beside
        )
        if mended is not None:
            cells.append(mended)
        if original.grade_id is not None and _is_unanswered(original, mended, own[there]):
            unanswered.add(original.grade_id)
        cells.extend(own[there])
    return SubmittedNotebook(
        name=name,
        cells=tuple(cells),
        unanswered=frozenset(unanswered),
        repairs=tuple(_repairs(submitted, released, found, needed, dropped)),
    )


def _mended(original: Cell, cell: Cell | None, needed: bool, answered_beside: bool) -> Cell | None:
    match original.role:
        case Role.LOCKED | Role.TEST | Role.TASK:
            return original
        case Role.FREE:
            if cell is None:
                return original if needed else None
            # A keystroke turns a cell into text: what the lesson needs is code again.
            kind = original.kind if untouched(cell, original) else cell.kind
            return replace(original, kind=kind, source=cell.source, attachments=cell.attachments)
        case _:
            if cell is None:
                return (
                    original if original.role is Role.ANSWER and not answered_beside else replace(original, source="")
                )
            if untouched(cell, original):
                return original
            return replace(
                original, source=cell.source, attachments=cell.attachments if original.kind == "markdown" else None
            )


def _is_unanswered(original: Cell, mended: Cell | None, own: Sequence[Cell]) -> bool:
    if original.role is Role.ANSWER:
        return mended == original
    return original.role is Role.TASK and not own


def _own_cells(
    submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs, dropped: set[int]
) -> defaultdict[int, list[Cell]]:
    """The student's own cells, by the released place behind which they stand; -1 is the notebook's beginning."""
    there_of = {place: there for there, place in pairs.items()}
    used_ids = {cell.cell_id for cell in released}
    own: defaultdict[int, list[Cell]] = defaultdict(list)
    anchor = -1
    for place, cell in enumerate(submitted):
        if place in there_of:
            anchor = there_of[place]
        elif place not in dropped and (cell.source.strip() or cell.attachments):
            cell_id = None if cell.cell_id in used_ids else cell.cell_id
            used_ids.add(cell_id)
            own[anchor].append(Cell(cell.kind, Role.FREE, cell.source, cell_id=cell_id, attachments=cell.attachments))
    return own


def _needed(submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs) -> dict[int, list[str]]:
    """Deleted code cells of the lesson → the names that later cells use and only these cells define."""
    deleted = [
        there
        for there, cell in enumerate(released)
        if there not in pairs and cell.role is Role.FREE and cell.kind == "code"
    ]
    if not deleted:
        return {}
    code = list(_analysed(submitted))
    defined = frozenset[str]().union(*map(names.bound, code))
    used_by_student = frozenset[str]().union(*map(names.used, code))
    needed = {}
    for there in deleted:
        later = (names.used(cell.source) for cell in released[there + 1 :] if cell.kind == "code")
        missing = names.bound(released[there].source) - defined
        wanted = missing & (used_by_student.union(*later) | {names.EVERYTHING})
        if wanted:
            needed[there] = sorted(wanted)
    return needed


def _analysed(submitted: Sequence[Cell]) -> Iterator[str]:
    """The code whose names are looked at: to parse a book takes minutes."""
    room = _MOST_ANALYSED
    for cell in submitted:
        if cell.kind == "code" and len(cell.source) <= room:
            room -= len(cell.source)
            yield cell.source


def _answered_beside(submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs) -> set[int]:
    """Missing answers beside which the student has cells of their own that may be the answer."""
    there_of = set(pairs.values())
    beside = set()
    for there, cell in enumerate(released):
        if cell.role is Role.ANSWER and there not in pairs:
            start = max((other + 1 for other in range(there) if other in pairs), default=0)
            stop = min((other for other in range(there, len(released)) if other in pairs), default=len(released))
            around = neighbours(range(start, stop), pairs, len(submitted))
            if any(place not in there_of and submitted[place].source.strip() for place in around):
                beside.add(there)
    return beside


def _repairs(
    submitted: Sequence[Cell],
    released: Sequence[Cell],
    found: Match,
    needed: dict[int, list[str]],
    dropped: set[int],
) -> Iterable[str]:
    pairs = found.pairs
    by_id = {there: submitted[pairs[there]] for there, cell in enumerate(released) if cell.grade_id and there in pairs}
    known = {plain_id(cell.grade_id) for cell in released if cell.grade_id is not None}
    yield from about(
        "The cell {} had lost its nbgrader id; it was recognised.",
        (released[there].grade_id for there, cell in by_id.items() if cell.grade_id is None),
    )
    yield from about(
        "The cell {} carried another id; it was recognised.",
        (
            released[there].grade_id
            for there, cell in by_id.items()
            if cell.grade_id is not None and cell.grade_id != released[there].grade_id
        ),
    )
    yield from about(
        SEVERAL,
        (released[there].grade_id for there in sorted(set(found.copies.values()))),
    )
    yield from about(
        "An unchanged copy of the cell {} was left out.",
        (released[found.copies[place]].grade_id for place in sorted(dropped)),
    )
    paired = set(pairs.values())
    yield from about(
        "The id {} is not one of this notebook's; its cell counts as the student's own.",
        (
            cell.grade_id
            for place, cell in enumerate(submitted)
            if place not in paired and cell.grade_id is not None and plain_id(cell.grade_id) not in known
        ),
    )
    yield from about(
        CLAIMED,
        (
            released[there].grade_id
            for there, cell in by_id.items()
            if cell.grade_id is not None
            and plain_id(cell.grade_id) == plain_id(released[there].grade_id or "")
            and (cell.role, cell.points) != (released[there].role, released[there].points)
        ),
    )
    yield from about(
        "The type of the cell {} had been changed; it was changed back.",
        (
            _title(released[there])
            for there, place in sorted(pairs.items())
            if submitted[place].kind != released[there].kind
            and (released[there].grade_id or untouched(submitted[place], released[there]))
        ),
    )
    yield from about(
        "The text of the read-only cell {} had been changed; it was restored.",
        (
            released[there].grade_id
            for there, cell in by_id.items()
            if released[there].role not in ANSWERS and not untouched(cell, released[there])
        ),
    )
    missing = [cell for there, cell in enumerate(released) if cell.grade_id and there not in pairs]
    yield from about(
        "The read-only cell {} had been deleted; it was restored.",
        (cell.grade_id for cell in missing if cell.role not in ANSWERS),
    )
    yield from about(DELETED, (cell.grade_id for cell in missing if cell.role in ANSWERS))
    for wanted in needed.values():
        yield from about("A cell of the lesson that defines {} had been deleted; it was restored.", wanted)
    yield from about("The cell {} had been moved; it was moved back.", _moved(released, pairs))


def _title(cell: Cell) -> str:
    return cell.grade_id or cell.source.strip().partition("\n")[0]


def _moved(released: Sequence[Cell], pairs: Pairs) -> Iterable[str]:
    """Cells that stand behind one that should come later."""
    furthest = -1
    for there, place in sorted(pairs.items()):
        if place < furthest:
            yield _title(released[there])
        furthest = max(furthest, place)
