"""Notebooks and folders on disk: written byte-stable, compared byte by byte, replaced as a whole."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook that this program has built."""
    return nbformat.read(path, as_version=4)


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with sorted keys, one-space indents and a newline at the end: the same bytes every time.

    Raises:
        nbformat.ValidationError: it is not a valid notebook of format 4.
    """
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook, version=4)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Read a folder's files: path relative to it → bytes. A folder that is not there is empty."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not _generated(path.relative_to(folder)))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def differences(expected: Path, present: Path) -> tuple[str, ...]:
    """Name the files of which two folders hold different versions, or only one of the two a version."""
    left, right = contents(expected), contents(present)
    return tuple(name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name))


def replace_folders(pairs: Iterable[tuple[Path, Path]], aside: Path) -> None:
    """Move new folders into place; if one of them cannot be moved, put all back as it was.

    Args:
        pairs: (new folder, its place), all on one file system.
        aside: an empty folder on the same file system, where the old ones wait.

    Raises:
        OSError: a folder could not be moved; everything is as it was before.
    """
    undo: list[tuple[Path, Path]] = []
    try:
        for number, (new, place) in enumerate(pairs):
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                old = aside / str(number)
                place.rename(old)
                undo.append((old, place))
            new.rename(place)
            undo.append((place, new))
    except OSError:
        for source, target in reversed(undo):
            source.rename(target)
        raise
    shutil.rmtree(aside)


def _generated(path: Path) -> bool:
    return any(part in (".ipynb_checkpoints", "__pycache__") for part in path.parts)
