"""Moodle's grade import: a row for each student, a column of points and one of feedback for each lab."""

from autograder.collect.roster import Student
from autograder.export.scores import LabScores, Score, Scores
from autograder.export.table import Table, paragraphs, points
from autograder.export.template import Template

_IDENTITY = ("First name", "Last name", "Username", "ID number", "Email address")
_NAMING = frozenset(
    {
        "first name",
        "last name",
        "surname",
        "username",
        "id number",
        "email address",
        "institution",
        "department",
        "full name",
        "identifier",
    }
)


def moodle_table(scores: Scores, template: Template | None, *, unfinished: bool) -> Table:
    """The students who have a score: to Moodle an empty one means that there is none, and it forgets its own.

    Without a template, the student's id stands in both columns in which Moodle may have it.
    """
    notes: list[str] = []
    if template is None:
        identity: list[str] = list(_IDENTITY)
        people = [(student, _names(student)) for student in scores.students]
    else:
        identity = [name for name in template.header if name.strip().casefold() in _NAMING]
        rows = zip(template.rows, template.students, strict=True)
        people = [(student, [row.get(name, "") for name in identity]) for row, student in rows if student is not None]
        there = {student.identity for student, _ in people}
        missing = [it.identity for it in scores.students if it.identity not in there]
        notes += [f"{template.path.name} does not list {', '.join(missing)}: they are left out."] if missing else []
    header = list(identity)
    for lab in scores.labs:
        name = (template.column(lab.lab) if template else None) or lab.lab
        header += [name, f"{name} (feedback)"]
    table: list[list[str]] = []
    for student, names in people:
        found = [(lab, lab.exported(student.identity, unfinished=unfinished)) for lab in scores.labs]
        if any(score is not None for _, score in found):
            table.append([*names, *(text for lab, score in found for text in _cells(lab, score))])
    partly = sum(any(row[place] == "" for place in range(len(identity), len(row), 2)) for row in table)
    if partly:
        notes.append(
            f"{partly} of the rows lack a score in some lab. Export one lab at a time, or Moodle may clear what it has."
        )
    return Table(header, table, tuple(notes))


def _names(student: Student) -> list[str]:
    return [student.first_name, student.last_name, student.identity, student.identity, student.email]


def _cells(lab: LabScores, score: Score | None) -> tuple[str, str]:
    if score is None:
        return "", ""
    said = [f"{points(score.points)} of {points(lab.most)} points."]
    if score.penalty:
        said.append(f"{points(score.penalty)} points were taken off because it came late.")
    if score.waiting:
        said.append("Not final: a person still has to grade a part of it.")
    return points(score.points), paragraphs([*said, *score.comments])
