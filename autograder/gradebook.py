"""The one writer to nbgrader's gradebook."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from nbformat.v4 import new_notebook
from nbgrader import api
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.utils.importstring import import_item

from autograder.cells import Role, SubmittedNotebook
from autograder.course import Course
from autograder.errors import ExpectedError
from autograder.release import own_tools
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

NO_RESPONSE = "No response."
"""What nbgrader says about an answer that is as it was released."""

_NOT_GRADED = "Not graded: "


class GradebookWriter:
    """Writes results into the gradebook; a context manager, of which a course has one at a time.

    Scores and comments that a person gave are never touched. A score is only ever replaced by a verdict: what broke
    or could not be read leaves it as it was and flags it.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._gradebook: Gradebook
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open the gradebook.

        Raises:
            ExpectedError: it is locked, damaged, or may not be read.
        """
        with own_tools(), self._database_errors():
            self._gradebook = self._open.enter_context(Gradebook(self._course.gradebook_url, self._course.course_id))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def require(self, lab: str) -> None:
        """Make sure that the gradebook knows a lab and each of its graded cells.

        Raises:
            ExpectedError: it does not.
        """
        expected = {
            (notebook.name, cell.grade_id)
            for notebook in self._course.lab(lab).notebooks
            for cell in notebook.released
            if cell.graded
        }
        with self._database_errors():
            try:
                notebooks = self._gradebook.find_assignment(lab).notebooks
            except MissingEntry:
                notebooks = []
            known = {(notebook.name, cell.name) for notebook in notebooks for cell in _graded_cells(notebook)}
        for notebook, grade_id in sorted(expected - known):
            raise ExpectedError(
                f"The gradebook does not know the cell {grade_id!r} of {lab}/{notebook}.ipynb.",
                f"Run: nbgrader generate_assignment {lab} --force",
            )

    def write(
        self,
        result: Result,
        notebooks: Mapping[str, NotebookResult],
        submitted_at: datetime | None,
        submitted: Mapping[str, SubmittedNotebook] | None = None,
    ) -> None:
        """Write one submission's result.

        nbgrader's API makes the student and the submission in transactions of its own; all scores and comments then
        go into a single one. A notebook that was not handed in gets 0, as nbgrader has it.

        Args:
            result: the submission's result.
            notebooks: its graded notebooks, by name.
            submitted_at: when it was handed in, UTC; None if unknown.
            submitted: its realigned notebooks, by name, for the comment "No response." on solutions.

        Raises:
            ExpectedError: the gradebook does not know the lab or a cell, or cannot be written. Nothing was lost:
                the submission's earlier scores stand.
        """
        with self._database_errors():
            try:
                self._gradebook.find_assignment(result.lab)
            except MissingEntry:
                raise ExpectedError(
                    f"The gradebook does not know the lab {result.lab!r}.",
                    f"Run: nbgrader generate_assignment {result.lab}",
                ) from None
            self._gradebook.update_or_create_student(result.student)
            # nbgrader links a new submission to its student before it adds it, which an early flush would complain of.
            with self._gradebook.db.no_autoflush:
                submission = self._gradebook.update_or_create_submission(result.lab, result.student)
            if submitted_at is not None and (result.status is SubmissionStatus.GRADED or not _has_scores(submission)):
                submission.timestamp = submitted_at
            for record in submission.notebooks:
                _write_notebook(record, result, notebooks.get(record.name), (submitted or {}).get(record.name))
            self._gradebook.db.commit()
            if self._penalises_lateness():
                self._assign_late_penalties(submission)

    def _penalises_lateness(self) -> bool:
        configured = Autograde(coursedir=self._course.directory, parent=self._course.application)
        steps = [import_item(step) if isinstance(step, str) else step for step in configured.autograde_preprocessors]
        return any(issubclass(step, AssignLatePenalties) for step in steps)

    def _assign_late_penalties(self, submission: api.SubmittedAssignment) -> None:
        late = submission.total_seconds_late > 0
        names = [record.name for record in submission.notebooks if late or record.late_submission_penalty is not None]
        # nbgrader's preprocessor opens the gradebook itself, so ours must hold no lock on it.
        self._gradebook.db.rollback()
        for name in names:
            resources = {
                "nbgrader": {
                    "notebook": name,
                    "assignment": submission.assignment.name,
                    "student": submission.student.id,
                    "db_url": self._course.gradebook_url,
                }
            }
            self._gradebook.db.rollback()
            preprocessor = AssignLatePenalties(parent=self._course.application)
            try:
                preprocessor.preprocess(new_notebook(), resources)
            except SQLAlchemyError:
                raise
            except Exception as error:
                raise ExpectedError(
                    f"The plug-in for late penalties, {preprocessor.plugin_class.__name__}, broke: {error}.",
                    "Mend it, or change AssignLatePenalties.plugin_class in nbgrader_config.py, and grade again.",
                ) from error

    @contextmanager
    def _database_errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, InvalidEntry) as error:
            if hasattr(self, "_gradebook"):
                self._gradebook.db.rollback()
            url = make_url(self._course.gradebook_url)
            raise ExpectedError(
                f"The gradebook {url.database or url} {_what_is_wrong(error)}.", _cure(error)
            ) from error
        except BaseException:
            if hasattr(self, "_gradebook"):
                self._gradebook.db.rollback()
            raise


def _what_is_wrong(error: Exception) -> str:
    text = str(error).lower()
    for sign, words in (
        ("locked", "is locked by another program"),
        ("readonly", "may not be written"),
        ("read-only", "may not be written"),
        ("unable to open", "cannot be opened"),
        ("not a database", "is damaged or not a database"),
        ("malformed", "is damaged"),
        ("disk i/o", "cannot be written: the disk fails"),
        ("full", "cannot be written: the disk is full"),
        ("no such column", "was made by another version of nbgrader"),
        ("no such table", "was made by another version of nbgrader"),
    ):
        if sign in text:
            return words
    return f"cannot be used ({str(error).splitlines()[0]})"


def _cure(error: Exception) -> str:
    wrong = _what_is_wrong(error)
    if "another version" in wrong:
        return "Make a copy of it, then run: nbgrader db upgrade"
    if "damaged" in wrong:
        return "Put back the last good copy of it, then grade again."
    if "locked" in wrong:
        return "Close the program that uses it (formgrader, nbgrader, another autograder), then grade again."
    return "See that the file and its folder may be written by you, then grade again."


def _graded_cells(notebook: api.Notebook) -> list[Any]:
    return [*notebook.grade_cells, *notebook.task_cells]


def _has_scores(submission: api.SubmittedAssignment) -> bool:
    return any(
        grade.auto_score is not None or grade.manual_score is not None
        for notebook in submission.notebooks
        for grade in notebook.grades
    )


def _write_notebook(
    record: api.SubmittedNotebook,
    result: Result,
    graded: NotebookResult | None,
    submitted: SubmittedNotebook | None,
) -> None:
    if graded is not None:
        _write_verdicts(record, result, graded)
        _write_comments(record, graded, submitted)
    elif result.status is SubmissionStatus.GRADED:
        for grade in record.grades:
            grade.auto_score, grade.needs_manual_grade = 0.0, False
    else:
        for grade in record.grades:
            if (
                result.status is SubmissionStatus.QUARANTINED
                and grade.auto_score is None
                and grade.manual_score is None
            ):
                grade.auto_score = 0.0
            grade.needs_manual_grade = True
        for comment in record.comments:
            comment.auto_comment = f"{_NOT_GRADED}{result.reason}"


def _write_verdicts(record: api.SubmittedNotebook, result: Result, graded: NotebookResult) -> None:
    verdicts = {verdict.grade_id: verdict for verdict in graded.verdicts}
    grades = {grade.name: grade for grade in record.grades}
    for unknown in sorted(verdicts.keys() - grades.keys()):
        raise ExpectedError(
            f"The gradebook does not know the cell {unknown!r} of {result.lab}/{record.name}.ipynb.",
            f"Run: nbgrader generate_assignment {result.lab} --force",
        )
    for grade_id, grade in grades.items():
        _write_grade(grade, verdicts.get(grade_id))


def _write_grade(grade: api.Grade, verdict: CellVerdict | None) -> None:
    if verdict is None or verdict.status is CellStatus.BROKE:
        grade.needs_manual_grade = True
    elif isinstance(grade.cell, api.TaskCell):
        # nbgrader leaves a task to a person altogether; a 0 can only stem from an earlier submission that lacked it.
        if grade.auto_score is not None:
            grade.auto_score, grade.needs_manual_grade = None, True
    else:
        grade.auto_score = None if verdict.points is None else float(verdict.points)
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None


def _write_comments(record: api.SubmittedNotebook, graded: NotebookResult, submitted: SubmittedNotebook | None) -> None:
    """Write nbgrader's own comments: on answers that are as they were released, and on no others."""
    unanswered = {verdict.grade_id for verdict in graded.verdicts if verdict.status is CellStatus.UNANSWERED}
    tasks = {cell.name for cell in record.notebook.task_cells}
    answered = {verdict.grade_id for verdict in graded.verdicts} - unanswered
    if submitted is not None:
        released = {cell.name: cell.source for cell in record.notebook.source_cells}
        for cell in submitted.cells:
            if cell.role is Role.SOLUTION and cell.grade_id is not None:
                (unanswered if cell.source == released.get(cell.grade_id) else answered).add(cell.grade_id)
    for comment in record.comments:
        if comment.name in unanswered - tasks:
            comment.auto_comment = NO_RESPONSE
        elif comment.name in tasks | answered or (comment.auto_comment or "").startswith(_NOT_GRADED):
            comment.auto_comment = None
