"""A file that a platform has exported: its rows name the platform's students, its columns the labs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ExpectedError
from autograder.roster.class_list import Student, read_table, student_of
from autograder.roster.columns import FEEDBACK, IDENTITY, fields_of
from autograder.roster.matching import Matcher, Owner, Platform
from autograder.roster.names import folded

_ID = re.compile(r"\s{0,9}\((?P<id>\d{1,20})\)$")


@dataclass(frozen=True)
class Template:
    """The platform's own table.

    Attributes:
        path: the file.
        header: its columns.
        rows: its rows, column → text.
        students: for each row the gradebook's student, or None.
    """

    path: Path
    header: Sequence[str]
    rows: Sequence[dict[str, str]]
    students: Sequence[Student | None]

    def matched(self) -> Iterator[tuple[dict[str, str], Student]]:
        """The rows of the gradebook's students, with the students."""
        for row, student in zip(self.rows, self.students, strict=True):
            if student is not None:
                yield row, student

    def column(self, lab: str) -> str | None:
        """The column of a lab: the one with its name, or else the only one whose name contains it; None if none does.

        Raises:
            ExpectedError: the names of several columns contain the lab's.
        """
        wanted = folded(lab)
        names = {name: folded(_ID.sub("", name)) for name in self.header}
        found = [name for name, plain in names.items() if plain == wanted]
        found = found or [
            name
            for name, plain in names.items()
            if wanted in plain and not any(word in name.casefold() for word in FEEDBACK)
        ]
        if len(found) > 1:
            raise ExpectedError(
                f"{self.path}: more than one column could be the lab {lab!r}: {', '.join(found)}.",
                "Delete the others from the template.",
            )
        return found[0] if found else None


def read_template(path: Path, students: Iterable[Student]) -> Template:
    """Read a template and match its rows to the gradebook's students.

    Raises:
        ExpectedError: it cannot be read, has no columns that name students, or names one student twice.
    """
    rows = read_table(path)
    columns = fields_of(rows[0])
    if IDENTITY not in columns:
        raise ExpectedError(
            f"{path} has no columns that name students.",
            "Export the grades from Moodle (as CSV text file) or from Canvas's gradebook, and name that file.",
        )
    matcher = Matcher(students)
    found = [_find(matcher, row, columns) for row in rows]
    twice = [it for it, times in Counter(it.identity for it in found if it is not None).items() if times > 1]
    if twice:
        raise ExpectedError(
            f"{path}: more than one row could be the student {twice[0]!r}.", "Delete the wrong row from the template."
        )
    return Template(path, list(rows[0]), rows, found)


def _find(matcher: Matcher, row: dict[str, str], columns: dict[str, list[str]]) -> Student | None:
    listed = student_of(row, columns)
    if listed is None:
        return None
    ids = [row.get(name, "").strip() for name in columns[IDENTITY]]
    name = f"{listed.first_name} {listed.last_name}"
    for platform, text, number in (
        (Platform.CANVAS, "", listed.lms_user_id),
        *((Platform.NONE, text, "") for text in (*ids, listed.email, name)),
    ):
        match = matcher.match(Owner(platform, text, text.strip(), number)) if text.strip() or number else None
        student = match.student if match is not None else None
        # Users can change their names, but not the platform's number.
        if student is not None and (not student.lms_user_id or listed.lms_user_id in ("", student.lms_user_id)):
            return student
    return None
