"""Unpack ZIP archives from students and platforms: sizes are counted while reading, and headers are not trusted."""

import os
import shutil
import stat
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from struct import Struct
from typing import IO, Final

from autograder.collect.records import Found, Refused
from autograder.errors import is_not_about_one_file
from autograder.untrusted import helper
from autograder.untrusted.files import LARGEST_FILE, readable
from autograder.untrusted.paths import Parts, UnsafePathError, is_system_file, split_path

OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
"""Endings of archives that cannot be unpacked here."""
ASK_FOR_NOTEBOOK = "Ask for the notebook itself, or unpack it and collect the folder."
"""The cure for an archive that cannot be unpacked."""

_CHUNK = 1024**2
_ENTRY_SIGNATURE = b"PK\x01\x02"
_MOST_SHOWN = 120
# A smaller file is not called a bomb, however well it is compressed: a notebook of zeros does no harm.
_LEAST_BOMB = 4 * 1024**2
_EXTENDED_TIMESTAMP = 0x5455
_HEADER, _TIME = Struct("<HH"), Struct("<i")
# Of an entry's own header: the lengths of its name and its extra fields.
_LOCAL_HEADER = Struct("<26xHH")
# Two bytes of version, two of size, one of properties; then the size of the dictionary.
_LZMA_START = Struct("<5xI")
_LARGEST_DICTIONARY = 128 * 1024**2
# How often the bound on all files may be unpacked for nothing, since a file is too large.
_MOST_IN_VAIN = 4
# Bytes that students' archives leave free: a full disk would stop everyone.
_SPARE_DISK = 512 * 1024**2
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_UTF8 = 0x800
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Bounds:
    """How much an archive may hold.

    Attributes:
        entries: the number of files and folders.
        largest: bytes of one file.
        total: bytes of all files.
        ratio: how many times larger than its compressed size a file may be.
    """

    entries: int
    largest: int
    total: int
    ratio: int


CLASS = Bounds(entries=100_000, largest=LARGEST_FILE, total=16 * 1024**3, ratio=400)
"""A download with the submissions of a whole class."""
STUDENT = Bounds(entries=2_000, largest=LARGEST_FILE, total=256 * 1024**2, ratio=400)
"""An archive that one student made."""


BOUNDS: Final = helper.Bounds(seconds=60, mebibytes=512)
"""What unpacking an archive that one student made may take."""


class ArchiveError(Exception):
    """An archive cannot be read, or a file in it is too large; the text says why, in one clause."""


@dataclass
class TemporaryFolder:
    """A folder for the files of archives, under names that do not depend on the archives.

    Attributes:
        folder: the folder; it exists.
        count: how many names were given.
    """

    folder: Path
    count: int = 0

    def new_path(self) -> Path:
        """The path of a file that does not exist yet."""
        self.count += 1
        return self.folder / f"{self.count:07}"


def unpack(
    path: Path, folder: TemporaryFolder, bounds: Bounds, *, prefix: Parts = (), owned: int | None = None
) -> Iterator[Found | Refused]:
    """Unpack an archive.

    Args:
        path: the archive.
        folder: where the files go.
        bounds: how much the archive may hold.
        prefix: the parts put before each path.
        owned: see `Found.owned`; None for all parts of each path.

    Yields:
        Its files, and those that were refused.

    Raises:
        ArchiveError: it is no archive, is damaged, or holds too much.
    """
    left, in_vain = bounds.total, 0
    seen: set[Parts] = set()
    with _opened(path, bounds) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):
                continue
            name = _name(entry)
            shown = "/".join((*prefix, readable(name)[:_MOST_SHOWN]))
            try:
                parts = split_path(name)
            except UnsafePathError as error:
                yield Refused(shown, str(error), ASK_FOR_NOTEBOOK)
                continue
            if is_system_file(parts):
                continue
            refusal = _refusal(entry)
            if not refusal and parts in seen:
                refusal = "the archive holds a second file of this name; the first one was taken"
            if refusal:
                yield Refused(shown, refusal, ASK_FOR_NOTEBOOK)
                continue
            seen.add(parts)
            if left <= 0 or in_vain > _MOST_IN_VAIN * bounds.total:
                raise ArchiveError(f"it holds more than {bounds.total // 1024**2:,} MiB")
            target, refusal = folder.new_path(), ""
            try:
                _copy(archive, entry, target, bounds, min(bounds.largest, left))
            except ArchiveError as error:
                refusal = str(error)
            except Exception as error:
                if is_not_about_one_file(error):
                    raise
                refusal = f"it is damaged in the archive ({_first_line(error)})"
            size = target.stat().st_size if target.exists() else 0
            if refusal:
                # It has cost as much: the same data may belong to thousands of entries.
                in_vain += size
                target.unlink(missing_ok=True)
                yield Refused(shown, refusal, ASK_FOR_NOTEBOOK)
            else:
                left -= size
                whole = (*prefix, *parts)
                yield Found(whole, target, _time(entry), len(whole) if owned is None else owned)


def unpack_students(found: Found, folder: TemporaryFolder) -> Iterator[Found | Refused]:
    """Unpack an archive that a student made, in a helper's process.

    Yields:
        As `unpack`; the files have no time.

    Raises:
        ArchiveError: as `unpack`, or it takes more than `BOUNDS`.
    """
    if shutil.disk_usage(folder.folder).free < STUDENT.total + _SPARE_DISK:
        raise ArchiveError("the disk of the course has no room to unpack it")
    inner = folder.new_path()
    inner.mkdir()
    try:
        bounds = replace(BOUNDS, folder=os.fsencode(inner))
        unpacked = helper.within(bounds, unpack_here, os.fsencode(found.content), os.fsencode(inner), found.parts)
    except helper.HelperError as error:
        shutil.rmtree(inner, ignore_errors=True)
        raise ArchiveError(f"it can't be unpacked: {error}") from None
    for parts, number in unpacked.files:
        yield Found(parts, inner / number, None, len(found.parts))
    yield from unpacked.refused
    if unpacked.problem:
        raise ArchiveError(unpacked.problem)


