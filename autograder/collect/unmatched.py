"""What belongs to nobody is kept in the course's folder, where an instructor can look at it and collect it again."""

import filecmp
import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder.collect.findings import Found
from autograder.errors import ExpectedError

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
            kept.append(_keep(found.content, target).relative_to(root))
        except OSError as error:
            raise ExpectedError(
                f"{target} cannot be written: {error.strerror}.", "See that the disk has room and the folder is yours."
            ) from error
    return kept


def _keep(source: Path, target: Path) -> Path:
    number = 1
    wanted = target
    while target.exists():
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return target
        number += 1
        target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return target
