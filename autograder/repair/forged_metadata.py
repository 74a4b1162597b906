"""Finds forged metadata: claims in a submission that no honest tool makes.

They have no effect, since roles, ids and points come from the release; but a person should know of them. What editors
and learning platforms do (lose metadata, ids or single fields, copy them along with a cell) is no forgery.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from autograder.cells import ANSWERS, Cell, Role
from autograder.repair.matching import is_unchanged
from autograder.repair.messages import sentences_about
from autograder.repair.older_release import is_of_older_release
from autograder.untrusted.submitted_metadata import Claims, normalised_id

_LOOKS_LIKE = 70.0
_LOCKED = frozenset({Role.LOCKED, Role.TEST, Role.TASK})


@dataclass(frozen=True)
class _Submitted:
    """A submitted cell, its claims, the released cell whose id it carries, or None; whether an older release had it."""

    number: int
    cell: Cell
    claims: Claims
    original: Cell | None
    older: bool = False

    @property
    def name(self) -> str:
        return self.claims.grade_id or f"number {self.number}"


def flags(cells: Sequence[Cell], claims: Sequence[Claims], released: Sequence[Cell]) -> tuple[str, ...]:
    """Find the claims that no honest tool makes.

    Args:
        cells: the cells as the student handed them in.
        claims: the claims of each of them.
        released: the cells as the student got them.

    Returns:
        Sentences that name the cells; a few of each kind, however many there are.
    """
    known = {normalised_id(cell.grade_id): cell for cell in released if cell.grade_id is not None}
    older = has_older_cells(cells, released)
    submitted = []
    for number, (cell, claim) in enumerate(zip(cells, claims, strict=True), start=1):
        if claim != Claims():
            original = known.get(normalised_id(claim.grade_id or ""))
            of_older = is_of_older_release(cell, original, others=older)
            submitted.append(_Submitted(number, cell, claim, original, of_older))
    owners = {cell.cell_id: cell for cell in released if cell.cell_id is not None}
    texts = _locked_cells_by_text(released)
    found: list[str] = []
    for sentence, is_forged in _FORGERIES:
        found += sentences_about(sentence, (one.name for one in submitted if not one.older and is_forged(one)))
    found += sentences_about(
        "The cell {} carries the id of another cell.",
        (one.name for one in submitted if _has_id_of_another(one, owners, texts)),
    )
    found += sentences_about(
        "The cell {} claims to be graded, and there is no such cell in the lab.",
        (
            one.name
            for one in submitted
            if one.original is None and one.claims.grade_id and one.claims.graded and not one.older
        ),
    )
    found += _imitations(submitted, known)
    return tuple(found)


def has_older_cells(cells: Sequence[Cell], released: Sequence[Cell]) -> bool:
    """Whether a locked cell of a submission was handed out in an older release."""
    known = {normalised_id(cell.grade_id): cell for cell in released if cell.grade_id is not None}
    return any(
        cell.role in _LOCKED and is_of_older_release(cell, known.get(normalised_id(cell.grade_id or "")))
        for cell in cells
    )


def _claims_points(one: _Submitted) -> bool:
    points = one.claims.points
    return one.original is not None and one.original.graded and points is not None and points != one.original.points


def _claims_role(one: _Submitted) -> bool:
    if one.original is None:
        return False
    role, claimed = one.original.role, one.claims.roles
    expected = {"task": role is Role.TASK}
    if role is not Role.TASK:
        expected |= {"grade": role in (Role.TEST, Role.ANSWER), "solution": role in (Role.SOLUTION, Role.ANSWER)}
    if role is Role.LOCKED:
        expected["locked"] = True
    return any(claimed.get(name, value) != value for name, value in expected.items())


def _claims_unlocked(one: _Submitted) -> bool:
    # Some courses release their tests unlocked, so this alone proves nothing.
    return (
        one.original is not None
        and one.original.role in (Role.TEST, Role.TASK)
        and one.claims.roles.get("locked") is False
        and not is_unchanged(one.cell, one.original)
    )


def _claims_checksum(one: _Submitted) -> bool:
    if one.original is None or one.original.checksum is None or one.claims.checksum is None:
        return False
    if one.original.role in ANSWERS:
        # An instructor may have mended its stub; the student's text does not show whether.
        return False
    return one.claims.checksum != one.original.checksum


_FORGERIES: tuple[tuple[str, Callable[[_Submitted], bool]], ...] = (
    ("The cell {} claims other points than it is worth.", _claims_points),
    ("The cell {} claims to be of another kind than it was released as.", _claims_role),
    ("The cell {} claims not to be locked, and its text had been changed.", _claims_unlocked),
    ("The checksum of the cell {} is not the one that it was released with.", _claims_checksum),
    ("The metadata of the cell {} hold values that no tool writes there.", lambda one: bool(one.claims.malformed)),
)


def _has_id_of_another(one: _Submitted, owners: Mapping[str, Cell], texts: Mapping[str, Cell]) -> bool:
    """Whether a cell is one cell of the release and carries the id of another.

    Its cell id shows that: a tool that copies a cell gives it a new one. Without a cell id, a locked cell's text does.
    """
    if one.original is None:
        return False
    owner = owners.get(one.cell.cell_id) if one.cell.cell_id else None
    if owner is None and one.original.role in _LOCKED:
        owner = texts.get(one.cell.source.strip())
    return owner is not None and owner != one.original


def _locked_cells_by_text(released: Sequence[Cell]) -> dict[str, Cell]:
    """Locked cells by their text, where no other cell has the same."""
    texts: dict[str, Cell] = {}
    ambiguous = set()
    for cell in released:
        text = cell.source.strip()
        if text in texts:
            ambiguous.add(text)
        texts[text] = cell
    return {text: cell for text, cell in texts.items() if text and text not in ambiguous and cell.role in _LOCKED}


def _imitations(submitted: Sequence[_Submitted], known: Mapping[str, Cell]) -> Iterator[str]:
    """Ids that look like one of the lab's on a screen: other alphabets, letters without width."""
    looks = {_look(name): name for name in known}
    pairs = []
    for one in submitted:
        if one.original is None and one.claims.grade_id is not None:
            look = _look(one.claims.grade_id)
            if look in looks:
                pairs.append(looks[look])
            elif not look.isascii():
                alike = (name for seen, name in looks.items() if fuzz.ratio(seen, look) >= _LOOKS_LIKE)
                pairs += [name for name in alike if len(name) == len(look)][:1]
    yield from sentences_about("A cell carries an id that looks like {} and is another.", pairs)


def _look(name: str) -> str:
    visible = (letter for letter in name if unicodedata.category(letter) not in ("Cf", "Cc", "Mn"))
    return unicodedata.normalize("NFKC", "".join(visible)).strip()
