"""Reads a class's results from the gradebook and ``autograded/``. No student code runs."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from autograder.autograded.store import read_graded
from autograder.cells import LabNotebook
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.grading.level_store import LevelStore
from autograder.progress import NO_PROGRESS, Progress
from autograder.report.comparison import LIBRARIES, ShownGroup
from autograder.report.diagnoses import UNWRITTEN, diagnosis_of
from autograder.report.feedback import titles
from autograder.report.marks import marks_of_lab, with_marks
from autograder.report.summary import ClassSummary, summarise
from autograder.roster.teams import kept_teams
from autograder.untrusted.notebooks import cell_from
from autograder.verdicts import Result, SubmissionStatus

if TYPE_CHECKING:
    from autograder.report.likeness import ClassComparison

GROUPS_SHOWN = 40
"""Groups of which the page shows the evidence."""


def gather(course: Course, lab: str, progress: Progress = NO_PROGRESS) -> ClassSummary:
    """Read a lab's results, one submission at a time, add them up, and compare the submissions.

    Returns:
        The summary; its `likeness` is None if the extra ``likeness`` is not installed.

    Raises:
        ExpectedError: nothing was graded yet, or a file or the gradebook cannot be read.
    """
    progress.begin(f"Reading {lab}", len(course.graded_students(lab)))
    notebooks = read_lab(course, lab).notebooks
    headings = {grade_id: title for notebook in notebooks for grade_id, title in titles(notebook.released).items()}
    comparison, marks = _comparison(notebooks, list(headings)), marks_of_lab(course.gradebook_url, lab)
    results: list[Result] = []
    teams, compared = kept_teams(course, lab), set[str]()
    for read, nodes in read_graded(course, lab):
        result = with_marks(read, marks)
        results.append(result)
        team = teams.get(result.student, "")
        # Of those who handed in together one stands for all: that they are alike says nothing.
        if comparison is not None and result.status is SubmissionStatus.GRADED and team not in compared:
            compared |= {team} - {""}
            # What can't be read of one submission is left out of the comparison, and stops nobody's report.
            with suppress(LookupError, TypeError, ValueError, ArithmeticError):
                comparison.add(result.student, map(cell_from, nodes), _diagnoses(result))
        progress.advance()
    if not results:
        raise ExpectedError(f"The lab {lab!r} has not been graded yet.", f"Run: autograder grade {lab}")
    likeness = comparison.compare() if comparison is not None else None
    reasons = LevelStore(course.state).find(lab, [notebook.name for notebook in notebooks])
    return summarise(lab, results, headings, likeness, reasons)


def with_evidence(course: Course, summary: ClassSummary) -> tuple[ShownGroup, ...]:
    """Fetch the evidence for the first groups: both students' answers, read again, with what agrees marked."""
    if summary.likeness is None or not summary.likeness.groups:
        return ()
    from autograder.report.likeness import answers_of, side_by_side  # it takes optional libraries

    exercises = list(summary.titles)
    shown = summary.likeness.groups[:GROUPS_SHOWN]
    students = sorted({student for group in shown for student in (group.pairs[0].first, group.pairs[0].second)})
    answers = {
        result.student: answers_of(map(cell_from, nodes))
        for result, nodes in read_graded(course, summary.lab, students)
    }
    return tuple(ShownGroup(group, side_by_side(group, exercises, answers)) for group in shown)


def likeness_installed() -> bool:
    """Whether the libraries are installed without which submissions cannot be compared."""
    return all(find_spec(library) is not None for library in LIBRARIES)


def _comparison(notebooks: Sequence[LabNotebook], exercises: Sequence[str]) -> "ClassComparison | None":
    """The comparison of the submissions; None if its libraries are not installed."""
    if not likeness_installed():
        return None
    from autograder.report.likeness import ClassComparison

    return ClassComparison(notebooks, exercises)


def _diagnoses(result: Result) -> dict[str, str]:
    """Exercise → the diagnosis, for wrong answers that were not left as they were handed out."""
    pairs = ((cell.grade_id, diagnosis_of(cell)) for cell in result.cells)
    return {grade_id: diagnosis.key for grade_id, diagnosis in pairs if diagnosis and diagnosis.key != UNWRITTEN}
