"""What nbgrader's gradebook knows of a lab, as plain records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Assignment, BaseCell, Gradebook, GradeCell, MissingEntry, Notebook, SourceCell, TaskCell
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.cells import Lab, LabNotebook, Role

GRADED = ("GradeCell", "TaskCell")
"""nbgrader's names for the cells that have a grade."""

_KINDS = {
    Role.TEST: {"GradeCell"},
    Role.ANSWER: {"GradeCell", "SolutionCell"},
    Role.SOLUTION: {"SolutionCell"},
    Role.TASK: {"TaskCell"},
}


@dataclass(frozen=True)
class KnownCell:
    """A cell of a lab: nbgrader has one entry for its grade and another one for remarks.

    Attributes:
        identity: nbgrader's key.
        name: its grade id.
        kind: nbgrader's name for what it is: GradeCell, SolutionCell or TaskCell.
        points: what it is worth; None for a SolutionCell.
    """

    identity: str
    name: str
    kind: str
    points: float | None


@dataclass(frozen=True)
class KnownNotebook:
    """A notebook of a lab.

    Attributes:
        identity: nbgrader's key.
        name: its name, without ``.ipynb``.
        cells: its cells.
        sources: the released text of each cell, by grade id.
    """

    identity: str
    name: str
    cells: Sequence[KnownCell]
    sources: Mapping[str, str]

    @property
    def tasks(self) -> frozenset[str]:
        """The grade ids of the tasks, which are left to a person altogether."""
        return frozenset(cell.name for cell in self.cells if cell.kind == "TaskCell")

    @property
    def graded(self) -> frozenset[str]:
        """The grade ids of the cells that have a grade."""
        return frozenset(cell.name for cell in self.cells if cell.kind in GRADED)


@dataclass(frozen=True)
class KnownLab:
    """A lab in the gradebook.

    Attributes:
        identity: nbgrader's key.
        name: its name.
        due: when it is due (UTC, without a zone); None where that is open.
        notebooks: its notebooks.
    """

    identity: str
    name: str
    due: datetime | None
    notebooks: Sequence[KnownNotebook]


def is_current(known: KnownLab, lab: Lab) -> bool:
    """Whether the gradebook knows a lab as it is now: its cells, their points and their texts."""
    notebooks = {notebook.name: notebook for notebook in known.notebooks}
    return notebooks.keys() == {notebook.name for notebook in lab.notebooks} and all(
        _is_current(notebooks[notebook.name], notebook) for notebook in lab.notebooks
    )


def _is_current(known: KnownNotebook, notebook: LabNotebook) -> bool:
    cells = {
        (cell.grade_id, kind, cell.points if kind in GRADED else None)
        for cell in notebook.source
        for kind in _KINDS.get(cell.role, ())
    }
    # Solutions are recorded as they are released, tests with their hidden part.
    texts = {(cell.grade_id, cell.source) for cell in (*notebook.source, *notebook.released)}
    return cells == {(cell.name, cell.kind, cell.points) for cell in known.cells} and known.sources.items() <= texts


def read_lab(gradebook: Gradebook, name: str) -> KnownLab | None:
    """What the gradebook knows of a lab; None where it knows nothing."""
    try:
        assignment: Assignment = gradebook.find_assignment(name)
    except MissingEntry:
        return None
    session: Session = gradebook.db
    found = session.execute(
        select(Notebook.id, Notebook.name).where(Notebook.assignment_id == assignment.id).order_by(Notebook.name)
    ).all()
    notebooks = [KnownNotebook(key, title, _cells(session, key), _sources(session, key)) for key, title in found]
    return KnownLab(assignment.id, name, assignment.duedate, notebooks)


def _cells(session: Session, notebook: str) -> list[KnownCell]:
    graded, tasks = GradeCell.__table__, TaskCell.__table__
    found = session.execute(
        select(BaseCell.id, BaseCell.name, BaseCell.type, func.coalesce(graded.c.max_score, tasks.c.max_score))
        .outerjoin(graded, graded.c.id == BaseCell.id)
        .outerjoin(tasks, tasks.c.id == BaseCell.id)
        .where(BaseCell.notebook_id == notebook)
        .order_by(BaseCell.name)
    )
    return [KnownCell(*row) for row in found]


def _sources(session: Session, notebook: str) -> dict[str, str]:
    found = session.execute(select(SourceCell.name, SourceCell.source).where(SourceCell.notebook_id == notebook))
    return {row.name: row.source for row in found}
