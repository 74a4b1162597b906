"""The one writer to nbgrader's gradebook."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Self

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from traitlets.utils.importstring import import_item

from autograder.cells import Lab, SubmittedNotebook
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import explained, server_lock, writing
from autograder.gradebook.labs import is_current
from autograder.gradebook.records import (
    LabRecord,
    SubmissionRecord,
    add_missing,
    read_lab_record,
    read_submission_record,
    save,
)
from autograder.gradebook.scoring import apply_verdicts
from autograder.verdicts import NotebookResult, Result, SubmissionStatus


class GradebookWriter:
    """Writes results into the gradebook; a context manager, of which a course has one at a time.

    Scores and comments that a person gave are never changed. Only a verdict replaces a score: where grading broke or
    nothing could be read, it stays and is flagged.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._gradebook: Gradebook
        self._open = ExitStack()
        self._labs: dict[str, LabRecord] = {}

    def __enter__(self) -> Self:
        """Open the gradebook.

        Raises:
            ExpectedError: it is locked, damaged, or may not be read, or another machine is grading the course.
        """
        url, course_id = self._course.gradebook_url, self._course.course_id
        with self._database_errors(), ExitStack() as opened:
            # First of all: nbgrader may have tables to make.
            opened.enter_context(server_lock(url, course_id))
            self._gradebook = opened.enter_context(writing(url, course_id))
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def knows(self, lab: Lab) -> bool:
        """Whether the gradebook has a lab as it is now, so that it need not be recorded again.

        Raises:
            ExpectedError: the gradebook cannot be read.
        """
        with self._database_errors():
            known = read_lab_record(self._gradebook, lab.name)
            self._session.rollback()
        return known is not None and is_current(known, lab)

    def require(self, lab: Lab) -> None:
        """Make sure that the gradebook knows a lab and each of its graded cells.

        Raises:
            ExpectedError: it does not.
        """
        expected = {
            (notebook.name, cell.grade_id) for notebook in lab.notebooks for cell in notebook.released if cell.graded
        }
        with self._database_errors():
            known = read_lab_record(self._gradebook, lab.name)
            there = {(it.name, grade_id) for it in known.notebooks for grade_id in it.graded} if known else set()
            # Otherwise a server keeps the transaction open until the first submission is written.
            self._session.rollback()
        for notebook, grade_id in sorted(expected - there):
            raise ExpectedError(
                f"The gradebook does not know the cell {grade_id!r} of {lab.name}/{notebook}.ipynb.",
                f"Run: nbgrader generate_assignment {lab.name} --force",
            )

    def write(
        self,
        result: Result,
        notebooks: Mapping[str, NotebookResult],
        submitted_at: datetime | None,
        submitted: Mapping[str, SubmittedNotebook] | None = None,
        hold: Mapping[str, frozenset[str]] | None = None,
    ) -> str:
        """Write one submission's result in one transaction.

        Args:
            result: the submission's result.
            notebooks: its graded notebooks, by name.
            submitted_at: when it was handed in, UTC; None if unknown.
            submitted: its realigned notebooks, by name, for the comment "No response." on solutions.
            hold: the cells of each notebook whose marks by a person hold; others that a person marked wait again.

        Returns:
            A digest of what the gradebook now holds of it; see `digest`.

        Raises:
            ExpectedError: the gradebook does not know the lab or a cell, or cannot be written. Nothing was lost:
                the submission's earlier scores stand.
        """
        with self._database_errors():
            lab = self._lab(result.lab)
            before = add_missing(self._session, lab, result.student, self._read(lab, result.student))
            after = apply_verdicts(before, result, notebooks, submitted or {}, hold or {})
            if submitted_at is not None and (result.status is SubmissionStatus.GRADED or not before.has_scores):
                after = replace(after, timestamp=submitted_at)
            save(self._session, before, after)
            self._session.commit()
            if self._penalises_lateness:
                self._assign_late_penalties(lab, after, result.student)
        return _digest(lab, after)

    def marks_by_hand(self, lab: str, student: str) -> dict[str, dict[str, bool]]:
        """The cells of a submission that a person has marked, by notebook: grade id → whether it waits all the same.

        Raises:
            ExpectedError: the gradebook does not know the lab, or cannot be read.
        """
        with self._database_errors():
            row = self._read(self._lab(lab), student)
            self._session.rollback()
        return {
            notebook.notebook.name: {
                grade.name: bool(grade.needs_manual_grade)
                for grade in notebook.grades
                if grade.manual_score is not None
            }
            for notebook in (row.notebooks if row is not None else ())
        }

    def digest(self, lab: str, student: str) -> str:
        """A digest of all that the gradebook holds of a submission, except for what a person gave.

        Raises:
            ExpectedError: the gradebook does not know the lab, or cannot be read.
        """
        with self._database_errors():
            row = self._read(self._lab(lab), student)
            self._session.rollback()
            return _digest(self._lab(lab), row) if row is not None else ""

    @property
    def _session(self) -> Session:
        session: Session = self._gradebook.db
        return session

    def _read(self, lab: LabRecord, student: str) -> SubmissionRecord | None:
        return read_submission_record(self._session, lab, student)

    def _lab(self, name: str) -> LabRecord:
        if name not in self._labs:
            known = read_lab_record(self._gradebook, name)
            if known is None:
                raise ExpectedError(
                    f"The gradebook does not know the lab {name!r}.", f"Run: nbgrader generate_assignment {name}"
                )
            self._labs[name] = known
        return self._labs[name]

    @cached_property
    def _penalises_lateness(self) -> bool:
        configured = Autograde(coursedir=self._course.directory, parent=self._course.application)
        steps = [import_item(step) if isinstance(step, str) else step for step in configured.autograde_preprocessors]
        return any(issubclass(step, AssignLatePenalties) for step in steps)

    def _assign_late_penalties(self, lab: LabRecord, submission: SubmissionRecord, student: str) -> None:
        for row in submission.notebooks:
            if row.late_submission_penalty is None and not _is_late(lab, submission):
                continue
            names = {"notebook": row.notebook.name, "assignment": lab.name, "student": student}
            preprocessor = AssignLatePenalties(parent=self._course.application)
            try:
                preprocessor.preprocess(new_notebook(), {"nbgrader": {**names, "db_url": self._course.gradebook_url}})
            except SQLAlchemyError:
                raise
            except Exception as error:
                raise ExpectedError(
                    f"The plug-in for late penalties, {preprocessor.plugin_class.__name__}, broke: {error}.",
                    "Mend it, or change AssignLatePenalties.plugin_class in nbgrader_config.py, and grade again.",
                ) from error

    @contextmanager
    def _database_errors(self) -> Iterator[None]:
        with explained(self._course.gradebook_url):
            try:
                yield
            except BaseException:
                if hasattr(self, "_gradebook"):
                    self._gradebook.db.rollback()
                raise


def _digest(lab: LabRecord, submission: SubmissionRecord) -> str:
    # After a change of the due date, penalties must be computed again.
    return f"{submission.digest} due {lab.due}"


def _is_late(lab: LabRecord, submission: SubmissionRecord) -> bool:
    if lab.due is None or submission.timestamp is None:
        return False
    due = lab.due if submission.extension is None else lab.due + submission.extension
    return submission.timestamp > due
