"""The class in nbgrader's gradebook: read, and added to."""

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from autograder.collect.roster import Student
from autograder.course import Course
from autograder.release import own_tools
from autograder.trouble import explain

_FIELDS = ("first_name", "last_name", "email", "lms_user_id")


def known_students(course: Course) -> list[Student]:
    """The students whom the gradebook knows.

    Raises:
        ExpectedError: it cannot be read.
    """
    url = course.gradebook_url
    try:
        with own_tools(), closing(Gradebook(url, course.course_id)) as gradebook:
            return [
                Student(str(it.id), *(str(getattr(it, field) or "") for field in _FIELDS)) for it in gradebook.students
            ]
    except SQLAlchemyError as error:
        raise explain(url, error) from error


def add_students(course: Course, students: Iterable[Student]) -> None:
    """Put students into the gradebook; what it knows of them is kept where nothing new is known.

    Raises:
        ExpectedError: it cannot be written.
    """
    url = course.gradebook_url
    try:
        with own_tools(), closing(Gradebook(url, course.course_id)) as gradebook:
            for student in students:
                told = {field: text for field in _FIELDS if (text := getattr(student, field))}
                gradebook.update_or_create_student(student.identity, **told)
    except (SQLAlchemyError, InvalidEntry) as error:
        raise explain(url, error) from error


def due_dates(course: Course, labs: Iterable[str]) -> dict[str, datetime | None]:
    """When labs are due (UTC, without a zone), by the gradebook; None where it does not say.

    Raises:
        ExpectedError: it cannot be read.
    """
    url = course.gradebook_url
    found: dict[str, datetime | None] = {}
    try:
        with own_tools(), closing(Gradebook(url, course.course_id)) as gradebook:
            for lab in labs:
                try:
                    found[lab] = gradebook.find_assignment(lab).duedate
                except MissingEntry:
                    found[lab] = None
    except SQLAlchemyError as error:
        raise explain(url, error) from error
    return found


def set_due_dates(course: Course, labs: Iterable[str], deadline: datetime) -> None:
    """Tell the gradebook when labs were due, so that nbgrader's late policies apply.

    Raises:
        ExpectedError: it cannot be written.
    """
    url = course.gradebook_url
    try:
        with own_tools(), closing(Gradebook(url, course.course_id)) as gradebook:
            for lab in labs:
                gradebook.update_or_create_assignment(lab, duedate=deadline)
    except (SQLAlchemyError, InvalidEntry) as error:
        raise explain(url, error) from error
