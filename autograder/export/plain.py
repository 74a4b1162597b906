"""A row for each student and lab, with nbgrader's columns and one more for each exercise."""

from autograder.export.scores import Score, Scores
from autograder.export.table import Table, points

_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
)


def plain_table(scores: Scores, *, unfinished: bool) -> Table:
    """All students and all labs; what is missing or not final has no score, and a status that says so."""
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
    return Table((*_COLUMNS, *exercises), rows)


def _status(score: Score | None, *, ungraded: bool) -> str:
    if score is None:
        return "not graded" if ungraded else "missing"
    return "graded" if score.final else f"{score.waiting} to grade"
