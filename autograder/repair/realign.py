"""Brings a submitted notebook back into the form of the released one."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.python_names import Names, names_in
from autograder.repair.matching import ANSWERS, Match, Pairs, is_unchanged, match, neighbours
from autograder.repair.messages import CLAIMED, DELETED, SEVERAL, sentences_about
from autograder.repair.older_release import is_of_older_release
from autograder.untrusted.notebooks import warnings_ignored
from autograder.untrusted.submitted_metadata import normalised_id

_LONGEST_ANALYSED, _MOST_ANALYSED = 200_000, 1_000_000
"""Characters of one cell, and of all cells, whose names are analysed: to parse megabytes takes minutes."""
_STAR_IMPORT = "*"


def realign(name: str, submitted: Sequence[Cell], released: Sequence[Cell]) -> SubmittedNotebook:
    """Bring a student's cells back into the order, the roles and the ids of the released notebook.

    Ids, roles and points come from `released` alone. Locked cells, tests and tasks get the released text. Free cells
    of the lab have the student's text, and are left out if the student deleted them, unless a later cell needs what
    they define. A deleted solution comes out empty, so that a stub cannot overwrite a definition that the
    student moved elsewhere. The student's own cells stay after the cell that they followed.

    Args:
        name: the notebook's name, without ``.ipynb``.
        submitted: the cells as the student handed them in; their metadata are not trusted.
        released: the cells as the student got them.
    """
    found = match(submitted, released)
    dropped = {
        new
        for new, old in found.copies.items()
        if released[old].role is not Role.LOCKED and is_unchanged(submitted[new], released[old])
    }
    needed = _needed(submitted, released, found.pairs)
    maybe_answered_nearby = _maybe_answered_nearby(submitted, released, found.pairs)
    own = _own_cells(submitted, released, found.pairs, dropped)
    cells = list(own[-1])
    unanswered = set()
    for old, original in enumerate(released):
        new = found.pairs.get(old)
        cell = None if new is None else submitted[new]
        restored = _restored(original, cell, old in needed, old in maybe_answered_nearby)
        if restored is not None:
            cells.append(restored)
        if original.grade_id is not None and _is_unanswered(original, restored, own[old]):
            unanswered.add(original.grade_id)
        cells.extend(own[old])
    return SubmittedNotebook(
        name=name,
        cells=tuple(cells),
        unanswered=frozenset(unanswered),
        repairs=tuple(_repairs(submitted, released, found, needed, dropped)),
    )


def _restored(original: Cell, cell: Cell | None, needed: bool, maybe_answered_nearby: bool) -> Cell | None:
    match original.role:
        case Role.LOCKED | Role.TEST | Role.TASK:
            return original
        case Role.FREE:
            if cell is None:
                return original if needed else None
            # In an editor, a single key changes a cell's type; an unchanged cell gets its own type back.
            kind = original.kind if is_unchanged(cell, original) else cell.kind
            return replace(original, kind=kind, source=cell.source, attachments=cell.attachments)
        case _:
            if cell is None:
                left_as_released = original.role is Role.ANSWER and not maybe_answered_nearby
                return original if left_as_released else replace(original, source="")
            if is_unchanged(cell, original):
                return original
            attachments = cell.attachments if original.kind == "markdown" else None
            return replace(original, source=cell.source, attachments=attachments)


def _is_unanswered(original: Cell, restored: Cell | None, own: Sequence[Cell]) -> bool:
    if original.role is Role.ANSWER:
        return restored == original
    return original.role is Role.TASK and not own


def _own_cells(
    submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs, dropped: set[int]
) -> defaultdict[int, list[Cell]]:
    """The student's own cells, by the index of the released cell that they follow; -1 for the beginning."""
    old_of = {new: old for old, new in pairs.items()}
    used_ids = {cell.cell_id for cell in released}
    own: defaultdict[int, list[Cell]] = defaultdict(list)
    anchor = -1
    for new, cell in enumerate(submitted):
        if new in old_of:
            anchor = old_of[new]
        elif new not in dropped and (cell.source.strip() or cell.attachments):
            cell_id = None if cell.cell_id in used_ids else cell.cell_id
            used_ids.add(cell_id)
            own[anchor].append(Cell(cell.kind, Role.FREE, cell.source, cell_id=cell_id, attachments=cell.attachments))
    return own


def _needed(submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs) -> dict[int, list[str]]:
    """Deleted free code cells of the lab → the names that later cells use and only these cells define."""
    deleted = [
        old for old, cell in enumerate(released) if old not in pairs and cell.role is Role.FREE and cell.kind == "code"
    ]
    if not deleted:
        return {}
    names = [names_of(source) for source in _analysed(submitted)]
    defined = frozenset[str]().union(*(cell.bound for cell in names))
    used_by_student = frozenset[str]().union(*(cell.used for cell in names))
    needed = {}
    for old in deleted:
        later = (names_of(cell.source).used for cell in released[old + 1 :] if cell.kind == "code")
        missing = names_of(released[old].source).bound - defined
        wanted = missing & (used_by_student.union(*later) | {_STAR_IMPORT})
        if wanted:
            needed[old] = sorted(wanted)
    return needed


