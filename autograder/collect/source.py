"""What an instructor has downloaded: a folder or an archive, as one list of files."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.collect.archive import CLASS, OTHER_ARCHIVES, STUDENT, Spool, Unusable, is_archive, unpack
from autograder.collect.findings import Found, Parts, Refused
from autograder.collect.paths import UnsafePath, check_part, is_junk
from autograder.errors import ExpectedError
from autograder.untrusted.files import LARGEST_FILE, readable

_MOST_FILES = CLASS.entries
_ONE_DOWNLOAD = timedelta(hours=1)
_ZONES = timedelta(hours=27)
_NAME_IT = "Name the folder or the ZIP file that you have downloaded."
_LINK = ("it is a link, and links are not followed", "Put the file itself there.")


def read_source(path: Path, spool: Spool) -> Iterator[Found | Refused]:
    """Read all files of a download; one level of the archives in it, which are the students' own, is unpacked.

    Args:
        path: a folder, a ZIP archive, or a single file.
        spool: where the contents of archives go.

    Yields:
        Files, and what was refused.

    Raises:
        ExpectedError: there is nothing at `path` or in it, or the archive as a whole cannot be read.
    """
    if not (path.is_dir() or path.is_file()):
        wrong = "is neither a folder nor a file" if path.exists() else "does not exist"
        raise ExpectedError(f"{path} {wrong}.", _NAME_IT)
    some = False
    try:
        if path.is_dir():
            found = _files(path)
        elif is_archive(path) or path.suffix.lower() == ".zip":
            found = unpack(path, spool, CLASS)
        else:
            found = iter([Found((unicodedata.normalize("NFC", path.name),), path, _written(path), 1)])
        for it in found:
            some = True
            yield from (_unpacked(it, spool) if isinstance(it, Found) else [it])
    except Unusable as error:
        raise ExpectedError(f"{path}: {error}.", "Download it again, or unpack it and name the folder.") from error
    except OSError as error:
        raise ExpectedError(f"{path} cannot be read: {error.strerror}.", "See that you may read it.") from error
    if not some:
        raise ExpectedError(f"{path} holds no files.", _NAME_IT)


def with_real_times(files: Sequence[Found], path: Path) -> list[Found]:
    """Forget times that are those of the download, or of a copy, and not those of handing in.

    Moodle since 3.11 and Canvas write the time of the download into the archive, and so does a program that unpacks
    it: then all files are of the same hour, and no older than the archive, or than the folder that was just made.

    Args:
        files: the files of a source.
        path: the source.
    """
    times = [found.time for found in files if found.time is not None]
    if not times:
        return list(files)
    made = datetime.now(UTC).replace(tzinfo=None) if path.is_dir() else _written(path)
    # The clock of the platform may be that of another time zone.
    of_the_download = max(times) - min(times) <= _ONE_DOWNLOAD and abs(made - max(times)) <= _ZONES
    return [replace(found, time=None) for found in files] if of_the_download else list(files)


def _unpacked(found: Found, spool: Spool) -> Iterator[Found | Refused]:
    """The contents of a student's own archive instead of the archive; what is packed once more is not understood."""
    cure = "Ask for the notebook itself, or unpack it and collect the folder."
    name = readable(found.name)
    if found.name.lower().endswith(OTHER_ARCHIVES):
        yield Refused(name, "it is an archive of a kind that is not understood", cure)
        return
    if not is_archive(found.content):
        if found.name.lower().endswith(".zip"):
            yield Refused(name, "it is damaged or no ZIP archive", cure)
            return
        yield found
        return
    if not found.name.lower().endswith((".zip", ".ipynb")):
        # Office documents and wheels are archives, too, and data files of a submission at most.
        yield found
        return
    try:
        for inner in unpack(found.content, spool, STUDENT, before=found.parts, owned=len(found.parts)):
            if isinstance(inner, Refused):
                yield inner
            elif inner.name.lower().endswith((".zip", *OTHER_ARCHIVES)):
                yield Refused(readable(inner.name), "it is an archive inside an archive", cure)
            else:
                # Whoever packs an archive sets the times in it: it was handed in when the archive was.
                yield replace(inner, time=found.time)
    except Unusable as error:
        yield Refused(name, str(error), cure)


def _files(folder: Path) -> Iterator[Found | Refused]:
    seen = 0
    for here, folders, names in os.walk(folder):
        where = Path(here)
        folders.sort()
        for name in [it for it in folders if (where / it).is_symlink()]:
            yield Refused(readable(str((where / name).relative_to(folder))), *_LINK)
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                raise ExpectedError(
                    f"{folder} holds more than {_MOST_FILES:,} files.", "Name the folder with the submissions only."
                )
            parts: Parts = tuple(
                unicodedata.normalize("NFC", readable(part)) for part in (where / name).relative_to(folder).parts
            )
            if not is_junk(parts):
                yield _file(where / name, parts)


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
    except UnsafePath as error:
        return Refused(name, str(error), "Give it another name.")
    return Found(parts, path, _written(path), len(parts))


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC).replace(tzinfo=None)
