"""Which notebook of which lab a file is, by what it holds: for one that its owner has renamed beyond recognition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import Cell, Role
from autograder.collect.findings import Place
from autograder.untrusted.files import Quarantine
from autograder.untrusted.notebooks import read

_ENOUGH = 0.5
_SHORTEST = 40


@dataclass(frozen=True)
class Marks:
    """What tells a notebook from others.

    Attributes:
        ids: the ids of its graded and locked cells.
        texts: its paragraphs, as handed out: they are there, too, where an editor has lost all ids.
    """

    ids: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "Marks":
        """The marks of a notebook, which may be the instructor's, the released one or a student's."""
        cells = tuple(cells)
        return cls(
            frozenset(cell.grade_id for cell in cells if cell.grade_id),
            frozenset(
                text
                for cell in cells
                if cell.kind == "markdown" and cell.role is Role.FREE and len(text := cell.source.strip()) >= _SHORTEST
            ),
        )

    def share(self, other: "Marks") -> float:
        """Which share of these marks another notebook has, from 0 to 1."""
        return max(_share(self.ids, other.ids), _share(self.texts, other.texts))


class Contents:
    """Recognises notebooks.

    Args:
        sources: a lab's notebook → the instructor's file.
    """

    def __init__(self, sources: Mapping[Place, Path]) -> None:
        self._sources = sources
        self._marks: dict[Place, Marks] | None = None

    def place(self, path: Path) -> Place | None:
        """The notebook of which a file holds at least half; None if there is none, or two are as likely."""
        marks = _marks(path)
        if marks is None:
            return None
        if self._marks is None:
            found = {place: _marks(source) for place, source in self._sources.items()}
            self._marks = {place: known for place, known in found.items() if known is not None}
        shares = {place: known.share(marks) for place, known in self._marks.items()}
        best = max(shares.values(), default=0.0)
        likely = [place for place, share in shares.items() if share == best]
        return likely[0] if best >= _ENOUGH and len(likely) == 1 else None


def _marks(path: Path) -> Marks | None:
    try:
        return Marks.of(read(path).cells)
    except Quarantine:
        return None


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 0.0
