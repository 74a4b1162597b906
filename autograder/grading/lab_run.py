"""The submissions to one lab: each is graded, and written, unless it was written before and has not changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from autograder.autograded import store
from autograder.autograded.nbgrader_format import ShownNotebook
from autograder.cells import Lab
from autograder.course.course import Course
from autograder.course.recognition import Recognition
from autograder.errors import ExpectedError, described, is_not_about_one_file
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.cache_keys import lab_key, submission_key
from autograder.grading.json_store import JsonStore
from autograder.grading.level_store import LevelStore
from autograder.grading.marks_by_hand import MarksByHand
from autograder.grading.secret import open_secret
from autograder.grading.submission import GradedSubmission, NotebookGrader, broken_submission, grade_submission
from autograder.grading.terms import Terms
from autograder.verdicts import Result, SubmissionStatus
from autograder.wire import MalformedRecordError, from_plain, to_plain


@dataclass(frozen=True)
class Receipt:
    """What was written about a submission.

    Attributes:
        key: `autograder.grading.cache_keys.submission_key`.
        result: the result.
        gradebook: a digest of what the gradebook held afterwards.
        autograded: a digest of what lay in autograded/ afterwards.
    """

    key: str
    result: Result
    gradebook: str
    autograded: str


@dataclass(frozen=True)
class PendingSubmission:
    """What is known of a submission before anything is written.

    Attributes:
        student: the student's id.
        key: `autograder.grading.cache_keys.submission_key`.
        receipt: what was written of the very same submission before; None if it was not.
        graded: the submission, graded; None if there is a receipt.
        shown: what its notebooks show, cleaned.
        submitted_at: when it was handed in (UTC, without a zone); None if nothing says so.
    """

    student: str
    key: str
    receipt: Receipt | None
    graded: GradedSubmission | None
    shown: Mapping[str, ShownNotebook] = field(default_factory=dict)
    submitted_at: datetime | None = None


class LabRun:
    """One lab of a course that is being graded."""

    def __init__(self, course: Course, lab: Lab, terms: Terms, grader: NotebookGrader, writer: GradebookWriter) -> None:
        self._course = course
        self._lab = lab
        self._terms = terms
        self._grader = grader
        self._writer = writer
        self._key = lab_key(lab, terms, course.settings, open_secret(course.state))
        self._receipts = JsonStore(course.state / "receipts")
        self._levels = LevelStore(course.state)
        self._marks = MarksByHand(course)
        self._recognition = Recognition(course)

    def grade(self, student: str) -> PendingSubmission:
        """Grade a submission, unless there is a receipt for it as it is. Any thread may do so.

        Raises:
            ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
        """
        # Read before it is graded: a later submission has another key, and is graded the next time.
        folder = self._course.folder(self._course.directory.submitted_directory, student, self._lab.name)
        try:
            key = submission_key(self._key, folder)
        except OSError:
            # It was changed while it was read.
            return self._grade(student, "")
        receipt = None if self._terms.fresh else self._receipt(student)
        if receipt is not None and receipt.key == key:
            return PendingSubmission(student, key, receipt, None)
        return self._grade(student, key)

    def write(self, pending: PendingSubmission) -> Result:
        """Write a submission, unless what its receipt says is still there. One thread alone may do so.

        A submission that can't be written is written as one at which the grader broke.

        Raises:
            ExpectedError: the gradebook or the disk can't be written.
        """
        try:
            receipt = pending.receipt
            if receipt is not None and self._is_current(receipt):
                return receipt.result
            return self._write(self._grade(pending.student, pending.key) if pending.graded is None else pending)
        except Exception as error:
            if is_not_about_one_file(error):
                raise
            broken = self._broken(pending.student, pending.key, "writing it", error)
        try:
            return self._write(broken)
        except Exception as error:
            if is_not_about_one_file(error):
                raise
            # Nothing of it can be written: what was there before stands.
            assert broken.graded is not None
            return broken.graded.result

    def _grade(self, student: str, key: str) -> PendingSubmission:
        """Grade a submission and make ready what is written about it."""
        graded = grade_submission(self._course, self._lab, student, self._terms, self._grader, self._recognition)
        try:
            return self._ready(graded, key)
        except Exception as error:  # noqa: BLE001 - whatever one submission leads to, it must not stop the class
            return self._broken(student, key, "making its notebooks", error)

    def _ready(self, graded: GradedSubmission, key: str) -> PendingSubmission:
        student = graded.result.student
        shown = store.shown_notebooks(self._lab, graded.submitted, graded.notebooks)
        flags = [flag for notebook in shown.values() for flag in notebook.flags]
        submitted_at = None
        try:
            submitted_at = self._course.submitted_at(student, self._lab.name)
        except ExpectedError as error:
            flags.append(f"no time of submission: {error.problem}")
        result = replace(graded.result, flags=(*graded.result.flags, *flags))
        return PendingSubmission(student, key, None, replace(graded, result=result), shown, submitted_at)

    def _broken(self, student: str, key: str, doing: str, error: Exception) -> PendingSubmission:
        """A submission of which nothing but the reason is written."""
        graded = broken_submission(self._lab, student, self._terms, f"{doing} failed with {described(error)}")
        return PendingSubmission(student, key, None, graded)

    def _write(self, pending: PendingSubmission) -> Result:
        assert pending.graded is not None
        graded, result = pending.graded, pending.graded.result
        marks = self._writer.marks_by_hand(self._lab.name, result.student)
        answers = {
            name: self._marks.compare(self._lab.name, result.student, notebook, marks.get(name, {}), in_autograded=True)
            for name, notebook in graded.submitted.items()
        }
        hold = {name: held for name, (_, held) in answers.items()}
        gradebook = self._writer.write(result, graded.notebooks, pending.submitted_at, graded.submitted, hold)
        store.write(self._course, self._lab, result, graded.submitted, graded.notebooks, pending.shown)
        for name, (texts, _) in answers.items():
            self._marks.keep(self._lab.name, result.student, name, texts)
        for notebook in graded.notebooks.values():
            self._levels.keep(self._lab.name, notebook.name, notebook.levels)
        if result.status is not SubmissionStatus.BROKEN:
            autograded = store.digest(self._course, self._lab.name, result.student)
            receipt = Receipt(pending.key, result, gradebook, autograded)
            self._receipts.keep(self._receipt_name(result.student), to_plain(receipt))
        return result

    def _is_current(self, receipt: Receipt) -> bool:
        student = receipt.result.student
        return (
            store.digest(self._course, self._lab.name, student) == receipt.autograded
            and self._writer.digest(self._lab.name, student) == receipt.gradebook
        )

    def _receipt(self, student: str) -> Receipt | None:
        """The receipt for a submission; None if there is none, or the file is damaged."""
        try:
            return from_plain(Receipt, self._receipts.find(self._receipt_name(student)))
        except MalformedRecordError:
            return None

    def _receipt_name(self, student: str) -> str:
        # A student's id may be longer than a file's name.
        return hashlib.sha256(f"{self._lab.name}\0{student}".encode("utf-8", "surrogateescape")).hexdigest()
