"""The files of a student process's working folder, kept for a test that runs after later cells have changed them."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MOST_BYTES = 64 * 1024**2
_MOST_FILES = 2_000
_State = tuple[int, int, int, int]


@dataclass(frozen=True)
class SavedFiles:
    """What a folder held.

    Attributes:
        folder: the folder.
        states: what tells each file and folder in it from a changed one, by its path.
        contents: the content of each file that was not given with the lab.
    """

    folder: Path
    states: dict[str, _State]
    contents: dict[str, bytes]

    def restore(self) -> bool:
        """Give the folder what it held.

        Returns:
            Whether that was possible: of files that were given with the lab no copy is kept.
        """
        now = dict(_states(self.folder))
        changed = [path for path, state in self.states.items() if now.get(path) != state]
        if any(path not in self.contents and not _is_folder(self.states[path]) for path in changed):
            return False
        for path in now:
            if path not in self.states:
                _remove(self.folder / path)
        # A folder comes before what is in it.
        for path in sorted(changed):
            place = self.folder / path
            _remove(place)
            if _is_folder(self.states[path]):
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(self.contents[path])
        return True


class WorkingFolder:
    """The folder in which a student process works. It is made when the lab's own files are there, and no others."""

    def __init__(self) -> None:
        self._folder = Path.cwd()
        self._given = dict(_states(self._folder))

    def save(self) -> SavedFiles | None:
        """What the folder holds now; None if that is too much to be kept."""
        states: dict[str, _State] = {}
        contents: dict[str, bytes] = {}
        room = _MOST_BYTES
        for path, state in _states(self._folder):
            states[path] = state
            if self._given.get(path) == state or _is_folder(state):
                continue
            room -= state[2]
            if room < 0 or len(contents) >= _MOST_FILES or not stat.S_ISREG(state[3]):
                return None
            contents[path] = (self._folder / path).read_bytes()
        return SavedFiles(self._folder, states, contents)


def _states(folder: Path) -> Iterator[tuple[str, _State]]:
    for place, folders, files in os.walk(folder):
        for path in (Path(place, name) for name in (*folders, *files)):
            with suppress(OSError):
                found = path.lstat()
                # The time and the size of a folder change with what is in it, which has states of its own.
                own = (found.st_mtime_ns, found.st_size) if not stat.S_ISDIR(found.st_mode) else (0, 0)
                yield str(path.relative_to(folder)), (found.st_ino, *own, found.st_mode)


def _is_folder(state: _State) -> bool:
    return stat.S_ISDIR(state[3])


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
