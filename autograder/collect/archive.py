"""ZIP archives that nobody vouches for: all is counted while it is read, and no header is trusted."""

import lzma
import stat
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import IO

from autograder.collect.findings import Found, Parts, Refused
from autograder.collect.paths import UnsafePath, is_junk, parts_of
from autograder.untrusted.files import LARGEST_FILE, readable

OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
"""Endings of archives that are not understood."""

_CHUNK = 1024**2
_ENTRY_MARK = b"PK\x01\x02"
_MOST_SHOWN = 120
# Less than this is never called a bomb, however well it is packed: an empty notebook of zeros is no danger.
_HARMLESS = 4 * 1024**2
_EXTENDED_TIME = 0x5455
_HEADER, _TIME = Struct("<HH"), Struct("<i")
_ASK_FOR_THE_FILE = "Ask for the notebook itself, or unpack it and collect the folder."
_UTF8 = 0x800
_ENCRYPTED = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    StructError,
    EOFError,
    ValueError,
    NotImplementedError,
    OSError,
)


@dataclass(frozen=True)
class Bounds:
    """How much an archive may hold.

    Attributes:
        entries: files and folders.
        largest: bytes of one file.
        total: bytes of all files.
        ratio: how many times larger than packed a file may be.
    """

    entries: int
    largest: int
    total: int
    ratio: int


CLASS = Bounds(entries=100_000, largest=LARGEST_FILE, total=16 * 1024**3, ratio=400)
"""A download with the submissions of a whole class."""
STUDENT = Bounds(entries=2_000, largest=LARGEST_FILE, total=256 * 1024**2, ratio=400)
"""What one student has packed."""


class Unusable(Exception):  # noqa: N818 - it says what the archive is
    """An archive as a whole cannot be read; the text says why, one clause."""


@dataclass
class Spool:
    """A folder for what archives hold, under names of our own.

    Attributes:
        folder: the folder; it exists.
        taken: how many files are in it.
    """

    folder: Path
    taken: int = field(default=0)

    def new(self) -> Path:
        """The path of a file that does not exist yet."""
        self.taken += 1
        return self.folder / f"{self.taken:07}"


def unpack(
    path: Path, spool: Spool, bounds: Bounds, *, before: Parts = (), owned: int | None = None
) -> Iterator[Found | Refused]:
    """Unpack an archive into the spool.

    Args:
        path: the archive.
        spool: where the contents go.
        bounds: how much it may hold.
        before: what is put before each path.
        owned: see `Found.owned`; all parts of a path where it is None.

    Yields:
        Its files, and what was refused.

    Raises:
        Unusable: it is no archive, is damaged, or holds too much.
    """
    room = bounds.total
    seen: set[Parts] = set()
    with _opened(path, bounds) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):
                continue
            name = _name(entry)
            shown = "/".join((*before, readable(name)[:_MOST_SHOWN]))
            try:
                parts = parts_of(name)
            except UnsafePath as error:
                yield Refused(shown, str(error), _ASK_FOR_THE_FILE)
                continue
            if is_junk(parts):
                continue
            refusal = _refusal(entry)
            if refusal:
                yield Refused(shown, refusal, _ASK_FOR_THE_FILE)
                continue
            if parts in seen:
                yield Refused(
                    shown, "the archive holds a second file of this name; the first one was taken", _ASK_FOR_THE_FILE
                )
                continue
            seen.add(parts)
            if room <= 0:
                raise Unusable(f"it holds more than {bounds.total // 1024**2:,} MiB")
            target = spool.new()
            try:
                room -= _copy(archive, entry, target, bounds, room)
            except Unusable as error:
                target.unlink(missing_ok=True)
                yield Refused(shown, str(error), _ASK_FOR_THE_FILE)
            except _BROKEN as error:
                target.unlink(missing_ok=True)
                yield Refused(shown, f"it is damaged in the archive ({_first_line(error)})", _ASK_FOR_THE_FILE)
            else:
                whole = (*before, *parts)
                yield Found(whole, target, _time(entry), len(whole) if owned is None else owned)


def is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP archive does, whatever its name says."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@contextmanager
def _opened(path: Path, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    # zipfile keeps half a kilobyte for each entry before anybody can ask how many there are.
    if _marks(path) > 20 * bounds.entries:
        raise Unusable(f"it holds more than {bounds.entries:,} files")
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise Unusable(f"it is damaged or no ZIP archive ({_first_line(error)})") from error
    with archive:
        if len(archive.filelist) > bounds.entries:
            raise Unusable(f"it holds more than {bounds.entries:,} files")
        yield archive


def _marks(path: Path) -> int:
    """How many entries an archive can have at most."""
    found, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += (rest + chunk).count(_ENTRY_MARK)
            rest = chunk[-(len(_ENTRY_MARK) - 1) :]
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's path; macOS writes UTF-8 without saying so, and Python takes it for DOS's letters."""
    if entry.flag_bits & _UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename


def _refusal(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link, and links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    return ""


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, bounds: Bounds, room: int) -> int:
    most = min(bounds.largest, room)
    # What is packed is really there, so its size is no mere claim: reading stops where it ends.
    packed = max(entry.compress_size, 1)
    written = 0
    with _opened_entry(archive, entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > most:
                raise Unusable(f"it is larger than {most / 1024**2:.3g} MiB")
            if written > _HARMLESS and written > bounds.ratio * packed:
                raise Unusable(f"it grows more than {bounds.ratio} times when it is unpacked")
            file.write(chunk)
    return written


def _time(entry: zipfile.ZipInfo) -> datetime | None:
    """When a file was written: to the second in UTC where the archive says so, else by the packing machine's clock."""
    extra = entry.extra
    while len(extra) >= _HEADER.size:
        kind, size = _HEADER.unpack_from(extra)
        body, extra = extra[_HEADER.size : _HEADER.size + size], extra[_HEADER.size + size :]
        if kind == _EXTENDED_TIME and len(body) >= 1 + _TIME.size and body[0] & 1:
            return datetime.fromtimestamp(_TIME.unpack_from(body, 1)[0], UTC).replace(tzinfo=None)
    try:
        local = datetime(*entry.date_time).astimezone()
    except (ValueError, OverflowError):
        return None
    # A ZIP's calendar begins in 1980: who has no time writes its first day.
    return None if local.year <= 1980 else local.astimezone(UTC).replace(tzinfo=None)


def _first_line(error: Exception) -> str:
    return readable((str(error) or type(error).__name__).splitlines()[0])[:_MOST_SHOWN]


def _opened_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    with warnings.catch_warnings():
        # From 3.13 on zipfile warns of entries in one place. They are refused for their names, and bounded like all.
        warnings.filterwarnings("ignore", "Overlapped entries", UserWarning)
        return archive.open(entry)
