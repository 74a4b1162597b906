"""A lab and a submission as nbgrader's gradebook has them: its tables as plain records, read and written.

nbgrader's own classes compute a dozen sums whenever one of them is loaded, and its functions end the transaction. So
its tables (`nbgrader.api`) are read and written directly.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

# nbgrader's tables have no index that begins with a submission: without its notebooks and cells, all rows of the class
# would be looked at for each student.
_OF_SUBMISSION = and_(
    SubmittedNotebook.notebook_id.in_(bindparam("notebooks", expanding=True)),
    SubmittedNotebook.assignment_id == bindparam("submission"),
)
_HEAD = (
    select(SubmittedAssignment.id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    .where(SubmittedAssignment.assignment_id == bindparam("lab"))
    .where(SubmittedAssignment.student_id == bindparam("student"))
)
_NOTEBOOKS = select(
    SubmittedNotebook.id, SubmittedNotebook.notebook_id, SubmittedNotebook.late_submission_penalty
).where(_OF_SUBMISSION)
_GRADES = (
    select(Grade.notebook_id, Grade.id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
    .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
    .where(_OF_SUBMISSION, Grade.cell_id.in_(bindparam("cells", expanding=True)))
)
_COMMENTS = (
    select(Comment.notebook_id, Comment.id, Comment.cell_id, Comment.auto_comment)
    .join(SubmittedNotebook, SubmittedNotebook.id == Comment.notebook_id)
    .where(_OF_SUBMISSION, Comment.cell_id.in_(bindparam("cells", expanding=True)))
)
_SUBMISSION, _GRADE, _COMMENT = SubmittedAssignment.__table__, Grade.__table__, Comment.__table__
_SET_TIME = update(_SUBMISSION).where(_SUBMISSION.c.id == bindparam("key")).values(timestamp=bindparam("time"))
_SET_GRADE = (
    update(_GRADE)
    .where(_GRADE.c.id == bindparam("key"))
    .values(auto_score=bindparam("score"), needs_manual_grade=bindparam("needed"))
)
_SET_COMMENT = update(_COMMENT).where(_COMMENT.c.id == bindparam("key")).values(auto_comment=bindparam("text"))
GRADED = ("GradeCell", "TaskCell")
"""nbgrader's names for the cells that have a grade."""
_COMMENTED = ("SolutionCell", "TaskCell")


