"""The files that a spreadsheet, Moodle and Canvas import, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.errors import ExpectedError
from autograder.export.scores import LabScores, Score, Scores
from autograder.export.table import Table, paragraphs, points
from autograder.export.template import Template
from autograder.roster.class_list import Student
from autograder.roster.columns import (
    CANVAS_IDENTITY,
    CANVAS_OPTIONAL,
    CANVAS_POINTS_POSSIBLE,
    CANVAS_REQUIRED,
    MOODLE_IDENTITY,
    NBGRADER_EXPORT,
    moodle_identity,
)

_CANVAS_POINTS_ROW = f"    {CANVAS_POINTS_POSSIBLE}"


def plain_table(scores: Scores, *, unfinished: bool) -> Table:
    """A row for each student and lab, with nbgrader's columns and one for each exercise.

    All students and all labs are in it. What is missing or not final has no score, and a status that says so.
    """
    exercises = list(dict.fromkeys(name for lab in scores.labs for name in lab.exercises))
    rows: list[list[str]] = []
    for lab in scores.labs:
        for student in scores.students:
            known = lab.scores.get(student.identity)
            score = lab.exported(student.identity, unfinished=unfinished)
            status = _status(known, ungraded=student.identity in lab.ungraded)
            rows.append(
                [
                    lab.lab,
                    f"{lab.due} UTC" if lab.due else "",
                    f"{known.time} UTC" if known and known.time else "",
                    student.identity,
                    student.last_name,
                    student.first_name,
                    student.email,
                    points(score.raw if score else None),
                    points(score.penalty if score else None),
                    points(score.points if score else None),
                    points(lab.most),
                    status,
                    *(points(score.exercises.get(name) if score else None) for name in exercises),
                ]
            )
    return Table((*NBGRADER_EXPORT, *exercises), rows)


def moodle_table(scores: Scores, template: Template | None, *, unfinished: bool) -> Table:
    """A row for each student with a score, a column of points and one of feedback for each lab.

    Students without a score are left out: Moodle reads an empty score as the request to clear its own. Without a
    template, the student's id is in both columns in which Moodle may have it.

    Raises:
        ExpectedError: the template is Canvas's.
    """
    if template is None:
        identity = list(MOODLE_IDENTITY)
        named = [(student, _identity_cells(student, MOODLE_IDENTITY)) for student in scores.students]
    else:
        if all(name in template.header for name in CANVAS_REQUIRED):
            raise ExpectedError(
                f"{template.path} is Canvas's, and not Moodle's.",
                "Say --to canvas, or name the file of grades that Moodle exports.",
            )
        identity = moodle_identity(template.header)
        named = [(student, [row.get(name, "") for name in identity]) for row, student in template.matched()]
    notes = _not_listed(scores, template) if template is not None else []
    header = list(identity)
    for lab in scores.labs:
        name = (template.column(lab.lab) if template else None) or lab.lab
        header += [name, f"{name} (feedback)"]
    rows: list[list[str]] = []
    incomplete = 0
    for student, names in named:
        found = [(lab, lab.exported(student.identity, unfinished=unfinished)) for lab in scores.labs]
        if any(score is not None for _, score in found):
            incomplete += any(score is None for _, score in found)
            rows.append([*names, *(text for lab, score in found for text in _moodle_cells(lab, score))])
    if incomplete:
        notes.append(
            f"{incomplete} of the rows lack a score in some lab. Export one lab at a time, or Moodle may clear what it "
            "has."
        )
    return Table(header, rows, tuple(notes))


def canvas_table(scores: Scores, template: Template | None, *, unfinished: bool) -> Table:
    """A row of possible points, then a row for each student, and a column for each lab.

    Canvas reads an empty score as the request to clear its own. So where there is no score, what the template has
    stays; without a template, a student without any score is left out.

    Raises:
        ExpectedError: the template is not from Canvas.
    """
    if template is None:
        return _new_canvas_table(scores, unfinished=unfinished)
    identity = [name for name in template.header if name in (*CANVAS_IDENTITY, *CANVAS_OPTIONAL)]
    if any(name not in identity for name in CANVAS_REQUIRED):
        raise ExpectedError(
            f"{template.path} is not Canvas's: it has no columns {' and '.join(CANVAS_REQUIRED)}.",
            "In Canvas's gradebook choose Export, and name that file.",
        )
    possible = _points_row(template, identity[0])
    names = [(lab, template.column(lab.lab)) for lab in scores.labs]
    columns = [_CanvasColumn(lab, name, possible.get(name, "") if name is not None else "") for lab, name in names]
    first_row = [_CANVAS_POINTS_ROW, *(possible.get(name, "") for name in identity[1:])]
    rows = [[*first_row, *(column.possible for column in columns)]]
    for row, student in template.matched():
        cells = [row.get(name, "") for name in identity]
        for column in columns:
            score = column.lab.exported(student.identity, unfinished=unfinished)
            cells.append(points(score.points) if score else row.get(column.in_template or "", ""))
        rows.append(cells)
    notes = [column.note(template) for column in columns]
    notes += _not_listed(scores, template)
    header = [*identity, *(column.in_template or column.lab.lab for column in columns)]
    return Table(header, rows, tuple(filter(None, notes)))


@dataclass(frozen=True)
class _CanvasColumn:
    """The column of a lab.

    Attributes:
        lab: the lab.
        in_template: the column's name in the template; None if the template has none for the lab.
        points_in_canvas: the possible points in the template; empty if it does not say.
    """

    lab: LabScores
    in_template: str | None
    points_in_canvas: str

    @property
    def possible(self) -> str:
        """The possible points: Canvas's own, so that an import does not change them."""
        return self.points_in_canvas or points(self.lab.most)

    def note(self, template: Template) -> str:
        """What an instructor should know of the column; empty if there is nothing."""
        lab = self.lab
        if self.in_template is None:
            return f"{template.path.name} has no column for {lab.lab}: Canvas asks which assignment it is."
        if self.points_in_canvas and _number(self.points_in_canvas) != round(lab.most, 2):
            return (
                f"{lab.lab} has {points(lab.most)} points here and {self.points_in_canvas} in Canvas; the scores are "
                "as they are here."
            )
        return ""


