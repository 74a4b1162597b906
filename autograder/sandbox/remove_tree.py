"""Removes a folder in which a submission could write, whatever it has done there."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def remove_tree(folder: str) -> None:
    """Remove a folder with all that is in it; what can't be removed stays, and is no error.

    Folders may be nested deeper than recursion and the length of paths allow: so the content of each is moved into the
    first one. They may also lack their owner's permissions.

    Args:
        folder: the folder, to which no process writes any more.
    """
    with suppress(OSError):
        top = Path(folder)
        top.chmod(stat.S_IRWXU)
        moved = 0
        waiting = list(top.iterdir())
        while waiting:
            path = waiting.pop()
            with suppress(OSError):
                if not stat.S_ISDIR(path.lstat().st_mode):
                    path.unlink()
                    continue
                path.chmod(stat.S_IRWXU)
                for name in os.listdir(path):  # noqa: PTH208 - names alone: a path may be too long
                    moved += 1
                    waiting.append(_moved(path, name, top / f".{os.getpid()}-{moved}"))
                path.rmdir()
        top.rmdir()


def _moved(folder: Path, name: str, target: Path) -> Path:
    """Move a file or a folder out of a folder; returns its new path."""
    inside = folder / name
    if stat.S_ISDIR(inside.lstat().st_mode):
        # Moving a folder writes to it: its entry for its parent changes.
        inside.chmod(stat.S_IRWXU)
    return inside.rename(target)
