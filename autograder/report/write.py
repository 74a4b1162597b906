"""Writes the pages: feedback into nbgrader's folder, the class report into a folder of its own."""

import errno
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.autograded.store import read_results
from autograder.course.course import Course
from autograder.errors import ExpectedError, unwritable
from autograder.gradebook.labs import read_lab
from autograder.progress import NO_PROGRESS, Progress
from autograder.report.exporter import FeedbackExporter
from autograder.report.gather import gather, with_evidence
from autograder.report.marks import marks_of_lab
from autograder.report.pages import report_page

REPORTS = "report"
"""The folder of class reports. It is not under feedback/, which is handed out to students."""


class _Feedback(GenerateFeedback):  # type: ignore[misc] # nbgrader has no types
    """nbgrader's converter, for some folders of ``autograded/``: an id that is refused gets no page."""

    folders: Collection[str] = ()

    def init_notebooks(self) -> None:
        """Find the notebooks."""
        super().init_notebooks()
        for folder in set(self.assignments) - set(self.folders):
            del self.assignments[folder]


def write_feedback(course: Course, lab: str) -> list[Path]:
    """Write every student's feedback on one lab, from what was graded: ``feedback/STUDENT/LAB/NOTEBOOK.html``.

    nbgrader's own converter writes them with our exporter, so that they hold the points and comments that people gave
    in formgrader, and ``nbgrader release_feedback`` can hand them out.

    Returns:
        The pages, in order of student.

    Raises:
        ExpectedError: nothing was graded yet, the gradebook or the lab cannot be read, or nbgrader cannot write a page.
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
    _convert(course, lab)
    pages = _pages(course, lab, [result.student for result in results])
    return [page for own in pages.values() for page in own]


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


def _convert(course: Course, lab: str) -> None:
    directory = CourseDirectory(parent=course.application, root=str(course.root), assignment_id=lab)
    directory.db_url = course.gradebook_url
    converter = _Feedback(coursedir=directory, parent=course.application, exporter_class=FeedbackExporter, force=True)
    graded, step = course.graded_students(lab), course.directory.autograded_directory
    converter.folders = {str(course.folder(step, student, lab)) for student in graded}
    try:
        converter.start()
    except NbGraderException as error:
        raise ExpectedError(
            f"Not every feedback page of {lab!r} could be written: {error}", "The lines above name the submission."
        ) from error


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