def _analysed(submitted: Sequence[Cell]) -> Iterator[str]:
    remaining = _MOST_ANALYSED
    for cell in submitted:
        if cell.kind == "code" and len(cell.source) <= remaining:
            remaining -= len(cell.source)
            yield cell.source


def names_of(source: str) -> Names:
    """The names in a cell, magics left out; none if it is not Python."""
    plain = "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.split("\n"))
    try:
        with warnings_ignored():
            return names_in([ast.parse(plain[:_LONGEST_ANALYSED])])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return names_in([])


def _maybe_answered_nearby(submitted: Sequence[Cell], released: Sequence[Cell], pairs: Pairs) -> set[int]:
    """The indices of missing answers where a cell of the student's own nearby may be the answer."""
    paired = set(pairs.values())
    answered = set()
    for old, cell in enumerate(released):
        if cell.role is Role.ANSWER and old not in pairs:
            start = max((other + 1 for other in range(old) if other in pairs), default=0)
            stop = min((other for other in range(old, len(released)) if other in pairs), default=len(released))
            around = neighbours(range(start, stop), pairs, len(submitted))
            if any(new not in paired and submitted[new].source.strip() for new in around):
                answered.add(old)
    return answered


def _repairs(
    submitted: Sequence[Cell],
    released: Sequence[Cell],
    found: Match,
    needed: dict[int, list[str]],
    dropped: set[int],
) -> Iterable[str]:
    pairs = [(submitted[new], released[old]) for old, new in sorted(found.pairs.items())]
    paired = set(found.pairs.values())
    known = {normalised_id(cell.grade_id) for cell in released if cell.grade_id is not None}
    unpaired_ids = [cell.grade_id for new, cell in enumerate(submitted) if new not in paired and cell.grade_id]
    missing = [cell for old, cell in enumerate(released) if old not in found.pairs]

    def where(applies: Callable[[Cell, Cell], bool]) -> list[str | None]:
        return [original.grade_id for cell, original in pairs if applies(cell, original)]

    # Cells without a grade id are left out, unless a sentence names them by their first line.
    repairs: list[tuple[str, Iterable[str | None]]] = [
        ("The cell {} had lost its nbgrader id; it was recognised.", where(lambda cell, _: cell.grade_id is None)),
        ("The cell {} carried another id; it was recognised.", where(_has_another_id)),
        (SEVERAL, [released[old].grade_id for old in sorted(set(found.copies.values()))]),
        (
            "An unchanged copy of the cell {} was left out.",
            [released[found.copies[new]].grade_id for new in sorted(dropped)],
        ),
        (
            "The id {} is not one of this notebook's; its cell counts as the student's own.",
            [grade_id for grade_id in unpaired_ids if normalised_id(grade_id) not in known],
        ),
        (CLAIMED, where(_claimed_another_role)),
        (
            "The type of the cell {} had been changed; it was changed back.",
            [_title(original) for cell, original in pairs if _had_its_type_changed(cell, original)],
        ),
        ("The text of the read-only cell {} had been changed; it was restored.", where(_had_its_locked_text_changed)),
        ("The cell {} is of an older release; it was brought up to date.", where(is_of_older_release)),
        (
            "The read-only cell {} had been deleted; it was restored.",
            [cell.grade_id for cell in missing if cell.role not in ANSWERS],
        ),
        (DELETED, [cell.grade_id for cell in missing if cell.role in ANSWERS]),
        *(("A cell of the lesson that defines {} had been deleted; it was restored.", it) for it in needed.values()),
        ("The cell {} had been moved; it was moved back.", _moved(released, found.pairs)),
    ]
    for sentence, cells in repairs:
        yield from sentences_about(sentence, cells)


def _has_another_id(cell: Cell, original: Cell) -> bool:
    return cell.grade_id not in (None, original.grade_id)


def _claimed_another_role(cell: Cell, original: Cell) -> bool:
    if cell.grade_id is None or normalised_id(cell.grade_id) != normalised_id(original.grade_id or ""):
        return False
    if is_of_older_release(cell, original):
        return False
    return (cell.role, cell.points) != (original.role, original.points)


def _had_its_type_changed(cell: Cell, original: Cell) -> bool:
    return cell.kind != original.kind and (original.grade_id is not None or is_unchanged(cell, original))


def _had_its_locked_text_changed(cell: Cell, original: Cell) -> bool:
    return original.role not in ANSWERS and not is_unchanged(cell, original) and not is_of_older_release(cell, original)


def _title(cell: Cell) -> str:
    return cell.grade_id or cell.source.strip().partition("\n")[0]


def _moved(released: Sequence[Cell], pairs: Pairs) -> Iterable[str]:
    """The names of cells that come after a cell that should come later."""
    furthest = -1
    for old, new in sorted(pairs.items()):
        if new < furthest:
            yield _title(released[old])
        furthest = max(furthest, new)
