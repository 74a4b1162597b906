"""File paths from archives and downloads: split into parts, and refused where they are not safe to write."""

import re
import unicodedata

Parts = tuple[str, ...]
"""A relative path: the name of each folder, then the name of the file."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:", re.IGNORECASE)
# These characters change the order in which text is shown. Joiners are invisible too, but Persian names need them.
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_PART = 200
_LONGEST_PATH = 1_000
_DEEPEST = 24
_SYSTEM_FILES = frozenset({"__macosx", "thumbs.db", "desktop.ini", "__pycache__", "$recycle.bin"})


class UnsafePathError(Exception):
    """A path that must not be written; the text says why, in one clause."""


def split_path(name: str) -> Parts:
    """Split a path from an archive; a backslash is a separator too, since some programs on Windows write it.

    Raises:
        UnsafePathError: the path leaves its folder, or has a part that no file of a course may be called.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    if name.startswith("/"):
        raise UnsafePathError("its path is absolute")
    if _DRIVE.match(name):
        raise UnsafePathError("its path names a drive")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts:
        raise UnsafePathError("it has no name")
    if ".." in parts:
        raise UnsafePathError("its path climbs out of its folder")
    if len(parts) > _DEEPEST or len(name.encode("utf-8", "surrogateescape")) > _LONGEST_PATH:
        raise UnsafePathError("its path is too long")
    for part in parts:
        check_part(part)
    return parts


def check_part(part: str) -> None:
    """Check that a text can be the name of one file or folder.

    Raises:
        UnsafePathError: it cannot.
    """
    if part in ("", ".", "..") or "/" in part or "\\" in part:
        raise UnsafePathError("its name is no name of a file")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in _BIDIRECTIONAL for letter in part):
        raise UnsafePathError("its name holds control characters")
    if _DEVICES.fullmatch(part.rstrip(" .")):
        raise UnsafePathError("its name is a device's on Windows")
    if len(part.encode()) > _LONGEST_PART:
        raise UnsafePathError("its name is too long")


def is_system_file(parts: Parts) -> bool:
    """Whether an editor or the system made the file for itself, such as a checkpoint."""
    return any(part.startswith((".", "~$")) or part.lower() in _SYSTEM_FILES for part in parts)
