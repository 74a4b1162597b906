"""Write collected files: submissions into ``submitted/``, and files without an owner into ``unmatched/``."""

import filecmp
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from autograder.collect.attempts import ChosenAttempt
from autograder.collect.records import Found, Outcome
from autograder.course.course import TIMESTAMP, Course
from autograder.errors import ExpectedError, unwritable
from autograder.untrusted.files import read_bytes
from autograder.untrusted.paths import Parts
from autograder.wire import MalformedRecordError, from_plain, to_plain

UNMATCHED = "unmatched"
_RECORDS = "collected"
_TEMPORARY = ".collecting-"


@dataclass(frozen=True)
class _Record:
    """The submission that was collected last.

    Attributes:
        digest: a digest of its files.
        upload: the platform's number of the upload; None if there was none.
    """

    digest: str
    upload: int | None


def write_submission(course: Course, student: str, attempt: ChosenAttempt) -> Outcome:
    """Write an attempt into ``submitted/STUDENT/LAB/``, with its time in timestamp.txt, unless a newer one is there.

    The folder is replaced as a whole or not at all.

    Raises:
        OSError: it cannot be written.
        Quarantine: a file of the attempt cannot be read.
    """
    folder = course.folder(course.directory.submitted_directory, student, attempt.lab)
    content = {name: read_bytes(file.found.content) for name, file in attempt.files.items()}
    digest = _digest(content)
    record = course.state / _RECORDS / student / f"{attempt.lab}.json"
    outcome = Outcome.COLLECTED
    if folder.exists() and any(folder.iterdir()):
        present = None
        with suppress(ExpectedError):
            # Its timestamp.txt may hold no date; then nothing says when it came.
            present = course.submitted_at(student, attempt.lab)
        same = digest == _digest(_content(folder))
        outcome = _compare(attempt, present, _read_record(record), same=same)
    if outcome in (Outcome.COLLECTED, Outcome.REPLACED):
        _replace_folder(folder, content, attempt.time)
    if outcome in (Outcome.COLLECTED, Outcome.REPLACED, Outcome.UNCHANGED):
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(to_plain(_Record(digest, attempt.upload))), encoding="utf-8")
    return outcome


def keep_unmatched(root: Path, files: Iterable[Found]) -> list[Path]:
    """Copy files into ``unmatched/``, under their paths in the source.

    Nothing is overwritten: a file of the same path and other content gets a number.

    Returns:
        The copies, relative to the course's folder.

    Raises:
        ExpectedError: they cannot be written.
    """
    kept: list[Path] = []
    for found in files:
        try:
            kept.append(_copy(found.content, root / UNMATCHED, found.parts).relative_to(root))
        except OSError as error:
            raise unwritable(root / UNMATCHED / Path(*found.parts), error) from error
    return kept


def _compare(attempt: ChosenAttempt, present: datetime | None, known: _Record | None, *, same: bool) -> Outcome:
    """Compare an attempt with the present submission, handed in at `present`; `same`: both have the same files."""
    if same and (attempt.time is None or present == attempt.time):
        return Outcome.UNCHANGED
    if attempt.time is not None and present is not None:
        if attempt.time == present:
            return Outcome.UNCERTAIN
        return Outcome.REPLACED if attempt.time > present else Outcome.OLDER
    if attempt.upload is not None and known is not None and known.upload is not None:
        if attempt.upload == known.upload:
            return Outcome.UNCERTAIN
        return Outcome.REPLACED if attempt.upload > known.upload else Outcome.OLDER
    return Outcome.UNCERTAIN


def _replace_folder(folder: Path, content: dict[str, bytes], time: datetime | None) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # In the student's folder: on the same disk, and not listed as a student.
    temporary = Path(mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    try:
        new = temporary / "new"
        for name, data in content.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if time is not None:
            (new / TIMESTAMP).write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
        if folder.exists():
            folder.rename(temporary / "old")
        try:
            new.rename(folder)
        except OSError:
            (temporary / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): read_bytes(path)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path != folder / TIMESTAMP
    }


def _digest(content: dict[str, bytes]) -> str:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def _read_record(path: Path) -> _Record | None:
    try:
        return from_plain(_Record, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, MalformedRecordError):
        return None


def _copy(source: Path, folder: Path, parts: Parts) -> Path:
    for part in parts[:-1]:
        # An archive may hold both a file "a" and a file "a/b".
        folder = next(path for path in _numbered(folder / part) if not path.exists() or path.is_dir())
    folder.mkdir(parents=True, exist_ok=True)
    for target in _numbered(folder / parts[-1]):
        if not target.exists():
            shutil.copy2(source, target)
            return target
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return target
    raise AssertionError


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
