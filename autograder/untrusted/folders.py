"""The files of a folder that somebody else packed: a bounded number of them, at a bounded depth."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

MOST_FILES = 5_000
"""Files and folders of a submission that are looked at."""
_DEEPEST = 24
_LONGEST_PATH = 1_024


def files_of(folder: Path, ignored: Sequence[str] = ()) -> Iterator[Path]:
    """Yield the files below a folder, links and devices among them; links to folders are not followed.

    A tree that is deeper than any person's, and names that could not be written into another folder, are left out.

    Args:
        folder: the folder; it may be missing.
        ignored: patterns of the names of files and folders that are left out.

    Yields:
        Paths, those of one folder sorted by name, before those of the folders within it.
    """
    room = MOST_FILES
    waiting = [(folder, 0)]
    while waiting and room > 0:
        here, depth = waiting.pop()
        entries = _entries(here, room)
        room -= len(entries)
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


def is_crowded(folder: Path) -> bool:
    """Whether a folder holds more than `files_of` looks at."""
    return next(islice(_all(folder), MOST_FILES, None), None) is not None


def _all(folder: Path) -> Iterator[str]:
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
