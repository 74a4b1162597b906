"""The class in nbgrader's gradebook: read, and added to."""

from collections.abc import Iterable
from datetime import datetime

from nbgrader.api import MissingEntry

from autograder.collect.roster import Student
from autograder.course.course import Course
from autograder.gradebook.connection import writing

_FIELDS = ("first_name", "last_name", "email", "lms_user_id")


def known_students(course: Course) -> list[Student]:
    """The students whom the gradebook knows.

    Raises:
        ExpectedError: it cannot be read.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        return [Student(str(it.id), *(str(getattr(it, field) or "") for field in _FIELDS)) for it in gradebook.students]


def add_students(course: Course, students: Iterable[Student]) -> None:
    """Put students into the gradebook; what it knows of them is kept where nothing new is known.

    Raises:
        ExpectedError: it cannot be written.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for student in students:
            told = {field: text for field in _FIELDS if (text := getattr(student, field))}
            gradebook.update_or_create_student(student.identity, **told)


def due_dates(course: Course, labs: Iterable[str]) -> dict[str, datetime | None]:
    """When labs are due (UTC, without a zone), by the gradebook; None where it does not say.

    Raises:
        ExpectedError: it cannot be read.
    """
    found: dict[str, datetime | None] = {}
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for lab in labs:
            try:
                found[lab] = gradebook.find_assignment(lab).duedate
            except MissingEntry:
                found[lab] = None
    return found


def set_due_dates(course: Course, labs: Iterable[str], deadline: datetime) -> None:
    """Tell the gradebook when labs were due, so that nbgrader's late policies apply.

    Raises:
        ExpectedError: it cannot be written.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for lab in labs:
            gradebook.update_or_create_assignment(lab, duedate=deadline)
