"""Read what an instructor has downloaded, a folder or an archive, as one list of files."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.collect.archive import (
    ASK_FOR_NOTEBOOK,
    CLASS,
    OTHER_ARCHIVES,
    ArchiveError,
    TemporaryFolder,
    is_archive,
    unpack,
    unpack_students,
)
from autograder.collect.records import Found, Refused
from autograder.errors import ExpectedError, is_not_about_one_file
from autograder.untrusted.files import LARGEST_FILE, readable
from autograder.untrusted.paths import Parts, UnsafePathError, check_part, is_system_file

_MOST_FILES = CLASS.entries
_ONE_DOWNLOAD = timedelta(hours=1)
_ZONES = timedelta(hours=27)
_NAME_SOURCE = "Name the folder or the ZIP file that you have downloaded."
_LINK = ("it is a link, and links are not followed", "Put the file itself there.")


def read_source(path: Path, folder: TemporaryFolder) -> Iterator[Found | Refused]:
    """Read all files of a download. Archives in it, which students made, are unpacked one level deep.

    Args:
        path: a folder, a ZIP archive, or a single file.
        folder: where the files of archives go.

    Yields:
        Its files, and those that were refused.

    Raises:
        ExpectedError: nothing is at `path` or in it, or the archive as a whole cannot be read.
    """
    if not (path.is_dir() or path.is_file()):
        wrong = "is neither a folder nor a file" if path.exists() else "does not exist"
        raise ExpectedError(f"{path} {wrong}.", _NAME_SOURCE)
    empty = True
    try:
        if path.is_dir():
            files = _files(path)
        elif is_archive(path) or path.suffix.lower() == ".zip":
            files = unpack(path, folder, CLASS)
        else:
            files = iter([Found((unicodedata.normalize("NFC", path.name),), path, _time_written(path), 1)])
        for it in files:
            empty = False
            yield from (_unpacked(it, folder) if isinstance(it, Found) else [it])
    except ArchiveError as error:
        raise ExpectedError(f"{path}: {error}.", "Download it again, or unpack it and name the folder.") from error
    except OSError as error:
        raise ExpectedError(f"{path} cannot be read: {error.strerror}.", "See that you may read it.") from error
    if empty:
        raise ExpectedError(f"{path} holds no files.", _NAME_SOURCE)


def without_download_times(files: Sequence[Found], path: Path) -> list[Found]:
    """Remove the files' times if they are those of the download, or of a copy, and not of handing in.

    Moodle since 3.11 and Canvas write the time of the download into the archive, and a program that unpacks it may
    write its own: then all files are of the same hour, and no older than the archive, or than now for a folder.
    """
    times = [found.time for found in files if found.time is not None]
    if not times:
        return list(files)
    made = datetime.now(UTC).replace(tzinfo=None) if path.is_dir() else _time_written(path)
    # The platform's clock may be in another time zone.
    of_the_download = max(times) - min(times) <= _ONE_DOWNLOAD and abs(made - max(times)) <= _ZONES
    return [replace(found, time=None) for found in files] if of_the_download else list(files)


def _unpacked(found: Found, folder: TemporaryFolder) -> Iterator[Found | Refused]:
    """The files of a student's archive; any other file as it is. Archives inside the archive are refused."""
    try:
        yield from _unpacked_here(found, folder)
    except OSError as error:
        if is_not_about_one_file(error):
            raise
        yield Refused(readable(found.name), f"it cannot be read ({error.strerror})", ASK_FOR_NOTEBOOK)


def _unpacked_here(found: Found, folder: TemporaryFolder) -> Iterator[Found | Refused]:
    name = readable(found.name)
    lower = found.name.lower()
    if lower.endswith(OTHER_ARCHIVES):
        yield Refused(name, "it is an archive of a kind that is not understood", ASK_FOR_NOTEBOOK)
        return
    if not is_archive(found.content):
        if lower.endswith(".zip"):
            yield Refused(name, "it is damaged or no ZIP archive", ASK_FOR_NOTEBOOK)
        else:
            yield found
        return
    if not lower.endswith((".zip", ".ipynb")):
        # Office documents and wheels are ZIP archives, but here they are data files.
        yield found
        return
    try:
        for inner in unpack_students(found, folder):
            if isinstance(inner, Refused):
                yield inner
            elif inner.name.lower().endswith((".zip", *OTHER_ARCHIVES)):
                yield Refused(readable(inner.name), "it is an archive inside an archive", ASK_FOR_NOTEBOOK)
            else:
                # The student can set the times in the archive: the files were handed in when the archive was.
                yield replace(inner, time=found.time)
    except ArchiveError as error:
        yield Refused(name, str(error), ASK_FOR_NOTEBOOK)


def _files(folder: Path) -> Iterator[Found | Refused]:
    seen = 0
    for directory, folders, names in os.walk(folder):
        parent = Path(directory)
        folders.sort()
        for name in [it for it in folders if (parent / it).is_symlink()]:
            yield Refused(readable(str((parent / name).relative_to(folder))), *_LINK)
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                raise ExpectedError(
                    f"{folder} holds more than {_MOST_FILES:,} files.", "Name the folder with the submissions only."
                )
            parts: Parts = tuple(
                unicodedata.normalize("NFC", readable(part)) for part in (parent / name).relative_to(folder).parts
            )
            if not is_system_file(parts):
                yield _file(parent / name, parts)


def _file(path: Path, parts: Parts) -> Found | Refused:
    name = readable("/".join(parts))
    if path.is_symlink():
        return Refused(name, *_LINK)
    if not path.is_file():
        return Refused(name, "it is not a regular file", "Put the file itself there.")
    if path.stat().st_size > LARGEST_FILE:
        return Refused(
            name, f"it is larger than {LARGEST_FILE // 1024**2} MiB", "Clear all outputs, save, and hand it in again."
        )
    try:
        for part in parts:
            check_part(part)
    except UnsafePathError as error:
        return Refused(name, str(error), "Give it another name.")
    return Found(parts, path, _time_written(path), len(parts))


def _time_written(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC).replace(tzinfo=None)
