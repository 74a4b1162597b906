"""Which notebook of a course a file is, by its cells: a student may hand in one under the name of another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.cells import ANSWERS, Cell
from autograder.course.course import Course
from autograder.untrusted.files import Quarantine
from autograder.untrusted.notebooks import read

_SHORTEST_TEXT = 10
_SURE = 0.7
"""Likeness with the named notebook from which nothing else is looked at."""
_LEAST, _AHEAD = 0.5, 0.3
"""Likeness that another notebook must have, and how much more than the named one."""


@dataclass(frozen=True)
class NotebookName:
    """A notebook of a lab.

    Attributes:
        lab: the lab's name.
        notebook: the notebook's name, without ``.ipynb``.
    """

    lab: str
    notebook: str


@dataclass(frozen=True)
class _Marks:
    """What distinguishes a notebook: the ids of its cells, and the texts that a student does not write."""

    ids: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "_Marks":
        cells = list(cells)
        return cls(
            frozenset(cell.grade_id for cell in cells if cell.grade_id),
            frozenset(
                text
                for cell in cells
                if cell.role not in ANSWERS and len(text := cell.source.strip()) >= _SHORTEST_TEXT
            ),
        )

    def share_in(self, other: "_Marks") -> float:
        """How much of it another notebook has, 0 to 1; ids count only where the other has any, for tools drop them."""
        shares = [_share(mine, its) for mine, its in ((self.ids, other.ids), (self.texts, other.texts)) if mine and its]
        return sum(shares) / len(shares) if shares else 0.0


class Recognition:
    """Recognises the notebooks of a course. Several threads may use it at once."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def elsewhere(self, named: NotebookName, cells: Iterable[Cell]) -> NotebookName | None:
        """The notebook that a file is, if its cells say that it is another one than its name does; None otherwise."""
        submitted = _Marks.of(cells)
        known = self._known
        if named not in known or (likeness := known[named].share_in(submitted)) >= _SURE:
            return None
        shares = sorted(((marks.share_in(submitted), name) for name, marks in known.items()), key=lambda it: -it[0])
        best, name = shares[0]
        if len(shares) > 1 and shares[1][0] == best:
            return None
        return name if best >= _LEAST and best >= likeness + _AHEAD else None

    @cached_property
    def _known(self) -> Mapping[NotebookName, _Marks]:
        return dict(self._read())

    def _read(self) -> Iterable[tuple[NotebookName, _Marks]]:
        released = self._course.directory.release_directory
        for lab in self._course.labs():
            for source in self._course.source_folder(lab).glob("*.ipynb"):
                # Released tests are what a student has; the instructor's have hidden parts.
                path = self._course.folder(released, ".", lab) / source.name
                try:
                    yield NotebookName(lab, source.stem), _Marks.of(read(path if path.is_file() else source).cells)
                except Quarantine:
                    continue


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    return len(wanted & found) / len(wanted)
