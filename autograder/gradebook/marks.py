"""From verdicts to nbgrader's grades and comments. What a person gave is never touched."""

from collections.abc import Mapping
from dataclasses import replace

from autograder.cells import Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.gradebook.rows import CommentRow, GradeRow, NotebookRow, SubmissionRow
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

NO_RESPONSE = "No response."
"""What nbgrader says about an answer that is as it was released."""

_NOT_GRADED = "Not graded: "


def mark(
    submission: SubmissionRow,
    result: Result,
    graded: Mapping[str, NotebookResult],
    submitted: Mapping[str, SubmittedNotebook],
) -> SubmissionRow:
    """The submission with what its verdicts make of its grades and comments.

    A notebook that was not handed in gets 0, as nbgrader has it.

    Args:
        submission: what the gradebook holds.
        result: the submission's result.
        graded: its graded notebooks, by name.
        submitted: its realigned notebooks, by name, for the comment "No response." on solutions.

    Raises:
        ExpectedError: the gradebook does not know a cell.
    """
    notebooks = [
        _mark(row, result, graded.get(row.notebook.name), submitted.get(row.notebook.name))
        for row in submission.notebooks
    ]
    return replace(submission, notebooks=notebooks)


def _mark(
    row: NotebookRow, result: Result, graded: NotebookResult | None, submitted: SubmittedNotebook | None
) -> NotebookRow:
    if graded is not None:
        verdicts = {verdict.grade_id: verdict for verdict in graded.verdicts}
        for unknown in sorted(verdicts.keys() - {grade.name for grade in row.grades}):
            raise ExpectedError(
                f"The gradebook does not know the cell {unknown!r} of {result.lab}/{row.notebook.name}.ipynb.",
                f"Run: nbgrader generate_assignment {result.lab} --force",
            )
        grades = [_graded(grade, verdicts.get(grade.name)) for grade in row.grades]
        return replace(row, grades=grades, comments=_comments(row, graded, submitted))
    if result.status is SubmissionStatus.GRADED:
        return replace(row, grades=[replace(it, auto_score=0.0, needs_manual_grade=False) for it in row.grades])
    unreadable = result.status is SubmissionStatus.QUARANTINED
    return replace(
        row,
        grades=[_not_graded(grade, unreadable=unreadable) for grade in row.grades],
        comments=[replace(comment, auto_comment=_not_graded_since(result.reason)) for comment in row.comments],
    )


def _graded(grade: GradeRow, verdict: CellVerdict | None) -> GradeRow:
    if verdict is None or verdict.status is CellStatus.BROKE:
        return replace(grade, needs_manual_grade=True)
    if grade.task:
        # nbgrader leaves a task to a person altogether; a 0 can only stem from an earlier submission that lacked it.
        return grade if grade.auto_score is None else replace(grade, auto_score=None, needs_manual_grade=True)
    score = None if verdict.points is None else float(verdict.points)
    return replace(grade, auto_score=score, needs_manual_grade=score is None or grade.manual_score is not None)


def _not_graded(grade: GradeRow, *, unreadable: bool) -> GradeRow:
    """A score is only ever replaced by a verdict: what broke or could not be read leaves it, and flags it."""
    nothing = unreadable and grade.auto_score is None and grade.manual_score is None
    return replace(grade, auto_score=0.0 if nothing else grade.auto_score, needs_manual_grade=True)


def _not_graded_since(reason: str) -> str:
    # A name of a file in it may be any bytes, and PostgreSQL's texts hold no NUL and nothing that is not Unicode.
    text = reason.encode("utf-8", "backslashreplace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"{_NOT_GRADED}{text}"


def _comments(row: NotebookRow, graded: NotebookResult, submitted: SubmittedNotebook | None) -> list[CommentRow]:
    """Nbgrader's own comments: on answers that are as they were released, and on no others."""
    unanswered = {verdict.grade_id for verdict in graded.verdicts if verdict.status is CellStatus.UNANSWERED}
    tasks = row.notebook.tasks
    answered = {verdict.grade_id for verdict in graded.verdicts} - unanswered
    for cell in submitted.cells if submitted is not None else ():
        if cell.role is Role.SOLUTION and cell.grade_id is not None:
            as_released = cell.source == row.notebook.sources.get(cell.grade_id)
            (unanswered if as_released else answered).add(cell.grade_id)
    return [_comment(comment, unanswered - tasks, tasks | answered) for comment in row.comments]


def _comment(comment: CommentRow, unanswered: frozenset[str] | set[str], answered: frozenset[str]) -> CommentRow:
    if comment.name in unanswered:
        return replace(comment, auto_comment=NO_RESPONSE)
    if comment.name in answered or (comment.auto_comment or "").startswith(_NOT_GRADED):
        return replace(comment, auto_comment=None)
    return comment
