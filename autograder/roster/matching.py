"""Matches names, ids and numbers in a download to students."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import process

from autograder.roster.class_list import Student
from autograder.roster.names import folded, name_keys
from autograder.untrusted.student_ids import unsafe_id

_LEAST_SIMILARITY = 75
"""Percent; a name below that is not suggested for a mistyped one."""


class Platform(StrEnum):
    """The learning platform that wrote a file's name."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    NONE = "plain"
    """No platform: a person or nbgrader named the folder."""


@dataclass(frozen=True)
class Owner:
    """The student to whom a file belongs, as its path names them.

    Attributes:
        platform: the platform that wrote it.
        label: the part of the path that distinguishes this student from others.
        name: the student's name, or an id.
        number: the platform's number: Canvas's of the user, Moodle's of the participant; empty if there is none.
    """

    platform: Platform
    label: str
    name: str
    number: str = ""


@dataclass(frozen=True)
class Match:
    """The student that an owner was matched to.

    Attributes:
        student: the student; None if no student was found.
        reason: why none was found, in one clause.
        cure: what can be done about it, in one sentence.
    """

    student: Student | None
    reason: str = ""
    cure: str = ""


class Matcher:
    """Finds students by number, id, e-mail address and name.

    Args:
        students: the class. If it holds ids alone, every folder name that can be an id is taken for a student.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._students = tuple(students)
        self._has_details = any(it.first_name or it.last_name or it.email or it.lms_user_id for it in self._students)
        self._by_id = _index(self._students, lambda it: [_normalised(it.identity)])
        self._by_email = _index(self._students, lambda it: [_normalised(it.email)])
        self._by_lms_id = _index(self._students, lambda it: [it.lms_user_id])
        self._by_participant = _index(self._students, lambda it: [it.participant])
        self._by_name = _index(self._students, lambda it: [*name_keys(it.first_name, it.last_name)])

    def knows(self, text: str) -> bool:
        """Whether a text names at least one student."""
        return bool(self._find(text))

    def has_names(self, owner: Owner) -> bool:
        """Whether the student whose number an owner has is known by name."""
        return any(it.first_name or it.last_name for it in self._candidates(owner))

    def match(self, owner: Owner) -> Match:
        """Find the student of an owner."""
        if not self._has_details:
            known = self._find(owner.name) if owner.platform is Platform.NONE else []
            return Match(known[0]) if len(known) == 1 else _match_without_class(owner)
        found = self._candidates(owner)
        if owner.platform is Platform.CANVAS:
            other = [it for it in found if it.lms_user_id not in ("", owner.number)]
            if other:
                # Users can change their names in Canvas, but not their numbers.
                return Match(
                    None,
                    f"{owner.name!r} is {other[0].identity} by name, whose number is {other[0].lms_user_id} and not "
                    f"{owner.number}",
                    "See in Canvas who it is, and mend lms_user_id in the roster, or add the student.",
                )
        if len(found) == 1:
            return Match(found[0])
        if found:
            ids = ", ".join(sorted(it.identity for it in found))
            return Match(None, f"{owner.name!r} names more than one student ({ids})", _disambiguation(owner))
        return Match(None, f"no student of the class is named {owner.label!r}", self._suggestion(owner))

    def _candidates(self, owner: Owner) -> list[Student]:
        by_number: list[Student] = []
        if owner.platform is Platform.MOODLE:
            # It is the participant's number: a user's number that equals it does so by chance.
            by_number = self._by_participant.get(owner.number, [])
        elif owner.platform is Platform.CANVAS:
            by_number = self._by_lms_id.get(owner.number, [])
        return by_number or self._find(owner.name)

    def _find(self, text: str) -> list[Student]:
        normalised = _normalised(text)
        for index, key in (
            (self._by_id, normalised),
            (self._by_lms_id, text.strip()),
            (self._by_email, normalised),
            (self._by_name, folded(text)),
        ):
            if key and key in index:
                return index[key]
        return []

    def _suggestion(self, owner: Owner) -> str:
        names = {f"{it.first_name} {it.last_name}".strip() or it.identity: it.identity for it in self._students}
        similar = process.extractOne(owner.name, list(names), score_cutoff=_LEAST_SIMILARITY)
        if similar:
            name = similar[0]
            return f"If it is {name} ({names[name]}), give them this name in the roster and collect again."
        return "Add the student to the roster and collect again."


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _index(students: tuple[Student, ...], keys: Callable[[Student], Iterable[str]]) -> dict[str, list[Student]]:
    found: defaultdict[str, list[Student]] = defaultdict(list)
    for student in students:
        for key in dict.fromkeys(keys(student)):
            if key:
                found[key].append(student)
    return dict(found)


def _match_without_class(owner: Owner) -> Match:
    cure = "Give the class list with --roster."
    if owner.platform is not Platform.NONE:
        return Match(None, "the course knows no students yet", cure)
    problem = unsafe_id(owner.label)
    if problem:
        return Match(None, f"{owner.label!r} cannot be a student's id: {problem}", cure)
    return Match(Student(owner.label))


def _disambiguation(owner: Owner) -> str:
    if owner.platform is Platform.MOODLE:
        return "Download the assignment's grading worksheet from Moodle and give it with --roster: it has the numbers."
    if owner.platform is Platform.CANVAS:
        return f"Put Canvas's number of the user, {owner.number}, into the roster's column lms_user_id."
    return "Name the folder by the student's id."
