"""Write notebooks with the same bytes every time; compare and replace folders."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

_GENERATED = frozenset({".ipynb_checkpoints", "__pycache__"})


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook that a build has written."""
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
    """Read a folder's files: path relative to it → bytes; nothing if the folder does not exist."""
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes() for name, path in paths.items() if not _GENERATED.intersection(name.parts)
    }


def differences(expected: Path, present: Path) -> tuple[str, ...]:
    """The files that differ between two folders, or that only one of them has."""
    left, right = contents(expected), contents(present)
    return tuple(name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name))


def replace_folders(pairs: Iterable[tuple[Path, Path]], aside: Path) -> None:
    """Replace folders by new ones; if one of them cannot be moved, all are restored.

    Args:
        pairs: (new folder, the folder that it replaces), all on one file system.
        aside: an empty folder on the same file system, for the old ones until all are replaced.

    Raises:
        OSError: a folder could not be moved; all are restored.
    """
    undo: list[tuple[Path, Path]] = []
    try:
        for number, (new, target) in enumerate(pairs):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                old = aside / str(number)
                target.rename(old)
                undo.append((old, target))
            new.rename(target)
            undo.append((target, new))
    except OSError:
        for moved, origin in reversed(undo):
            moved.rename(origin)
        raise
    shutil.rmtree(aside)
