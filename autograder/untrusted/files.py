"""Untrusted files and folders: listed up to a number and a depth, read in bounded memory, parsed as JSON."""

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

MOST_FILES = 5_000
"""Files and folders of a submission that are looked at."""
LARGEST_FILE = 128 * 1024**2
"""Bytes of the largest notebook file that is read."""
MOST_CONTAINERS = 2_000_000
"""Lists and objects of the JSON that is read: two bytes in the file are a hundred in memory."""

_DEEPEST = 24
_LONGEST_PATH = 1_024
_MERGE_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_BLANK = " \t\r\n\0\ufeff"
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
)
_SAVE_AGAIN = "Save the notebook again where it was written, download it as .ipynb, and hand in that file"
_CLEAR = "Clear all outputs, save, and hand it in again"
# Parsing holds the interpreter's lock anyway: one file at a time costs nothing and bounds the memory.
_PARSING = Lock()


class Quarantine(Exception):  # noqa: N818 - it names what happens to the submission
    """A submitted file cannot be read, so nothing in it can be graded.

    Args:
        file: the file's name, as its owner knows it.
        reason: what is wrong with it, one clause.
        cure: what can be done about it, one clause.
    """

    def __init__(self, file: str, reason: str, cure: str = "") -> None:
        super().__init__(file, reason, cure)
        self.file = file
        self.reason = reason
        self.cure = cure

    def __str__(self) -> str:
        problem = f"{readable(self.file)}: {self.reason}."
        return f"{problem} {self.cure}." if self.cure else problem


@dataclass(frozen=True)
class Document:
    """A file's JSON.

    Attributes:
        content: the JSON object.
        repairs: what had to be repaired to read it, one sentence each.
    """

    content: dict[str, Any]
    repairs: tuple[str, ...] = ()


def readable(name: str) -> str:
    """A file's name as it can be stored and shown: a name may hold control characters, or be no text at all."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def read_bytes(path: Path, largest: int | None = None) -> bytes:
    """Read a regular file of bounded size without following a link in its last part.

    Args:
        path: the file.
        largest: the most bytes that are read; `LARGEST_FILE` where it is None.

    Raises:
        Quarantine: it is missing, is no regular file, or is too large.
    """
    largest = LARGEST_FILE if largest is None else largest
    if path.is_symlink():
        raise Quarantine(path.name, "it is a link, and links are not followed", "Hand in the file itself")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Quarantine(path.name, f"the file cannot be opened ({error.strerror})", _SAVE_AGAIN) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Quarantine(path.name, "it is not a regular file", "Hand in the notebook file itself")
    with os.fdopen(descriptor, "rb") as file:
        # The size is checked first: a sparse file may be huge and cost its owner nothing.
        size = os.fstat(descriptor).st_size
        content = file.read(largest + 1) if size <= largest else b""
    if size > largest or len(content) > largest:
        raise Quarantine(path.name, _too_large(largest), _CLEAR)
    return content


def load(content: bytes, file: str) -> Document:
    """Read a file's bytes as one JSON object.

    Also accepted: JSON in UTF-16, UTF-32 or Windows-1252, raw control characters in strings, and JSON that is followed
    by something else.

    Args:
        content: the file's bytes.
        file: the file's name, for the reason.

    Raises:
        Quarantine: it is no JSON object, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise Quarantine(file, _too_large(LARGEST_FILE), _CLEAR)
    if content.count(b"{") + content.count(b"[") > MOST_CONTAINERS:
        raise Quarantine(file, f"it holds more than {MOST_CONTAINERS:,} lists and objects", _CLEAR)
    if not content.strip(b" \t\r\n"):
        raise Quarantine(file, "the file is empty", _SAVE_AGAIN)
    if not content.strip(b" \t\r\n\0"):
        raise Quarantine(file, "the file holds nothing but zero bytes", _SAVE_AGAIN)
    with _PARSING:
        return _parsed(content, file)


