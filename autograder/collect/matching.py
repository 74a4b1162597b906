"""Which student of the class it is, and why nobody where it is nobody."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz import process

from autograder.collect.owners import Origin, Owner
from autograder.collect.people import folded, name_keys, unsafe_id
from autograder.collect.roster import Student

_NEAR = 75


@dataclass(frozen=True)
class Match:
    """The outcome for one owner.

    Attributes:
        student: the student; None where there is none.
        reason: why there is none, one clause.
        cure: what can be done about it, one sentence.
    """

    student: Student | None
    reason: str = ""
    cure: str = ""


class Matcher:
    """Finds students by number, id, e-mail and name.

    Args:
        students: the class; where nobody has told anything but ids, the names of folders are taken for ids, too.
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._students = tuple(students)
        self._listed = any(it.first_name or it.last_name or it.email or it.lms_user_id for it in self._students)
        self._ids = _index(self._students, lambda it: [_plain(it.identity)])
        self._emails = _index(self._students, lambda it: [_plain(it.email)])
        self._lms = _index(self._students, lambda it: [it.lms_user_id])
        self._participants = _index(self._students, lambda it: [it.participant])
        self._names = _index(self._students, lambda it: [*name_keys(it.first_name, it.last_name)])

    def knows(self, text: str) -> bool:
        """Whether a text names at least one student."""
        return bool(self._by_text(text))

    def match(self, owner: Owner) -> Match:
        """Find the student whom an owner's texts name."""
        if not self._listed:
            known = self._by_text(owner.name) if owner.origin is Origin.PLAIN else []
            return Match(known[0]) if len(known) == 1 else _without_roster(owner)
        if owner.origin is Origin.MOODLE:
            # The number is no user's: with a user of that number it would agree by chance only.
            found = self._participants.get(owner.number, []) or self._by_text(owner.name)
        elif owner.origin is Origin.CANVAS:
            found = self._lms.get(owner.number, []) or self._by_text(owner.name)
            other = [it for it in found if it.lms_user_id not in ("", owner.number)]
            if other:
                # People can call themselves as they like; their numbers are the platform's.
                return Match(
                    None,
                    f"{owner.name!r} is {other[0].identity} by name, whose number is {other[0].lms_user_id} and not "
                    f"{owner.number}",
                    "See in Canvas who it is, and mend lms_user_id in the roster, or add the student.",
                )
        else:
            found = self._by_text(owner.name)
        if len(found) == 1:
            return Match(found[0])
        if found:
            ids = ", ".join(sorted(it.identity for it in found))
            return Match(None, f"{owner.name!r} names more than one student ({ids})", _tell_apart(owner))
        return Match(None, f"no student of the class is named {owner.label!r}", self._nearest(owner))

    def _by_text(self, text: str) -> list[Student]:
        plain = _plain(text)
        name = folded(text)
        for index, key in ((self._ids, plain), (self._lms, text.strip()), (self._emails, plain), (self._names, name)):
            if key and key in index:
                return index[key]
        return []

    def _nearest(self, owner: Owner) -> str:
        names = {f"{it.first_name} {it.last_name}".strip() or it.identity: it.identity for it in self._students}
        near = process.extractOne(owner.name, list(names), score_cutoff=_NEAR)
        if near:
            return f"If it is {near[0]} ({names[near[0]]}), give them this name in the roster and collect again."
        return "Add the student to the roster and collect again."


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _index(students: tuple[Student, ...], keys: Callable[[Student], Iterable[str]]) -> dict[str, list[Student]]:
    found: defaultdict[str, list[Student]] = defaultdict(list)
    for student in students:
        for key in dict.fromkeys(keys(student)):
            if key:
                found[key].append(student)
    return dict(found)


def _without_roster(owner: Owner) -> Match:
    if owner.origin is not Origin.PLAIN:
        return Match(None, "the course knows no students yet", "Give the class list with --roster.")
    problem = unsafe_id(owner.label)
    if problem:
        return Match(None, f"{owner.label!r} cannot be a student's id: {problem}", "Give the class list with --roster.")
    return Match(Student(owner.label))


def _tell_apart(owner: Owner) -> str:
    if owner.origin is Origin.MOODLE:
        return "Download the assignment's grading worksheet from Moodle and give it with --roster: it has the numbers."
    if owner.origin is Origin.CANVAS:
        return f"Put Canvas's number of the user, {owner.number}, into the roster's column lms_user_id."
    return "Name the folder by the student's id."
