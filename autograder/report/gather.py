"""A class's results, gathered from what grading left: the gradebook and ``autograded/``. No student code runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.autograded.store import read_graded
from autograder.cells import Cell
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.report.diagnoses import UNWRITTEN, diagnosis_of
from autograder.report.feedback import titles
from autograder.report.likeness.evidence import SideBySide, side_by_side
from autograder.report.likeness.groups import Group, find_groups
from autograder.report.likeness.sketch import Sketch, answers_of, given_by, sketch
from autograder.report.marks import marks_of_lab, with_marks
from autograder.report.summary import ClassSummary, summarise
from autograder.untrusted.notebooks import cell_from
from autograder.verdicts import Result, SubmissionStatus

GROUPS_SHOWN = 40
"""Groups of which the page shows the evidence."""


@dataclass(frozen=True)
class ShownGroup:
    """A group with its evidence.

    Attributes:
        group: the group.
        evidence: the exercises in which its strongest pair is alike.
    """

    group: Group
    evidence: tuple[SideBySide, ...]


def gather(course: Course, lab: str, advance: Callable[[], None] = lambda: None) -> ClassSummary:
    """Read a lab's results, one submission at a time, add them up, and compare the submissions.

    Args:
        course: the course.
        lab: the lab.
        advance: called when a submission has been read.

    Raises:
        ExpectedError: nothing was graded yet, or a file or the gradebook cannot be read.
    """
    notebooks = read_lab(course, lab).notebooks
    headings = {grade_id: title for notebook in notebooks for grade_id, title in titles(notebook.released).items()}
    given, marks = given_by(notebooks), marks_of_lab(course.gradebook_url, lab)
    results: list[Result] = []
    sketches: list[Sketch] = []
    for read, nodes in read_graded(course, lab):
        (result,) = with_marks([read], marks)
        results.append(result)
        if result.status is SubmissionStatus.GRADED:
            answers = answers_of(map(cell_from, nodes))
            sketches.append(sketch(result.student, answers, list(headings), given, _missed(result)))
        advance()
    if not results:
        raise ExpectedError(f"The lab {lab!r} has not been graded yet.", f"Run: autograder grade {lab}")
    return summarise(lab, results, headings, find_groups(sketches, list(headings)))


def with_evidence(course: Course, summary: ClassSummary) -> tuple[ShownGroup, ...]:
    """Fetch the evidence for the first groups: both students' answers, read again, with what agrees marked."""
    exercises = list(summary.titles)
    shown = summary.likeness.groups[:GROUPS_SHOWN]
    students = sorted({student for group in shown for student in (group.pairs[0].first, group.pairs[0].second)})
    answers = {
        result.student: answers_of(map(cell_from, nodes))
        for result, nodes in read_graded(course, summary.lab, students)
    }
    return tuple(ShownGroup(group, _evidence(group, exercises, answers)) for group in shown)


def _evidence(
    group: Group, exercises: Sequence[str], answers: Mapping[str, Mapping[str, Sequence[Cell]]]
) -> tuple[SideBySide, ...]:
    pair = group.pairs[0]
    return side_by_side(pair, group.shared, exercises, (answers.get(pair.first, {}), answers.get(pair.second, {})))


def _missed(result: Result) -> dict[str, str]:
    """Exercise → the diagnosis, for answers that somebody wrote and that are wrong."""
    pairs = ((cell.grade_id, diagnosis_of(cell)) for cell in result.cells)
    return {grade_id: diagnosis.key for grade_id, diagnosis in pairs if diagnosis and diagnosis.key != UNWRITTEN}
