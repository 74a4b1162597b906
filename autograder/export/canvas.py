"""Canvas's gradebook import: a row of possible points, then one for each student."""

from autograder.collect.roster import Student
from autograder.errors import ExpectedError
from autograder.export.scores import Scores
from autograder.export.table import Table, points
from autograder.export.template import Template

_IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_OPTIONAL = ("Integration ID", "Root Account", "LastName", "FirstName")
_POINTS_POSSIBLE = "Points Possible"


def canvas_table(scores: Scores, template: Template | None, *, unfinished: bool) -> Table:
    """The students as Canvas has them.

    Where there is no score, what the template has stays: to Canvas an empty cell means to clear the score. Without a
    template a student without any score is left out.

    Raises:
        ExpectedError: the template is not Canvas's.
    """
    return (
        _plain(scores, unfinished=unfinished) if template is None else _filled(scores, template, unfinished=unfinished)
    )


def _plain(scores: Scores, *, unfinished: bool) -> Table:
    rows: list[list[str]] = []
    partly = 0
    for student in scores.students:
        found = [lab.exported(student.identity, unfinished=unfinished) for lab in scores.labs]
        if any(found):
            partly += not all(found)
            rows.append([*_names(student), *(points(it.points if it else None) for it in found)])
    possible = [f"    {_POINTS_POSSIBLE}", "", "", "", "", *(points(lab.most) for lab in scores.labs)]
    notes = ["Without --template, Canvas asks which assignment each column is."]
    if partly:
        notes.append(f"{partly} of the rows lack a score in some lab: Canvas would clear those. Use --template.")
    return Table([*_IDENTITY, *(lab.lab for lab in scores.labs)], [possible, *rows], tuple(notes))


def _filled(scores: Scores, template: Template, *, unfinished: bool) -> Table:
    identity = [name for name in template.header if name in (*_IDENTITY, *_OPTIONAL)]
    if "ID" not in identity or "Section" not in identity:
        raise ExpectedError(
            f"{template.path} is not Canvas's: it has no columns ID and Section.",
            "In Canvas's gradebook choose Export, and name that file.",
        )
    notes: list[str] = []
    columns = [template.column(lab.lab) for lab in scores.labs]
    possible = next((row for row in template.rows if _POINTS_POSSIBLE in (row.get(identity[0]) or "")), {})
    head = [possible.get(name, "") for name in identity]
    head[0] = f"    {_POINTS_POSSIBLE}"
    for lab, column in zip(scores.labs, columns, strict=True):
        theirs = possible.get(column, "") if column is not None else ""
        head.append(theirs or points(lab.most))
        if column is None:
            notes.append(f"{template.path.name} has no column for {lab.lab}: Canvas asks which assignment it is.")
        elif theirs and _number(theirs) != round(lab.most, 2):
            notes.append(
                f"{lab.lab} has {points(lab.most)} points here and {theirs} in Canvas; the scores are as they are here."
            )
    rows: list[list[str]] = []
    for row, student in zip(template.rows, template.students, strict=True):
        if student is None:
            continue
        cells = [row.get(name, "") for name in identity]
        for lab, column in zip(scores.labs, columns, strict=True):
            score = lab.exported(student.identity, unfinished=unfinished)
            cells.append(points(score.points) if score else row.get(column or "", ""))
        rows.append(cells)
    there = {student.identity for student in template.students if student is not None}
    missing = [it.identity for it in scores.students if it.identity not in there]
    if missing:
        notes.append(f"{template.path.name} does not list {', '.join(missing)}: they are left out.")
    header = [column or lab.lab for lab, column in zip(scores.labs, columns, strict=True)]
    return Table([*identity, *header], [head, *rows], tuple(notes))


def _names(student: Student) -> list[str]:
    name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.identity
    return [name, student.lms_user_id, "", student.identity, ""]


def _number(text: str) -> float | None:
    try:
        return round(float(text.replace(",", ".")), 2)
    except ValueError:
        return None
