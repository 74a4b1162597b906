"""Writes the pages: feedback into nbgrader's folder, the class report into a folder of its own."""

import errno
import glob
import logging
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.autograded.store import is_damaged, read_results
from autograder.course.course import Course
from autograder.errors import ExpectedError, described, is_not_about_one_file, unwritable
from autograder.gradebook.labs import read_lab
from autograder.progress import NO_PROGRESS, Progress
from autograder.report.exporter import FeedbackExporter
from autograder.report.gather import gather, with_evidence
from autograder.report.marks import marks_of_lab
from autograder.report.pages import report_page

REPORTS = "report"
"""The folder of class reports. It is not under feedback/, which is handed out to students."""

# nbgrader shows a traceback for what is told here in one line.
_SILENT = logging.Logger("feedback", logging.CRITICAL + 1)


@dataclass(frozen=True)
class WrittenFeedback:
    """What became of a lab's feedback.

    Attributes:
        pages: the pages, in order of student.
        problems: (student, why there is no page) pairs.
    """

    pages: tuple[Path, ...]
    problems: tuple[tuple[str, str], ...] = ()


def write_feedback(course: Course, lab: str) -> WrittenFeedback:
    """Write every student's feedback on one lab, from what was graded: ``feedback/STUDENT/LAB/NOTEBOOK.html``.

    nbgrader's own converter writes them with our exporter, so that they hold the points and comments that people gave
    in formgrader, and ``nbgrader release_feedback`` can hand them out. A student whose page can't be written stops no
    other one's.

    Raises:
        ExpectedError: nothing was graded yet, the gradebook or the lab cannot be read, or pages cannot be written.
    """
    if course.graded_students(lab):
        # nbgrader would read a damaged gradebook once for each student, and show a traceback each time.
        marks_of_lab(course.gradebook_url, lab)
    # A lab that cannot be read ends the command before a page is written.
    read_lab(course, lab)
    results = sorted(read_results(course, lab), key=lambda result: result.student)
    if not results:
        raise ExpectedError(f"The lab {lab!r} has not been graded yet.", f"Run: autograder grade {lab}")
    for result in results:
        _check_writable(course.folder(course.directory.feedback_directory, result.student, lab))
    damaged = {result.student: result.reason for result in results if is_damaged(result)}
    problems: dict[str, str] = {}
    for student in course.graded_students(lab):
        problem = damaged.get(student) or _convert(course, lab, student)
        if problem:
            problems[student] = problem
    pages = _pages(course, lab, [result.student for result in results])
    written = tuple(page for student, own in pages.items() if student not in problems for page in own)
    return WrittenFeedback(written, tuple(problems.items()))


def write_report(course: Course, lab: str, progress: Progress = NO_PROGRESS) -> Path:
    """Write the report on one lab: ``report/LAB.html`` in the course folder.

    Raises:
        ExpectedError: nothing was graded yet, or the page cannot be written.
    """
    summary = gather(course, lab, progress)
    path = course.root / REPORTS / f"{lab}.html"
    pages = {
        student: quote(Path(os.path.relpath(page, path.parent)).as_posix())
        for student, own in _pages(course, lab, [result.student for result in summary.results]).items()
        for page in own[:1]
    }
    _write(path, report_page(summary, pages, with_evidence(course, summary)))
    return path


def _check_writable(folder: Path) -> None:
    """Check that a folder can be made, before nbgrader tries, which shows a traceback for each that cannot."""
    above = next(path for path in (folder, *folder.parents) if path.exists())
    if not above.is_dir():
        raise unwritable(folder, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
    if not os.access(above, os.W_OK | os.X_OK):
        raise unwritable(folder, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


class _Converter(GenerateFeedback):  # type: ignore[misc] # nbgrader has no types
    """nbgrader's converter for one student. What a student handed in lies in the folder that it converts.

    Attributes:
        failure: what went wrong; None if nothing did.
    """

    failure: Exception | None = None

    def init_notebooks(self) -> None:
        """Find the notebooks, and no folder that is called like one."""
        super().init_notebooks()
        everything: dict[str, list[str]] = self.assignments  # type: ignore[has-type] # nbgrader has no types
        found = {folder: [path for path in paths if Path(path).is_file()] for folder, paths in everything.items()}
        self.assignments = {folder: paths for folder, paths in found.items() if paths}

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy the data files, and make way for the pages."""
        try:
            super().init_assignment(assignment_id, student_id)
        except OSError as error:
            self.failure = error
            raise
        for path in self.notebooks:
            page = Path(self._format_dest(assignment_id, student_id)) / f"{Path(path).stem}.html"
            if page.is_dir() and not page.is_symlink():
                shutil.rmtree(page)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert a notebook."""
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.failure = error
            raise


def _convert(course: Course, lab: str, student: str) -> str:
    """Write a student's pages; returns why they could not be written."""
    pattern = glob.escape(student)
    directory = CourseDirectory(parent=course.application, root=str(course.root), assignment_id=lab, student_id=pattern)
    directory.db_url = course.gradebook_url
    converter = _Converter(
        coursedir=directory, parent=course.application, exporter_class=FeedbackExporter, force=True, log=_SILENT
    )
    try:
        converter.start()
    except Exception as error:
        cause = converter.failure or error
        if is_not_about_one_file(cause) and not isinstance(cause, NbGraderException):
            if isinstance(cause, OSError):
                raise unwritable(course.folder(course.directory.feedback_directory, student, lab), cause) from error
            raise cause from error
        return described(cause)
    return ""


def _pages(course: Course, lab: str, students: Iterable[str]) -> dict[str, list[Path]]:
    """Each student's pages, in order of name."""
    names = set(course.notebook_names(lab))
    folders = {student: course.folder(course.directory.feedback_directory, student, lab) for student in students}
    return {
        student: [page for page in sorted(folder.glob("*.html")) if page.stem in names]
        for student, folder in folders.items()
    }


def _write(path: Path, text: str) -> None:
    """Write a page atomically: a reader never sees half of it."""
    unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
    try:
        path.parent.mkdir(exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise unwritable(path, error) from error
