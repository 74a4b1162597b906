"""The class in nbgrader's gradebook: read, and added to."""

from collections.abc import Iterable
from typing import Any

from autograder.course.course import Course
from autograder.gradebook.connection import writing
from autograder.roster.class_list import Student
from autograder.untrusted.student_ids import unsafe_id

_NO_TAGS = str.maketrans("<>", "‹›")
_FIELDS = ("first_name", "last_name", "email", "lms_user_id")


def student_from(row: Any) -> Student:  # noqa: ANN401 - nbgrader has no types
    """The student of a row of nbgrader's table of students."""
    return Student(str(row.id), *(str(getattr(row, field) or "") for field in _FIELDS))


def known_students(course: Course) -> list[Student]:
    """The students in the gradebook; those with an id that is refused are left out.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        return [student_from(row) for row in gradebook.students if not unsafe_id(str(row.id))]


def add_students(course: Course, students: Iterable[Student]) -> None:
    """Add or update students in the gradebook; an empty field leaves what the gradebook has.

    Raises:
        ExpectedError: the gradebook cannot be written.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for student in students:
            known = {field: _without_tags(text) for field in _FIELDS if (text := getattr(student, field))}
            gradebook.update_or_create_student(student.identity, **known)


def _without_tags(text: str) -> str:
    """A name as formgrader can show it, which takes it for HTML; on many platforms people choose their own."""
    return text.translate(_NO_TAGS)
