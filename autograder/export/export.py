"""Export the scores in the gradebook to a table for a spreadsheet, Moodle or Canvas."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.export.formats import canvas_table, moodle_table, plain_table
from autograder.export.scores import Scores, read_scores
from autograder.export.table import System, Table
from autograder.export.template import read_template
from autograder.formatting import count
from autograder.untrusted.student_ids import shown_id


@dataclass(frozen=True)
class Export:
    """A table, and what is missing in it.

    Attributes:
        table: the table.
        unfinished: the submissions with cells for a person to grade: (lab, student, number of cells).
        ungraded: the submissions that were not graded yet: (lab, student).
        refused: names in the gradebook that cannot be a student's id.
    """

    table: Table
    unfinished: tuple[tuple[str, str, int], ...]
    ungraded: tuple[tuple[str, str], ...]
    refused: tuple[str, ...] = ()


def export(
    course: Course, system: System, labs: Sequence[str] = (), *, template: Path | None = None, unfinished: bool = False
) -> Export:
    """Make a table of the scores.

    Args:
        course: the course.
        system: the program that reads the table.
        labs: the labs; every lab with a graded submission, if there are none.
        template: what the system has exported.
        unfinished: whether scores are exported that are not final.

    Raises:
        ExpectedError: there is no such lab or no score, or the template cannot be used.
    """
    if template is not None and system is System.CSV:
        raise ExpectedError(
            "A plain table has no template.", "Leave out --template, or say --to moodle or --to canvas."
        )
    scores = read_scores(course, labs)
    waiting = tuple(
        (lab.lab, student, score.waiting)
        for lab in scores.labs
        for student, score in sorted(lab.scores.items())
        if not score.final
    )
    ungraded = tuple((lab.lab, student) for lab in scores.labs for student in sorted(lab.ungraded))
    return Export(_table(system, scores, template, unfinished=unfinished), waiting, ungraded, scores.refused)


def _table(system: System, scores: Scores, template: Path | None, *, unfinished: bool) -> Table:
    if system is System.CSV:
        return plain_table(scores, unfinished=unfinished)
    read = read_template(template, scores.students) if template is not None else None
    make = moodle_table if system is System.MOODLE else canvas_table
    return make(scores, read, unfinished=unfinished)


def notes_on(exported: Export, *, unfinished: bool) -> list[str]:
    """What an instructor should know of a table, one sentence each."""
    lines = list(exported.table.notes)
    if exported.unfinished:
        cells = sum(cells for *_, cells in exported.unfinished)
        what = f"{count(len(exported.unfinished), 'submission')} with {count(cells, 'cell')} for a person to grade"
        lines.append(
            f"{what}: their scores are not final, and exported all the same."
            if unfinished
            else f"{what}: their scores are not final, and left out (--with-unfinished exports them)."
        )
    if exported.ungraded:
        lines.append(
            f"{count(len(exported.ungraded), 'submission')} not graded yet, and without a score. Run: autograder grade"
        )
    lines += [f"Left out: the gradebook's {shown_id(it)} cannot be a student's id." for it in exported.refused]
    return lines
