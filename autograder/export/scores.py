"""The scores in nbgrader's gradebook, and which of them are final."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course.course import Course, did_you_mean
from autograder.errors import ExpectedError
from autograder.gradebook.connection import reading
from autograder.roster.class_list import Student
from autograder.roster.gradebook import student_from
from autograder.untrusted.student_ids import unsafe_id


@dataclass(frozen=True)
class Score:
    """What one student has earned in one lab.

    Attributes:
        raw: the points before a late penalty; cells that wait for a person count as 0.
        penalty: the points that a late policy takes off.
        most: the points that can be earned.
        waiting: how many cells still wait for a person.
        time: when it was handed in (UTC, without a zone); None if nothing says so.
        exercises: ``NOTEBOOK/CELL`` → points; None where a person has to grade it.
        comments: the comments that people wrote to the student.
    """

    raw: float
    penalty: float
    most: float
    waiting: int
    time: datetime | None
    exercises: Mapping[str, float | None] = field(default_factory=dict)
    comments: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points less the penalty, at least 0, as nbgrader computes them."""
        return max(0.0, self.raw - self.penalty)

    @property
    def final(self) -> bool:
        """Whether no cell waits for a person."""
        return not self.waiting


@dataclass(frozen=True)
class LabScores:
    """The scores of one lab.

    Attributes:
        lab: the lab's name.
        due: when it was due (UTC, without a zone); None if it has no due date.
        most: the points that can be earned.
        exercises: the graded cells, ``NOTEBOOK/CELL``, in order of name.
        scores: student's id → score, for students with a submission.
        ungraded: the ids of the students whose submissions were not graded yet.
    """

    lab: str
    due: datetime | None
    most: float
    exercises: tuple[str, ...]
    scores: Mapping[str, Score]
    ungraded: frozenset[str] = frozenset()

    def exported(self, student: str, *, unfinished: bool) -> Score | None:
        """A student's score; None if there is none, or if it is not final and `unfinished` is not set."""
        score = self.scores.get(student)
        return score if score is not None and (unfinished or score.final) else None


@dataclass(frozen=True)
class Scores:
    """The scores of a course.

    Attributes:
        students: all students of the gradebook, in order of family name, given name and id.
        labs: the labs, in the order in which they were asked for.
        refused: names in the gradebook that cannot be a student's id, which are left out.
    """

    students: tuple[Student, ...]
    labs: tuple[LabScores, ...]
    refused: tuple[str, ...] = ()


def read_scores(course: Course, labs: Iterable[str]) -> Scores:
    """Read the scores of labs from the gradebook; of every lab with a graded submission, if none is named.

    Raises:
        ExpectedError: the gradebook cannot be read, does not know a lab, or holds no score.
    """
    wanted = list(dict.fromkeys(labs))
    with reading(course.gradebook_url) as gradebook:
        if not wanted:
            names = sorted(str(it.name) for it in gradebook.assignments)
            wanted = [name for name in names if gradebook.assignment_submissions(name)]
        found = tuple(_lab(gradebook, name, course.students(name)) for name in wanted)
        known = sorted(map(student_from, gradebook.students), key=lambda it: (it.last_name, it.first_name, it.identity))
    if not any(lab.scores for lab in found):
        raise ExpectedError("Nothing was graded yet, so there is no score.", "Run: autograder grade")
    refused = tuple(it.identity for it in known if unsafe_id(it.identity))
    return Scores(tuple(it for it in known if it.identity not in refused), found, refused)


def _lab(gradebook: Gradebook, name: str, submitted: Iterable[str]) -> LabScores:
    try:
        lab = gradebook.find_assignment(name)
    except MissingEntry:
        known = sorted(str(it.name) for it in gradebook.assignments)
        raise ExpectedError(
            f"The gradebook does not know the lab {name!r}.",
            f"{did_you_mean(name, known) if known else 'It knows none.'} Grade it first: autograder grade {name}",
        ) from None
    submissions = {str(it.student_id): it for it in gradebook.assignment_submissions(name)}
    scores = {student: _score(it) for student, it in submissions.items() if not unsafe_id(student)}
    exercises = sorted({exercise for score in scores.values() for exercise in score.exercises})
    ungraded = frozenset(submitted) - scores.keys()
    return LabScores(name, lab.duedate, float(lab.max_score or 0.0), tuple(exercises), scores, ungraded)


def _score(submission: Any) -> Score:  # noqa: ANN401 - nbgrader has no types
    exercises: dict[str, float | None] = {}
    comments: list[str] = []
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            waits = grade.needs_manual_grade
            exercises[f"{notebook.name}/{grade.name}"] = None if waits else float(grade.score or 0.0)
        comments += [str(it.manual_comment).strip() for it in notebook.comments if it.manual_comment]
    return Score(
        raw=float(submission.score or 0.0),
        penalty=sum(float(it.late_submission_penalty or 0.0) for it in submission.notebooks),
        most=float(submission.max_score or 0.0),
        waiting=sum(points is None for points in exercises.values()),
        time=submission.timestamp,
        exercises=exercises,
        comments=tuple(filter(None, comments)),
    )