def list_files(folder: Path, ignored: Sequence[str] = ()) -> Iterator[Path]:
    """Yield the files below a folder, links and devices included; links to folders are not followed.

    Left out are folders deeper than `_DEEPEST` levels and paths too long to be copied into another folder.

    Args:
        folder: the folder; it may be missing.
        ignored: patterns of the names of files and folders that are left out.

    Yields:
        Paths, those of one folder sorted by name, before those of the folders within it.
    """
    remaining = MOST_FILES
    waiting = [(folder, 0)]
    while waiting and remaining > 0:
        current, depth = waiting.pop()
        entries = _entries(current, remaining)
        remaining -= len(entries)
        kept = [
            entry
            for entry in entries
            if not any(fnmatchcase(entry.name, pattern) for pattern in ignored)
            and len(os.fsencode(entry.path)) - len(os.fsencode(folder)) <= _LONGEST_PATH
        ]
        yield from (Path(entry.path) for entry in kept if not entry.is_dir(follow_symlinks=False))
        if depth < _DEEPEST:
            within = (Path(entry.path) for entry in reversed(kept) if entry.is_dir(follow_symlinks=False))
            waiting += [(path, depth + 1) for path in within]


def holds_too_many_files(folder: Path) -> bool:
    """Whether a folder holds more than `list_files` looks at."""
    return next(islice(_all_entries(folder), MOST_FILES, None), None) is not None


def json_type(value: object) -> str:
    """The JSON name of a value's type."""
    names = {list: "list", dict: "object", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _all_entries(folder: Path) -> Iterator[str]:
    waiting = [folder]
    while waiting:
        entries = _entries(waiting.pop(), MOST_FILES + 1)
        yield from (entry.path for entry in entries)
        waiting += [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def _entries(folder: Path, most: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(islice(found, most), key=lambda entry: entry.name)
    except OSError:
        return []


def _too_large(largest: int) -> str:
    return f"the file is larger than {largest / 1024**2:.3g} MiB"


def _parsed(content: bytes, file: str) -> Document:
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _parsed_as_windows_1252(content, file)
    found, repairs = _object(text, file)
    if not encoding.startswith("utf-8"):
        repairs = (f"The file was written in {encoding.upper()}, not in UTF-8; it was read all the same.", *repairs)
    return Document(found, repairs)


def _parsed_as_windows_1252(content: bytes, file: str) -> Document:
    what = next((f" but {name}" for start, name in _OTHER_FILES if content.startswith(start)), "")
    problem = Quarantine(file, f"it is not text in UTF-8{what}, so it is not a notebook", _SAVE_AGAIN)
    try:
        found, repairs = _object(content.decode("cp1252"), file)
    except (UnicodeDecodeError, Quarantine):
        raise problem from None
    return Document(
        found, ("The file was written in Windows-1252, not in UTF-8; letters with accents may be wrong.", *repairs)
    )


def _object(text: str, file: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    start = len(text) - len(text.lstrip(_BLANK))
    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except RecursionError:
        raise Quarantine(file, "its JSON is nested too deeply to be a notebook", _SAVE_AGAIN) from None
    except json.JSONDecodeError as error:
        raise _malformed(text, error, file) from None
    except ValueError:
        raise Quarantine(file, "it is not valid JSON (a number in it is too long)", _SAVE_AGAIN) from None
    rest = len(text[end:].strip(_BLANK))
    if not isinstance(found, dict):
        if rest:
            raise _malformed(text, json.JSONDecodeError("Extra data", text, end), file)
        raise Quarantine(file, f"it holds a JSON {json_type(found)}, not a notebook", _SAVE_AGAIN)
    if rest:
        return found, (f"Behind the notebook's end stood {rest:,} more characters; they were left out.",)
    return found, ()


def _malformed(text: str, error: json.JSONDecodeError, file: str) -> Quarantine:
    conflict = _MERGE_CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        return Quarantine(
            file,
            f"it is not valid JSON: in line {line} stands the mark of a git merge that was not brought to an end",
            "Resolve the conflict (`git checkout --ours` or `--theirs` keeps one side), and hand it in again",
        )
    if text.lstrip(_BLANK)[:200].lower().startswith(("<!doctype html", "<html", "<head", "<body")):
        return Quarantine(file, "it is not valid JSON but a web page", _SAVE_AGAIN)
    what = error.msg.removesuffix(" starting at")
    broken_off = error.pos >= len(text.rstrip(_BLANK)) or error.msg.startswith("Unterminated string")
    ending = "; it seems to have broken off" if broken_off else ""
    return Quarantine(file, f"it is not valid JSON (line {error.lineno}: {what}){ending}", _SAVE_AGAIN)