@dataclass(frozen=True)
class Unpacked:
    """What was unpacked of a student's archive.

    Attributes:
        files: (path in the source, name in the folder) pairs.
        refused: the files that were not.
        problem: why there may be more; empty if there are not.
    """

    files: tuple[tuple[Parts, str], ...]
    refused: tuple[Refused, ...]
    problem: str = ""


def unpack_here(path: bytes, folder: bytes, prefix: Parts) -> Unpacked:
    """Unpack a student's archive in this process, which is a helper's.

    Args:
        path: the archive.
        folder: an empty folder for its files.
        prefix: the parts put before each path.
    """
    files: list[tuple[Parts, str]] = []
    refused: list[Refused] = []
    problem = ""
    try:
        for it in unpack(Path(os.fsdecode(path)), TemporaryFolder(Path(os.fsdecode(folder))), STUDENT, prefix=prefix):
            if isinstance(it, Refused):
                refused.append(it)
            else:
                files.append((it.parts, it.content.name))
    except ArchiveError as error:
        problem = str(error)
    return Unpacked(tuple(files), tuple(refused), problem)


def is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP archive does, whatever its name."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@contextmanager
def _opened(path: Path, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    # Before it says how many entries there are, zipfile allocates half a kilobyte for each.
    if _signatures(path) > 20 * bounds.entries:
        raise ArchiveError(f"it holds more than {bounds.entries:,} files")
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:
        # zipfile decodes names and reads numbers wherever the archive says that they are, and fails in any way.
        if is_not_about_one_file(error):
            raise
        raise ArchiveError(f"it is damaged or no ZIP archive ({_first_line(error)})") from error
    with archive:
        if len(archive.filelist) > bounds.entries:
            raise ArchiveError(f"it holds more than {bounds.entries:,} files")
        yield archive


def _signatures(path: Path) -> int:
    """Count the signatures of entries: an upper bound of the number of entries."""
    found, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += (rest + chunk).count(_ENTRY_SIGNATURE)
            rest = chunk[-(len(_ENTRY_SIGNATURE) - 1) :]
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's path. macOS writes UTF-8 without the flag, and zipfile then decodes it as code page 437."""
    if entry.flag_bits & _UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


def _refusal(entry: zipfile.ZipInfo) -> str:
    if entry.compress_type not in _METHODS:
        return f"it is compressed in a way that is not understood ({entry.compress_type})"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link, and links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    return ""


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, bounds: Bounds, most: int) -> int:
    # zipfile reads no more than compress_size bytes, so an entry cannot exceed the ratio by overstating it.
    compressed = max(entry.compress_size, 1)
    if entry.compress_type == zipfile.ZIP_LZMA:
        _check_dictionary(archive, entry)
    written = 0
    with _opened_entry(archive, entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > most:
                raise ArchiveError(f"it is larger than {most / 1024**2:.3g} MiB")
            if written > _LEAST_BOMB and written > bounds.ratio * compressed:
                raise ArchiveError(f"it grows more than {bounds.ratio} times when it is unpacked")
            file.write(chunk)
    return written


def _check_dictionary(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Check how much memory an entry that LZMA has packed asks for: it is allocated before anything is unpacked."""
    stored = archive.fp
    assert stored is not None
    stored.seek(entry.header_offset)
    header = stored.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise ArchiveError("it is damaged in the archive")
    name, extra = _LOCAL_HEADER.unpack(header)
    stored.seek(name + extra, os.SEEK_CUR)
    start = stored.read(_LZMA_START.size)
    if len(start) < _LZMA_START.size:
        raise ArchiveError("it is damaged in the archive")
    (dictionary,) = _LZMA_START.unpack(start)
    if dictionary > _LARGEST_DICTIONARY:
        raise ArchiveError(f"to unpack it takes more than {_LARGEST_DICTIONARY // 1024**2} MiB of memory")


def _time(entry: zipfile.ZipInfo) -> datetime | None:
    """When a file was written: in UTC if the archive says so, otherwise by the clock of the machine that packed it."""
    extra = entry.extra
    while len(extra) >= _HEADER.size:
        kind, size = _HEADER.unpack_from(extra)
        body, extra = extra[_HEADER.size : _HEADER.size + size], extra[_HEADER.size + size :]
        if kind == _EXTENDED_TIMESTAMP and len(body) >= 1 + _TIME.size and body[0] & 1:
            return datetime.fromtimestamp(_TIME.unpack_from(body, 1)[0], UTC).replace(tzinfo=None)
    try:
        local = datetime(*entry.date_time).astimezone()
    except (ValueError, OverflowError):
        return None
    # ZIP counts time from 1980, and programs write 1980 if they know no time.
    return None if local.year <= 1980 else local.astimezone(UTC).replace(tzinfo=None)


def _first_line(error: Exception) -> str:
    return readable((str(error) or type(error).__name__).splitlines()[0])[:_MOST_SHOWN]


def _opened_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    with warnings.catch_warnings():
        # From 3.13 on zipfile warns of overlapping entries. Each is bounded like any other, so they do no harm.
        warnings.filterwarnings("ignore", "Overlapped entries", UserWarning)
        return archive.open(entry)
