"""Paths that somebody else wrote into an archive: taken apart, and never believed."""

import re
import unicodedata

from autograder.collect.findings import Parts

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:", re.IGNORECASE)
# Text in these is shown in another order than it has; joiners, which are invisible, too, belong to Persian names.
_REVERSING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_PART = 200
_LONGEST_PATH = 1_000
_DEEPEST = 24
_JUNK = frozenset({"__macosx", "thumbs.db", "desktop.ini", "__pycache__", "$recycle.bin"})


class UnsafePath(Exception):  # noqa: N818 - it says what the path is
    """A path that may not be written; the text says why, one clause."""


def parts_of(name: str) -> Parts:
    """Take a path in an archive apart; backslashes separate folders, too, as some programs on Windows write them.

    Raises:
        UnsafePath: it climbs out of its folder, or names what no folder of a course may hold.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    if name.startswith("/"):
        raise UnsafePath("its path is absolute")
    if _DRIVE.match(name):
        raise UnsafePath("its path names a drive")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts:
        raise UnsafePath("it has no name")
    if ".." in parts:
        raise UnsafePath("its path climbs out of its folder")
    if len(parts) > _DEEPEST or len(name.encode("utf-8", "surrogateescape")) > _LONGEST_PATH:
        raise UnsafePath("its path is too long")
    for part in parts:
        check_part(part)
    return parts


def check_part(part: str) -> None:
    """Make sure that a text may be the name of one file or folder.

    Raises:
        UnsafePath: it may not.
    """
    if part in ("", ".", "..") or "/" in part or "\\" in part:
        raise UnsafePath("its name is no name of a file")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in _REVERSING for letter in part):
        raise UnsafePath("its name holds control characters")
    if _DEVICES.fullmatch(part.rstrip(" .")):
        raise UnsafePath("its name is a device's on Windows")
    if len(part.encode()) > _LONGEST_PART:
        raise UnsafePath("its name is too long")


def is_junk(parts: Parts) -> bool:
    """Whether a file is an editor's or a system's own, such as a checkpoint."""
    return any(part.startswith((".", "~$")) or part.lower() in _JUNK for part in parts)
