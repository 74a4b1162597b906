"""Reads marks from the gradebook: a person may have graded since the autograder did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nbgrader.api import Assignment, BaseCell, Grade, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import undefer

from autograder.gradebook.connection import NoGradebookError, reading
from autograder.report.feedback import Mark, changed_since, graded_status
from autograder.verdicts import CellStatus, CellVerdict, Result


@dataclass(frozen=True)
class NotebookMarks:
    """What the gradebook holds of one notebook.

    Attributes:
        marks: the marks, by grade id.
        penalty: the penalty for lateness, in points.
        comments: what people wrote about answers that have no mark of their own, by grade id: nbgrader keeps a comment
            on an answer with it, and the points with its test.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    penalty: float = 0.0
    comments: dict[str, str] = field(default_factory=dict)


def marks_of_notebook(db_url: str, lab: str, student: str, notebook: str) -> NotebookMarks:
    """Read one notebook's marks; nothing if nothing is recorded.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    try:
        with reading(db_url) as gradebook:
            submission = gradebook.find_submission_notebook(notebook, lab, student)
            comments = {comment.name: comment.comment or "" for comment in submission.comments}
            marks = {grade.name: _mark(grade, comments.get(grade.name, "")) for grade in submission.grades}
            by_people = {comment.name: comment.manual_comment or "" for comment in submission.comments}
            others = {name: text for name, text in by_people.items() if text and name not in marks}
            return NotebookMarks(marks, float(submission.late_submission_penalty or 0.0), others)
    except (MissingEntry, NoGradebookError):
        return NotebookMarks()


def marks_of_lab(db_url: str, lab: str) -> dict[tuple[str, str], Mark]:
    """Read the marks that people gave in a lab: (student, grade id) → mark.

    A grade id that two notebooks share is left out. It is one query, however large the class is.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    with reading(db_url, f"Run: autograder grade {lab}") as gradebook:
        cells = (
            gradebook.db.query(BaseCell.name, BaseCell.notebook_id)
            .join(Notebook, BaseCell.notebook_id == Notebook.id)
            .join(Assignment, Notebook.assignment_id == Assignment.id)
            .filter(Assignment.name == lab)
        )
        notebooks = Counter(name for name, _ in cells.distinct())
        rows = (
            gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade)
            .select_from(Grade)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == lab, Grade.manual_score.is_not(None))
            .options(undefer(Grade.max_score))
        )
        return {(student, name): _mark(grade, "") for student, name, grade in rows if notebooks[name] == 1}


def with_marks(result: Result, marks: Mapping[tuple[str, str], Mark]) -> Result:
    """The result with the points that people have given since."""
    marked = (_marked(cell, marks.get((result.student, cell.grade_id))) for cell in result.cells)
    return replace(result, cells=tuple(marked))


def _marked(cell: CellVerdict, mark: Mark | None) -> CellVerdict:
    if mark is None or not (mark.by_hand or mark.earlier is not None):
        return cell
    status = graded_status(cell.status, mark)
    message = changed_since(mark) if status is CellStatus.MANUAL else cell.message
    return replace(cell, points=mark.points, status=status, message=message)


def _mark(grade: object, comment: str) -> Mark:
    by_hand = getattr(grade, "manual_score", None) is not None
    waits = getattr(grade, "needs_manual_grade", False)
    points = float(getattr(grade, "score", 0.0))
    return Mark(
        points=None if waits else points,
        max_points=float(getattr(grade, "max_score", 0.0)),
        by_hand=by_hand and not waits,
        comment=comment,
        earlier=points if by_hand and waits else None,
    )
