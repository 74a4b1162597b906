"""A notebook as the grader sees it: cells with nbgrader's roles, and nothing that a student could forge."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What nbgrader's metadata make of a cell."""

    FREE = "free"
    """No nbgrader metadata: text or code that the student may change or delete, or has added."""
    LOCKED = "locked"
    """Read-only: restored to the released text before it runs."""
    SOLUTION = "solution"
    """The student's answer, graded by tests."""
    TEST = "test"
    """Autograder tests: run by the judge alone, never by the student's side."""
    ANSWER = "answer"
    """The student's answer, graded by a person (grade and solution at once)."""
    TASK = "task"
    """A task that a person grades; the student answers in cells of their own below it."""


SKIP: Final = "autograder:skip"
"""The tag of a lesson cell that is not run while grading."""
ANSWERS: Final = frozenset({Role.SOLUTION, Role.ANSWER})
"""The roles of cells that hold a student's answer."""
NBGRADER_FLAGS = {
    Role.LOCKED: {"grade": False, "solution": False, "locked": True, "task": False},
    Role.SOLUTION: {"grade": False, "solution": True, "locked": False, "task": False},
    Role.TEST: {"grade": True, "solution": False, "locked": True, "task": False},
    Role.ANSWER: {"grade": True, "solution": True, "locked": False, "task": False},
    Role.TASK: {"grade": False, "solution": False, "locked": True, "task": True},
}
"""What nbgrader writes into the metadata of a cell of each role."""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        kind: nbformat's cell type: "code", "markdown" or "raw".
        role: see `Role`.
        source: the cell's text.
        grade_id: nbgrader's id; None for free cells.
        points: the points that it is worth; 0 unless it is graded.
        cell_id: nbformat 4.5's cell id; None where the notebook has none.
        checksum: nbgrader's checksum of the cell as it was released; None where the notebook has none.
        attachments: images pasted into a markdown cell, as nbformat has them; None where there are none.
        wall_only: whether its test may run at the wall alone (the cell's tag ``autograder:wall``).
        skipped: whether grading may do without it: a lesson cell that its author has tagged (``autograder:skip``). A
            submission's cell has it from the released one in whose place it stands.
    """

    kind: str
    role: Role
    source: str
    grade_id: str | None = None
    points: float = 0.0
    cell_id: str | None = None
    checksum: str | None = None
    attachments: Mapping[str, Mapping[str, str]] | None = None
    wall_only: bool = False
    skipped: bool = False

    @property
    def graded(self) -> bool:
        """Whether the cell carries points."""
        return self.role in (Role.TEST, Role.ANSWER, Role.TASK)


@dataclass(frozen=True)
class LabNotebook:
    """One notebook of a lab, from the instructor's side.

    Attributes:
        name: the notebook's name, without ``.ipynb``.
        source: the instructor's cells, with solutions and hidden tests, header and footer included. Secret.
        released: the same notebook as the student received it.
    """

    name: str
    source: tuple[Cell, ...]
    released: tuple[Cell, ...]


@dataclass(frozen=True)
class Lab:
    """A lab: nbgrader's assignment.

    Attributes:
        name: nbgrader's assignment id.
        notebooks: its notebooks, by name.
        files: the data files that come with it: path relative to the lab's folder → content.
    """

    name: str
    notebooks: tuple[LabNotebook, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class SubmittedNotebook:
    """A student's notebook, realigned to the released one and ready to run.

    Attributes:
        name: the notebook's name, without ``.ipynb``.
        cells: the released cells in order, with the student's text in solution, answer and free cells and the
            released text in locked cells, tests and tasks; the student's own cells stand where they stood. Free cells
            that the student deleted are left out, unless later ones need what they define.
        unanswered: grade ids of answer and task cells that are as they were released.
        repairs: what had to be repaired, one sentence each.
        flags: claims in its metadata that no honest tool makes, one sentence each: a person should look.
    """

    name: str
    cells: tuple[Cell, ...]
    unanswered: frozenset[str] = frozenset()
    repairs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