@dataclass(frozen=True)
class CellRecord:
    """A cell of a lab: nbgrader has one entry for its grade and another one for comments.

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
class LabNotebookRecord:
    """A notebook of a lab.

    Attributes:
        identity: nbgrader's key.
        name: its name, without ``.ipynb``.
        cells: its cells.
        sources: the released text of each cell, by grade id.
    """

    identity: str
    name: str
    cells: Sequence[CellRecord]
    sources: Mapping[str, str]

    @property
    def tasks(self) -> frozenset[str]:
        """The grade ids of the tasks, which only a person grades."""
        return frozenset(cell.name for cell in self.cells if cell.kind == "TaskCell")

    @property
    def graded(self) -> frozenset[str]:
        """The grade ids of the cells that have a grade."""
        return frozenset(cell.name for cell in self.cells if cell.kind in GRADED)


@dataclass(frozen=True)
class LabRecord:
    """A lab in the gradebook.

    Attributes:
        identity: nbgrader's key.
        name: its name.
        due: when it is due (UTC, without a time zone); None if it has no due date.
        notebooks: its notebooks.
    """

    identity: str
    name: str
    due: datetime | None
    notebooks: Sequence[LabNotebookRecord]


@dataclass(frozen=True)
class GradeRecord:
    """The grade of one cell of a submission; fields as nbgrader has them."""

    identity: str
    name: str
    task: bool
    auto_score: float | None = None
    manual_score: float | None = None
    needs_manual_grade: bool = True


@dataclass(frozen=True)
class CommentRecord:
    """The comment on one cell of a submission; fields as nbgrader has them."""

    identity: str
    name: str
    auto_comment: str | None = None


@dataclass(frozen=True)
class NotebookRecord:
    """One notebook of a submission; fields as nbgrader has them."""

    identity: str
    notebook: LabNotebookRecord
    grades: Sequence[GradeRecord]
    comments: Sequence[CommentRecord]
    late_submission_penalty: float | None = None


@dataclass(frozen=True)
class SubmissionRecord:
    """A submission; fields as nbgrader has them."""

    identity: str
    notebooks: Sequence[NotebookRecord]
    timestamp: datetime | None = None
    extension: timedelta | None = None

    @property
    def has_scores(self) -> bool:
        """Whether anything was ever graded, by this program or by a person."""
        grades = [grade for notebook in self.notebooks for grade in notebook.grades]
        return any(grade.auto_score is not None or grade.manual_score is not None for grade in grades)

    @property
    def digest(self) -> str:
        """A digest of what the autograder writes, and of an extension; what a person wrote is left out."""
        content = [
            [
                notebook.notebook.name,
                sorted([grade.name, grade.auto_score] for grade in notebook.grades),
                sorted([comment.name, comment.auto_comment] for comment in notebook.comments),
            ]
            for notebook in self.notebooks
        ]
        return hashlib.sha256(
            json.dumps([str(self.timestamp), str(self.extension), sorted(content)]).encode()
        ).hexdigest()


def read_lab_record(gradebook: Gradebook, name: str) -> LabRecord | None:
    """Read a lab; None where the gradebook does not know it."""
    try:
        assignment: Assignment = gradebook.find_assignment(name)
    except MissingEntry:
        return None
    session: Session = gradebook.db
    found = session.execute(
        select(Notebook.id, Notebook.name).where(Notebook.assignment_id == assignment.id).order_by(Notebook.name)
    ).all()
    notebooks = [
        LabNotebookRecord(key, title, _cells_of(session, key), _sources_of(session, key)) for key, title in found
    ]
    return LabRecord(assignment.id, name, assignment.duedate, notebooks)


def _cells_of(session: Session, notebook: str) -> list[CellRecord]:
    graded, tasks = GradeCell.__table__, TaskCell.__table__
    found = session.execute(
        select(BaseCell.id, BaseCell.name, BaseCell.type, func.coalesce(graded.c.max_score, tasks.c.max_score))
        .outerjoin(graded, graded.c.id == BaseCell.id)
        .outerjoin(tasks, tasks.c.id == BaseCell.id)
        .where(BaseCell.notebook_id == notebook)
        .order_by(BaseCell.name)
    )
    return [CellRecord(*row) for row in found]


def _sources_of(session: Session, notebook: str) -> dict[str, str]:
    found = session.execute(select(SourceCell.name, SourceCell.source).where(SourceCell.notebook_id == notebook))
    return {row.name: row.source for row in found}


def read_submission_record(session: Session, lab: LabRecord, student: str) -> SubmissionRecord | None:
    """Read a submission; None where the gradebook does not know it."""
    head = session.execute(_HEAD, {"lab": lab.identity, "student": student}).first()
    if head is None:
        return None
    known = {notebook.identity: notebook for notebook in lab.notebooks}
    cells = {cell.identity: cell for notebook in lab.notebooks for cell in notebook.cells}
    its_notebooks = {"submission": head.id, "notebooks": list(known)}
    its_cells = its_notebooks | {"cells": list(cells)}
    grades: dict[str, list[GradeRecord]] = defaultdict(list)
    for notebook, key, cell, *values in session.execute(_GRADES, its_cells):
        grades[notebook].append(GradeRecord(key, cells[cell].name, cells[cell].kind == "TaskCell", *values))
    comments: dict[str, list[CommentRecord]] = defaultdict(list)
    for notebook, key, cell, text in session.execute(_COMMENTS, its_cells):
        comments[notebook].append(CommentRecord(key, cells[cell].name, text))
    rows = [
        NotebookRecord(key, known[notebook], grades[key], comments[key], penalty)
        for key, notebook, penalty in session.execute(_NOTEBOOKS, its_notebooks)
    ]
    return SubmissionRecord(head.id, rows, head.timestamp, head.extension)


def add_missing(session: Session, lab: LabRecord, student: str, present: SubmissionRecord | None) -> SubmissionRecord:
    """Insert the student, the submission, and an entry for each notebook and cell that has none yet.

    Args:
        session: the session of the transaction.
        lab: the lab.
        student: the student's id.
        present: what the gradebook holds of the submission.

    Returns:
        The complete submission.
    """
    if session.execute(select(Student.id).where(Student.id == student)).first() is None:
        session.execute(insert(Student.__table__), {"id": student})
    if present is None:
        present = SubmissionRecord(new_uuid(), ())
        values = {"id": present.identity, "assignment_id": lab.identity, "student_id": student}
        session.execute(insert(_SUBMISSION), values)
    rows = {row.notebook.name: row for row in present.notebooks}
    notebooks = [_completed(session, notebook, rows.get(notebook.name), present.identity) for notebook in lab.notebooks]
    return SubmissionRecord(present.identity, notebooks, present.timestamp, present.extension)


def _completed(
    session: Session, notebook: LabNotebookRecord, row: NotebookRecord | None, submission: str
) -> NotebookRecord:
    if row is None:
        row = NotebookRecord(new_uuid(), notebook, (), ())
        values = {"id": row.identity, "notebook_id": notebook.identity, "assignment_id": submission, "flagged": False}
        session.execute(insert(SubmittedNotebook.__table__), values)
    graded, commented = ({entry.name for entry in entries} for entries in (row.grades, row.comments))
    grades = [(new_uuid(), cell) for cell in notebook.cells if cell.kind in GRADED and cell.name not in graded]
    comments = [(new_uuid(), cell) for cell in notebook.cells if cell.kind in _COMMENTED and cell.name not in commented]
    if grades:
        new = [
            {"id": key, "cell_id": cell.identity, "notebook_id": row.identity, "needs_manual_grade": True}
            for key, cell in grades
        ]
        session.execute(insert(_GRADE), new)
    if comments:
        new = [{"id": key, "cell_id": cell.identity, "notebook_id": row.identity} for key, cell in comments]
        session.execute(insert(_COMMENT), new)
    return NotebookRecord(
        row.identity,
        notebook,
        [*row.grades, *(GradeRecord(key, cell.name, cell.kind == "TaskCell") for key, cell in grades)],
        [*row.comments, *(CommentRecord(key, cell.name) for key, cell in comments)],
        row.late_submission_penalty,
    )


def save(session: Session, before: SubmissionRecord, after: SubmissionRecord) -> None:
    """Write what has changed of a submission."""
    if after.timestamp != before.timestamp:
        session.execute(_SET_TIME, {"key": after.identity, "time": after.timestamp})
    grades, comments = [], []
    for old, new in zip(before.notebooks, after.notebooks, strict=True):
        grades += [grade for was, grade in zip(old.grades, new.grades, strict=True) if grade != was]
        comments += [comment for was, comment in zip(old.comments, new.comments, strict=True) if comment != was]
    if grades:
        scores = [{"key": it.identity, "score": it.auto_score, "needed": it.needs_manual_grade} for it in grades]
        session.execute(_SET_GRADE, scores)
    if comments:
        session.execute(_SET_COMMENT, [{"key": it.identity, "text": it.auto_comment} for it in comments])
