"""Groups that hand in together: read from a file or from a column of the class list, and kept for each lab."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.roster.class_list import Student, read_table, student_of
from autograder.roster.columns import GROUP, MEMBERS, fields_of
from autograder.roster.matching import Matcher, Owner, Platform
from autograder.roster.names import folded
from autograder.untrusted.files import readable

_SEVERAL = re.compile(r"[,;|\n]")
_KEPT = "teams"


@dataclass(frozen=True)
class Teams:
    """The groups of a class.

    Attributes:
        members: the group's name → its students.
        explicit: whether they were given as the groups that hand in together. In a class list the column may hold
            other groups, too, such as those of tutorials.
        unknown: what in the file could be matched to no student; one sentence each.
    """

    members: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)
    explicit: bool = False
    unknown: tuple[str, ...] = ()

    def find(self, text: str) -> str | None:
        """The name of the group that a text names, as platforms write it; None if it names none."""
        return self._by_key.get(folded(text))

    def of(self, student: str) -> tuple[str, ...]:
        """The names of a student's groups."""
        return self._by_student.get(student, ())

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return {key: name for name in reversed(list(self.members)) if (key := folded(name))}

    @cached_property
    def _by_student(self) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, members in self.members.items():
            for identity in dict.fromkeys(member.identity for member in members):
                found[identity].append(name)
        return {identity: tuple(names) for identity, names in found.items()}


def teams_in(students: Iterable[Student]) -> Teams:
    """The groups that a class list names."""
    found: defaultdict[str, list[Student]] = defaultdict(list)
    for student in students:
        for name in _names(student.group):
            found[name].append(student)
    return Teams({name: tuple(members) for name, members in found.items()})


def read_teams(path: Path, students: Iterable[Student]) -> Teams:
    """Read a file of groups: a row for each student with the group's name, or one for each group with its members.

    Args:
        path: a CSV file as Moodle or Canvas exports groups, or with the columns ``group`` and ``id``.
        students: the class; if it is empty, the ids in the file are its students.

    Raises:
        ExpectedError: the file cannot be read, or has no column with groups or none with students.
    """
    rows = read_table(path)
    columns = fields_of(rows[0])
    by_group = MEMBERS in columns
    if GROUP not in columns or not (by_group or columns.keys() - {GROUP, MEMBERS}):
        raise ExpectedError(
            f"{path} has no columns that say which student is in which group (its columns: {', '.join(rows[0])}).",
            "Name them group and id, with a row for each student.",
        )
    students = list(students)
    matcher = Matcher(students)
    found: defaultdict[str, dict[str, Student]] = defaultdict(dict)
    unknown: list[str] = []
    for number, row in enumerate(rows, start=2):
        text = next((row.get(name) or "" for name in columns[GROUP] if row.get(name)), "").strip()
        if not text:
            continue
        labels = (
            [it.strip() for name in columns[MEMBERS] for it in re.split(r"[,;|\n]|\s{2,}", row.get(name) or "")]
            if by_group
            else []
        )
        listed = [_named(matcher, label) for label in labels if label] if by_group else [_listed(matcher, row, columns)]
        names = [text] if by_group else _names(text)
        for student in listed:
            if student is None:
                unknown.append(f"{path.name}, row {number}: no student of the class is meant for {readable(text)!r}.")
                continue
            for name in names:
                found[name][student.identity] = student
    return Teams({name: tuple(members.values()) for name, members in found.items()}, True, tuple(unknown))


def keep_teams(course: Course, lab: str, students: Iterable[str], teams: Mapping[str, str]) -> None:
    """Keep who has handed in with whom.

    Args:
        course: the course.
        lab: the lab.
        students: of whom something was collected; what is known of others stays.
        teams: student → group, for those of them who have handed in with others.
    """
    known = kept_teams(course, lab)
    collected = frozenset(students)
    now = {student: team for student, team in known.items() if student not in collected} | dict(teams)
    if now != known:
        path = course.state / _KEPT / f"{lab}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(now, sort_keys=True), encoding="utf-8")


def kept_teams(course: Course, lab: str) -> dict[str, str]:
    """Who has handed in with whom: student → group. Empty where nothing was kept."""
    try:
        content = json.loads((course.state / _KEPT / f"{lab}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(student): str(team) for student, team in content.items()} if isinstance(content, dict) else {}


def _names(text: str) -> list[str]:
    """The groups that a cell names: one, or several with separators."""
    return [name for part in _SEVERAL.split(text) if (name := part.strip())]


def _listed(matcher: Matcher, row: dict[str, str], columns: dict[str, list[str]]) -> Student | None:
    """The student of a row, who need not have an id in it."""
    listed = student_of(row, columns, needs_id=False)
    if listed is None:
        return None
    texts = (listed.identity, listed.email, f"{listed.first_name} {listed.last_name}".strip())
    if listed.lms_user_id:
        by_number = matcher.match(Owner(Platform.CANVAS, "", "", listed.lms_user_id)).student
        if by_number is not None:
            return by_number
    return next((student for text in texts if text and (student := _named(matcher, text)) is not None), None)


def _named(matcher: Matcher, text: str) -> Student | None:
    return matcher.match(Owner(Platform.NONE, text, text)).student
