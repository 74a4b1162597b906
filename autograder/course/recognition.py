"""Which notebook of a course a file is, by its cells: a student may hand in one under the name of another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from autograder.cells import ANSWERS, Cell
from autograder.untrusted.files import Quarantine
from autograder.untrusted.notebooks import read

if TYPE_CHECKING:
    # A helper's process imports this module, and needs nothing of nbgrader.
    from autograder.course.course import Course

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
class Marks:
    """What distinguishes a notebook.

    Attributes:
        ids: the ids of its cells.
        texts: digests of the texts that a student does not write.
    """

    ids: frozenset[str]
    texts: frozenset[bytes]

    def share_in(self, other: "Marks") -> float:
        """How much of it another notebook has, 0 to 1; ids count only where the other has any, for tools drop them."""
        shares = [_share(mine, its) for mine, its in ((self.ids, other.ids), (self.texts, other.texts)) if mine and its]
        return sum(shares) / len(shares) if shares else 0.0


@dataclass(frozen=True)
class KnownNotebook:
    """A notebook of the course, and what distinguishes it."""

    name: NotebookName
    marks: Marks


def marks_of(cells: Iterable[Cell]) -> Marks:
    """What distinguishes a notebook with these cells."""
    cells = list(cells)
    texts = [text for cell in cells if cell.role not in ANSWERS and len(text := cell.source.strip()) >= _SHORTEST_TEXT]
    return Marks(
        frozenset(cell.grade_id for cell in cells if cell.grade_id),
        frozenset(
            blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
            for text in texts
            if len(text) >= _SHORTEST_TEXT
        ),
    )


def elsewhere(known: Sequence[KnownNotebook], named: NotebookName, submitted: Marks) -> NotebookName | None:
    """The notebook that a file is, if its cells say that it is another one than its name does; None otherwise."""
    own = next((notebook.marks for notebook in known if notebook.name == named), None)
    if own is None or (likeness := own.share_in(submitted)) >= _SURE:
        return None
    shares = sorted(((it.marks.share_in(submitted), it.name) for it in known), key=lambda pair: -pair[0])
    best, name = shares[0]
    if len(shares) > 1 and shares[1][0] == best:
        return None
    return name if best >= _LEAST and best >= likeness + _AHEAD else None


class Recognition:
    """Recognises the notebooks of a course. Several threads may use it at once."""

    def __init__(self, course: "Course") -> None:
        self._course = course

    def elsewhere(self, named: NotebookName, submitted: Marks) -> NotebookName | None:
        """See the function of that name."""
        return elsewhere(self.known, named, submitted)

    @cached_property
    def known(self) -> list[KnownNotebook]:
        """The notebooks of the course."""
        return list(self._read())

    def _read(self) -> Iterable[KnownNotebook]:
        released = self._course.directory.release_directory
        for lab in self._course.labs():
            for source in self._course.source_folder(lab).glob("*.ipynb"):
                # Released tests are what a student has; the instructor's have hidden parts.
                path = self._course.folder(released, ".", lab) / source.name
                try:
                    marks = marks_of(read(path if path.is_file() else source).cells)
                except Quarantine:
                    continue
                yield KnownNotebook(NotebookName(lab, source.stem), marks)


def _share(wanted: frozenset[str] | frozenset[bytes], found: frozenset[str] | frozenset[bytes]) -> float:
    return len(wanted & found) / len(wanted)
