"""Reads marks from the gradebook: a person may have graded since the autograder did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from nbgrader.api import Assignment, BaseCell, Grade, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import undefer

from autograder.gradebook.connection import NoGradebookError, reading
from autograder.report.feedback import Mark, changed_since, graded_status
from autograder.verdicts import CellStatus, CellVerdict, Result


def marks_of_notebook(db_url: str, lab: str, student: str, notebook: str) -> tuple[dict[str, Mark], float]:
    """Read one notebook's marks.

    Returns:
        The marks by grade id, and the penalty for lateness in points. Empty and 0 if nothing is recorded.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    try:
        with reading(db_url) as gradebook:
            submission = gradebook.find_submission_notebook(notebook, lab, student)
            comments = {comment.name: comment.comment or "" for comment in submission.comments}
            marks = {grade.name: _mark(grade, comments.get(grade.name, "")) for grade in submission.grades}
            return marks, float(submission.late_submission_penalty or 0.0)
    except (MissingEntry, NoGradebookError):
        return {}, 0.0


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
