"""Submissions on disk: written whole or not at all, and never over a newer one."""

import hashlib
import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from autograder.collect.attempts import Chosen
from autograder.course.course import TIMESTAMP, Course
from autograder.errors import ExpectedError
from autograder.untrusted.files import read_bytes

_RECORDS = "collected"
_NEW = ".collecting-"


class Outcome(StrEnum):
    """What became of an attempt."""

    COLLECTED = "collected"
    REPLACED = "replaced"
    """It took the place of an earlier one."""
    UNCHANGED = "unchanged"
    """It is the one that is there."""
    OLDER = "older"
    """A newer one is there, which stays."""
    UNCERTAIN = "uncertain"
    """Another one is there, and nobody says which of them is newer: the one that is there stays."""


@dataclass(frozen=True)
class _Record:
    """What is known of the submission that was collected last.

    Attributes:
        digest: a digest of its files.
        upload: the platform's number of the upload; None if there was none.
    """

    digest: str
    upload: int | None


def place(course: Course, student: str, chosen: Chosen) -> Outcome:
    """Put a submission into ``submitted/STUDENT/LAB/``, with its time in timestamp.txt.

    Raises:
        OSError: it cannot be written.
        Quarantine: a file of it cannot be read.
    """
    folder = course.folder(course.directory.submitted_directory, student, chosen.lab)
    content = {name: read_bytes(file.found.content) for name, file in chosen.files.items()}
    digest = _digest(content)
    record = course.state / _RECORDS / student / f"{chosen.lab}.json"
    known = _read(record)
    outcome = Outcome.COLLECTED
    if folder.exists() and any(folder.iterdir()):
        outcome = _compare(course, student, chosen, known, digest, folder)
    if outcome in (Outcome.COLLECTED, Outcome.REPLACED):
        _write(folder, content, chosen.time)
    if outcome in (Outcome.COLLECTED, Outcome.REPLACED, Outcome.UNCHANGED):
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(asdict(_Record(digest, chosen.upload))), encoding="utf-8")
    return outcome


def _compare(course: Course, student: str, chosen: Chosen, known: _Record | None, digest: str, folder: Path) -> Outcome:
    there = None
    with suppress(ExpectedError):
        # What stands in its timestamp.txt may be no date; then nobody knows when it came.
        there = course.submitted_at(student, chosen.lab)
    same = digest == _digest(_content(folder))
    if same and (chosen.time is None or there == chosen.time):
        return Outcome.UNCHANGED
    if chosen.time is not None and there is not None:
        if chosen.time == there:
            return Outcome.UNCERTAIN
        return Outcome.REPLACED if chosen.time > there else Outcome.OLDER
    if chosen.upload is not None and known is not None and known.upload is not None:
        if chosen.upload == known.upload:
            return Outcome.UNCERTAIN
        return Outcome.REPLACED if chosen.upload > known.upload else Outcome.OLDER
    return Outcome.UNCERTAIN


def _write(folder: Path, content: dict[str, bytes], time: datetime | None) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Within the student's folder, so that it is on the same disk and nobody takes it for a student.
    new = Path(mkdtemp(prefix=_NEW, dir=folder.parent))
    try:
        made = new / "new"
        for name, data in content.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if time is not None:
            (made / TIMESTAMP).write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
        if folder.exists():
            folder.rename(new / "old")
        try:
            made.rename(folder)
        except OSError:
            (new / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path != folder / TIMESTAMP
    }


def _digest(content: dict[str, bytes]) -> str:
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    return hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> _Record | None:
    try:
        return _Record(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
