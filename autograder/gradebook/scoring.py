"""From verdicts to nbgrader's grades and comments. What a person gave is never changed."""

from collections.abc import Mapping
from dataclasses import replace

from autograder.cells import Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.gradebook.records import CommentRecord, GradeRecord, NotebookRecord, SubmissionRecord
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

NO_RESPONSE = "No response."
"""What nbgrader says about an answer that is as it was released."""

_NOT_GRADED = "Not graded: "


def apply_verdicts(
    submission: SubmissionRecord,
    result: Result,
    graded: Mapping[str, NotebookResult],
    submitted: Mapping[str, SubmittedNotebook],
    hold: Mapping[str, frozenset[str]],
) -> SubmissionRecord:
    """The submission with the grades and comments that its verdicts give.

    A notebook that was not handed in gets 0, as in nbgrader.

    Args:
        submission: what the gradebook holds.
        result: the submission's result.
        graded: its graded notebooks, by name.
        submitted: its realigned notebooks, by name, for the comment "No response." on solutions.
        hold: the cells of each notebook whose marks by a person hold, since their answers have not changed; others that
            a person marked wait for a person again.

    Raises:
        ExpectedError: the gradebook does not know a cell.
    """
    notebooks = [
        _apply_verdicts(
            row,
            result,
            graded.get(row.notebook.name),
            submitted.get(row.notebook.name),
            hold.get(row.notebook.name, frozenset()),
        )
        for row in submission.notebooks
    ]
    return replace(submission, notebooks=notebooks)


def _apply_verdicts(
    row: NotebookRecord,
    result: Result,
    graded: NotebookResult | None,
    submitted: SubmittedNotebook | None,
    hold: frozenset[str],
) -> NotebookRecord:
    if graded is not None:
        verdicts = {verdict.grade_id: verdict for verdict in graded.verdicts}
        for unknown in sorted(verdicts.keys() - {grade.name for grade in row.grades}):
            raise ExpectedError(
                f"The gradebook does not know the cell {unknown!r} of {result.lab}/{row.notebook.name}.ipynb.",
                f"Run: nbgrader generate_assignment {result.lab} --force",
            )
        grades = [_graded(grade, verdicts.get(grade.name), holds=grade.name in hold) for grade in row.grades]
        return replace(row, grades=grades, comments=_comments(row, graded, submitted))
    if result.status is SubmissionStatus.GRADED:
        return replace(row, grades=[_not_handed_in(grade) for grade in row.grades])
    unreadable = result.status is SubmissionStatus.QUARANTINED
    return replace(
        row,
        grades=[_not_graded(grade, unreadable=unreadable) for grade in row.grades],
        comments=[replace(comment, auto_comment=_not_graded_since(result.reason)) for comment in row.comments],
    )


def _graded(grade: GradeRecord, verdict: CellVerdict | None, *, holds: bool) -> GradeRecord:
    marked = grade.manual_score is not None
    if verdict is None or verdict.status is CellStatus.BROKE:
        return replace(grade, needs_manual_grade=not (marked and holds))
    if grade.task:
        # Only a person grades a task; an automatic 0 can only come from an earlier submission without the notebook.
        return replace(grade, auto_score=None, needs_manual_grade=not (marked and holds))
    score = None if verdict.points is None else float(verdict.points)
    return replace(grade, auto_score=score, needs_manual_grade=not holds if marked else score is None)


def _not_handed_in(grade: GradeRecord) -> GradeRecord:
    """A grade in a notebook that is missing: 0, and a mark that a person gave to an earlier one holds no longer."""
    return replace(grade, auto_score=0.0, needs_manual_grade=grade.manual_score is not None)


def _not_graded(grade: GradeRecord, *, unreadable: bool) -> GradeRecord:
    """Only a verdict replaces a score: where grading broke or nothing could be read, it stays and is flagged."""
    nothing = unreadable and grade.auto_score is None and grade.manual_score is None
    return replace(grade, auto_score=0.0 if nothing else grade.auto_score, needs_manual_grade=True)


def _not_graded_since(reason: str) -> str:
    # A name of a file in it may be any bytes, and PostgreSQL's texts hold no NUL and nothing that is not Unicode.
    text = reason.encode("utf-8", "backslashreplace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"{_NOT_GRADED}{text}"


def _comments(row: NotebookRecord, graded: NotebookResult, submitted: SubmittedNotebook | None) -> list[CommentRecord]:
    """Nbgrader's own comments: on answers that are as they were released, and on no others."""
    unanswered = {verdict.grade_id for verdict in graded.verdicts if verdict.status is CellStatus.UNANSWERED}
    tasks = row.notebook.tasks
    answered = {verdict.grade_id for verdict in graded.verdicts} - unanswered
    for cell in submitted.cells if submitted is not None else ():
        if cell.role is Role.SOLUTION and cell.grade_id is not None:
            as_released = cell.source == row.notebook.sources.get(cell.grade_id)
            (unanswered if as_released else answered).add(cell.grade_id)
    return [_comment(comment, unanswered - tasks, tasks | answered) for comment in row.comments]


def _comment(comment: CommentRecord, unanswered: frozenset[str] | set[str], answered: frozenset[str]) -> CommentRecord:
    if comment.name in unanswered:
        return replace(comment, auto_comment=NO_RESPONSE)
    if comment.name in answered or (comment.auto_comment or "").startswith(_NOT_GRADED):
        return replace(comment, auto_comment=None)
    return comment
