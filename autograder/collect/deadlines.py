"""When labs are due: as a person writes it, and in nbgrader's gradebook."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nbgrader.api import MissingEntry

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import writing

_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[ T](?P<clock>\d{1,2}:\d{2}(?::\d{2})?)\s*"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2}|[A-Za-z][\w/+-]*)?"
)
_CURE = "Write a date, a time and, if it is not UTC, a zone: 2026-11-22 23:59 Europe/Berlin."


def read_deadline(text: str) -> datetime:
    """Read a time; it is UTC if it names no zone.

    A date alone is refused: it does not say whether the day's beginning or its end is meant.

    Returns:
        The time in UTC, without a zone.

    Raises:
        ExpectedError: it is no time, or its zone is unknown.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ExpectedError(f"{text!r} is no time.", _CURE)
    zone = match["zone"] or "UTC"
    try:
        clock = match["clock"].zfill(8 if match["clock"].count(":") > 1 else 5)
        if zone[0] in "+-" or zone == "Z":
            time = datetime.fromisoformat(f"{match['date']}T{clock}{zone}")
        else:
            time = datetime.fromisoformat(f"{match['date']}T{clock}").replace(tzinfo=ZoneInfo(zone))
    except (ValueError, KeyError, OSError) as error:
        raise ExpectedError(f"{text!r} is no time ({error}).", _CURE) from error
    return time.astimezone(UTC).replace(tzinfo=None)


def due_dates(course: Course, labs: Iterable[str]) -> dict[str, datetime | None]:
    """When labs are due by the gradebook (UTC, without a zone); None if it does not say.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    found: dict[str, datetime | None] = {}
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for lab in labs:
            try:
                found[lab] = gradebook.find_assignment(lab).duedate
            except MissingEntry:
                found[lab] = None
    return found


def extensions(course: Course, labs: Iterable[str]) -> dict[tuple[str, str], timedelta]:
    """How much later labs are due for single students, by the gradebook: (student, lab) → time.

    Raises:
        ExpectedError: the gradebook cannot be read.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        return {
            (str(it.student_id), lab): it.extension
            for lab in labs
            for it in gradebook.assignment_submissions(lab)
            if it.extension is not None
        }


def add_due_dates(course: Course, labs: Iterable[str], deadline: datetime) -> list[str]:
    """Write a deadline (UTC, without a zone) into the gradebook for labs without one, for nbgrader's late policies.

    Returns:
        For each lab with another due date, a sentence that says which one applies.

    Raises:
        ExpectedError: the gradebook cannot be read or written.
    """
    known = due_dates(course, sorted(labs))
    with writing(course.gradebook_url, course.course_id) as gradebook:
        for lab, due in known.items():
            if due is None:
                gradebook.update_or_create_assignment(lab, duedate=deadline)
    return [
        f"The gradebook says that {lab} was due at {due:%Y-%m-%d %H:%M} UTC; late penalties go by that."
        for lab, due in known.items()
        if due is not None and due != deadline
    ]
