"""The submissions to one lab: each is graded, and written, unless it was written before and has not changed."""

import hashlib
from dataclasses import dataclass, replace

from autograder.autograded import store
from autograder.cells import Lab
from autograder.course.course import Course
from autograder.course.recognition import Recognition
from autograder.errors import ExpectedError
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.cache_keys import lab_key, submission_key
from autograder.grading.json_store import JsonStore
from autograder.grading.level_store import LevelStore
from autograder.grading.marks_by_hand import MarksByHand
from autograder.grading.secret import open_secret
from autograder.grading.submission import GradedSubmission, NotebookGrader, grade_submission
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
    """

    student: str
    key: str
    receipt: Receipt | None
    graded: GradedSubmission | None


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
        """Grade a submission, unless there is a receipt for it as it is. Any thread may do so."""
        # Read before it is graded: a later submission has another key, and is graded the next time.
        folder = self._course.folder(self._course.directory.submitted_directory, student, self._lab.name)
        key = submission_key(self._key, folder)
        receipt = None if self._terms.fresh else self._receipt(student)
        if receipt is not None and receipt.key == key:
            return PendingSubmission(student, key, receipt, None)
        return PendingSubmission(student, key, None, self._grade(student))

    def write(self, pending: PendingSubmission) -> Result:
        """Write a submission, unless what its receipt says is still there. One thread alone may do so."""
        receipt = pending.receipt
        if receipt is not None and self._is_current(receipt):
            return receipt.result
        graded = pending.graded or self._grade(pending.student)
        result = graded.result
        try:
            submitted_at = self._course.submitted_at(result.student, self._lab.name)
        except ExpectedError as error:
            submitted_at = None
            result = replace(result, flags=(*result.flags, f"no time of submission: {error.problem}"))
        marks = self._writer.marks_by_hand(self._lab.name, result.student)
        answers = {
            name: self._marks.compare(self._lab.name, result.student, notebook, marks.get(name, {}), in_autograded=True)
            for name, notebook in graded.submitted.items()
        }
        hold = {name: held for name, (_, held) in answers.items()}
        gradebook = self._writer.write(result, graded.notebooks, submitted_at, graded.submitted, hold)
        store.write(self._course, self._lab, result, graded.submitted, graded.notebooks)
        for name, (texts, _) in answers.items():
            self._marks.keep(self._lab.name, result.student, name, texts)
        for notebook in graded.notebooks.values():
            self._levels.keep(self._lab.name, notebook.name, notebook.levels)
        if result.status is not SubmissionStatus.BROKEN:
            autograded = store.digest(self._course, self._lab.name, result.student)
            receipt = Receipt(pending.key, result, gradebook, autograded)
            self._receipts.keep(self._receipt_name(result.student), to_plain(receipt))
        return result

    def _grade(self, student: str) -> GradedSubmission:
        return grade_submission(self._course, self._lab, student, self._terms, self._grader, self._recognition)

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