def _points_row(template: Template, first: str) -> Mapping[str, str]:
    """The template's row of possible points; empty if it has none."""
    return next((row for row in template.rows if CANVAS_POINTS_POSSIBLE in (row.get(first) or "")), {})


def _new_canvas_table(scores: Scores, *, unfinished: bool) -> Table:
    rows: list[list[str]] = []
    incomplete = 0
    for student in scores.students:
        found = [lab.exported(student.identity, unfinished=unfinished) for lab in scores.labs]
        if any(found):
            incomplete += not all(found)
            identity = _identity_cells(student, CANVAS_IDENTITY)
            rows.append([*identity, *(points(score.points if score else None) for score in found)])
    first_row = [_CANVAS_POINTS_ROW, *[""] * (len(CANVAS_IDENTITY) - 1), *(points(lab.most) for lab in scores.labs)]
    notes = ["Without --template, Canvas asks which assignment each column is."]
    if incomplete:
        notes.append(f"{incomplete} of the rows lack a score in some lab: Canvas would clear those. Use --template.")
    return Table([*CANVAS_IDENTITY, *(lab.lab for lab in scores.labs)], [first_row, *rows], tuple(notes))


def _identity_cells(student: Student, columns: Mapping[str, str | None]) -> list[str]:
    """The cells of the columns that name a student; `columns`: column → field of the class list."""
    full_name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.identity
    fields = {
        "id": student.identity,
        "first_name": student.first_name,
        "last_name": student.last_name,
        "full_name": full_name,
        "email": student.email,
        "lms_user_id": student.lms_user_id,
    }
    return [fields[field] if field is not None else "" for field in columns.values()]


def _not_listed(scores: Scores, template: Template) -> list[str]:
    """A sentence that names the students missing in the template, if any."""
    listed = {student.identity for _, student in template.matched()}
    missing = [it.identity for it in scores.students if it.identity not in listed]
    return [f"{template.path.name} does not list {', '.join(missing)}: they are left out."] if missing else []


def _moodle_cells(lab: LabScores, score: Score | None) -> tuple[str, str]:
    if score is None:
        return "", ""
    sentences = [f"{points(score.points)} of {points(lab.most)} points."]
    if score.penalty:
        sentences.append(f"{points(score.penalty)} points were taken off because it came late.")
    if score.waiting:
        sentences.append("Not final: a person still has to grade a part of it.")
    return points(score.points), paragraphs([*sentences, *score.comments])


def _status(score: Score | None, *, ungraded: bool) -> str:
    if score is None:
        return "not graded" if ungraded else "missing"
    return "graded" if score.final else f"{score.waiting} to grade"


def _number(text: str) -> float | None:
    try:
        return round(float(text.replace(",", ".")), 2)
    except ValueError:
        return None
