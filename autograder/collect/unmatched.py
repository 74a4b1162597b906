"""What belongs to nobody is kept in the course's folder, where an instructor can look at it and collect it again."""

import filecmp
import shutil
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from autograder.collect.findings import Found, Parts
from autograder.errors import unwritable

FOLDER = "unmatched"


def keep(root: Path, files: Iterable[Found]) -> list[Path]:
    """Copy files into ``unmatched/``, under the paths that they had in the source.

    Nothing is overwritten: a file of the same path and another content gets a number.

    Args:
        root: the course's folder.
        files: the files; their paths are safe.

    Returns:
        The copies, relative to the course's folder.

    Raises:
        ExpectedError: they cannot be written.
    """
    kept: list[Path] = []
    for found in files:
        target = root / FOLDER / Path(*found.parts)
        try:
            kept.append(_keep(found.content, root / FOLDER, found.parts).relative_to(root))
        except OSError as error:
            raise unwritable(target, error) from error
    return kept


def _keep(source: Path, folder: Path, parts: Parts) -> Path:
    for part in parts[:-1]:
        # An archive may hold a file "a" and a file "a/b".
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
