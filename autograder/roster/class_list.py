"""Class lists: CSV files as nbgrader, Moodle or Canvas writes them."""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ExpectedError
from autograder.roster.columns import CANVAS_POINTS_POSSIBLE, FIELDS, GROUP, IDENTITY, fields_of
from autograder.untrusted.files import Quarantine, read_bytes, readable
from autograder.untrusted.student_ids import unsafe_id

_LARGEST = 32 * 1024**2
_LEAST_ROWS = 2
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NOT_STUDENTS = (CANVAS_POINTS_POSSIBLE.casefold(), "student, test", "test student")
"""Names of Canvas's rows that are no students."""


@dataclass(frozen=True)
class Student:
    """A student of the class.

    Attributes:
        identity: the id, which names the student's folder.
        first_name: the given name; the whole name if the file does not split it.
        last_name: the family name.
        email: the e-mail address.
        lms_user_id: the learning platform's number of the user.
        participant: Moodle's number of the participant in one assignment, from a grading worksheet.
        group: the names of the student's groups, as the file has them.
    """

    identity: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    participant: str = ""
    group: str = ""


@dataclass(frozen=True)
class Roster:
    """The students of a class.

    Attributes:
        students: the students, each id once.
        columns: (field, column of the file that was used) pairs.
        refused: why a row was left out: its id cannot name a folder; one sentence each.
    """

    students: tuple[Student, ...]
    columns: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with a header, in UTF-8, UTF-16 or Windows-1252, separated by comma, semicolon or tab.

    Returns:
        The rows, column → text; both in Unicode's composed form.

    Raises:
        ExpectedError: the file cannot be read, or has no row below its header.
    """
    cure = "Save it as CSV (UTF-8): the names of the columns in the first row, below it a row for each student."
    if not path.is_file():
        wrong = "is no file" if path.exists() else "does not exist"
        raise ExpectedError(f"{path} cannot be read: it {wrong}.", "Name a CSV file that is there.")
    try:
        content = read_bytes(path, _LARGEST)
        if content.startswith(_SPREADSHEETS):
            raise ExpectedError(f"{path} is no CSV file; it may be a spreadsheet.", cure)
        text = _decoded(content)
        header = text.split("\n", 1)[0]
        separator = max(",;\t", key=header.count)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    except Quarantine as error:
        raise ExpectedError(f"{path} cannot be read as a table: {error.reason}.", cure) from error
    except csv.Error as error:
        raise ExpectedError(f"{path} cannot be read as a table: {error}.", cure) from error
    if len(rows) < _LEAST_ROWS:
        raise ExpectedError(f"{path} {'has no row below its first' if rows else 'is empty'}.", cure)
    names = [name.strip() for name in rows[0]]
    return [dict(zip(names, row, strict=False)) for row in rows[1:]]


def read_roster(path: Path) -> Roster:
    """Read a class list.

    Raises:
        ExpectedError: the file cannot be read, has no column for ids, or gives two students the same id.
    """
    rows = read_table(path)
    columns = fields_of(rows[0])
    if IDENTITY not in columns:
        raise ExpectedError(
            f"{path} has no column with the students' ids (its columns: {', '.join(rows[0])}).",
            "Name one of them id, as in `nbgrader db student import`: id, first_name, last_name, email, lms_user_id.",
        )
    students: dict[str, Student] = {}
    spellings: dict[str, str] = {}
    refused: list[str] = []
    for number, row in enumerate(rows, start=2):
        student = student_of(row, columns)
        if student is None:
            continue
        problem = unsafe_id(student.identity)
        if problem:
            shown = readable(student.identity)
            refused.append(f"{path.name}, row {number}: the id {shown!r} cannot be the name of a folder: {problem}.")
            continue
        spelling = spellings.setdefault(student.identity.casefold(), student.identity)
        if spelling != student.identity:
            raise ExpectedError(
                f"{path}, row {number}: the id {student.identity!r} differs from {spelling!r} in nothing but capital "
                "letters: on macOS and Windows their folders are one.",
                "Give each student an id of its own.",
            )
        if students.setdefault(student.identity, student) != student:
            raise ExpectedError(
                f"{path}, row {number}: the id {student.identity!r} stands in an earlier row, for somebody else.",
                "Give each student an id of its own.",
            )
    used = tuple((field, name) for field in FIELDS for name in columns.get(field, ())[:1])
    return Roster(tuple(students.values()), used, tuple(refused))


def student_of(row: Mapping[str, str], columns: Mapping[str, list[str]], *, needs_id: bool = True) -> Student | None:
    """The student in a row (column → text; `columns` from `fields_of`); None if it has none, like Canvas's points."""

    def text(field: str) -> str:
        return next((value for name in columns.get(field, ()) if (value := (row.get(name) or "").strip())), "")

    full = text("full_name")
    identity = text(IDENTITY)
    if (needs_id and not identity) or full.casefold() in _NOT_STUDENTS:
        return None
    first, last = text("first_name"), text("last_name")
    if full and not (first or last):
        family, comma, given = full.partition(",")
        first, last = (given.strip(), family.strip()) if comma else (full, "")
    participant = "".join(filter(str.isdigit, text("participant")))
    return Student(identity, first, last, text("email"), text("lms_user_id"), participant, text(GROUP))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    return unicodedata.normalize("NFC", text)
