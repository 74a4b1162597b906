"""Where the submissions to one lab are looked up or graded, and written."""

from dataclasses import dataclass, replace

from autograder.autograded import store
from autograder.cells import Lab
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.cache_keys import key_of_folder
from autograder.grading.receipts import Receipt, Receipts
from autograder.grading.submission import Graded, NotebookGrader, grade_submission
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result, SubmissionStatus


@dataclass(frozen=True)
class Found:
    """A submission that was looked up or graded, before anything is written.

    Attributes:
        student: the student's id.
        key: `autograder.grading.cache_keys.key_of_folder`.
        receipt: what was written of the very same submission before; None if it was not.
        graded: the submission, graded; None if there is a receipt.
    """

    student: str
    key: str
    receipt: Receipt | None
    graded: Graded | None


@dataclass(frozen=True)
class Desk:
    """One lab of a course that is being graded.

    Attributes:
        course: the course.
        lab: the lab.
        key: `autograder.grading.cache_keys.key_of_lab`.
        bench: where notebooks run.
        mode: how the bench walls student code in.
        writer: the gradebook's one writer.
        receipts: what was written before.
        fresh: whether that is put aside.
        gpu: whether submissions can use a GPU on the bench.
    """

    course: Course
    lab: Lab
    key: str
    bench: NotebookGrader
    mode: Mode
    writer: GradebookWriter
    receipts: Receipts
    fresh: bool
    gpu: bool = False

    def find(self, student: str) -> Found:
        """Look a submission up, or grade it. Any thread may do so."""
        # Read before it is graded: what is handed in meanwhile has another key, and is graded the next time.
        folder = self.course.folder(self.course.directory.submitted_directory, student, self.lab.name)
        key = key_of_folder(self.key, folder)
        receipt = None if self.fresh else self.receipts.find(self.lab.name, student)
        if receipt is not None and receipt.key == key:
            return Found(student, key, receipt, None)
        return Found(student, key, None, self._grade(student))

    def settle(self, found: Found) -> Result:
        """Write a submission, unless all of it still stands as it was written. One thread alone may do so."""
        receipt = found.receipt
        if receipt is not None and self._stands(receipt):
            return receipt.result
        return self._write(found.key, found.graded or self._grade(found.student))

    def _grade(self, student: str) -> Graded:
        return grade_submission(self.course, self.lab, student, self.bench, self.mode, gpu=self.gpu)

    def _stands(self, receipt: Receipt) -> bool:
        student = receipt.result.student
        return (
            store.digest(self.course, self.lab.name, student) == receipt.autograded
            and self.writer.digest(self.lab.name, student) == receipt.gradebook
        )

    def _write(self, key: str, graded: Graded) -> Result:
        result = graded.result
        try:
            submitted_at = self.course.submitted_at(result.student, self.lab.name)
        except ExpectedError as error:
            submitted_at = None
            result = replace(result, flags=(*result.flags, f"no time of submission: {error.problem}"))
        gradebook = self.writer.write(result, graded.notebooks, submitted_at, graded.submitted)
        store.write(self.course, self.lab, result, graded.submitted, graded.notebooks)
        if result.status is not SubmissionStatus.BROKEN:
            written = store.digest(self.course, self.lab.name, result.student)
            self.receipts.keep(Receipt(key, result, gradebook, written))
        return result
