"""Small JSON files under keys: a missing or damaged file counts as never written."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

UNFINISHED = ".unfinished-"
"""The prefix of the names of files that are still being written."""


class JsonStore:
    """Keeps plain data in a folder of the course's. Several threads may use it at once.

    Args:
        folder: where the files lie; it is made when the first one is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Any:  # noqa: ANN401 - JSON
        """What was kept under a key; None if there is nothing, or the file is damaged."""
        try:
            return json.loads(self._path(key).read_bytes())
        except (OSError, ValueError):
            return None

    def keep(self, key: str, content: object) -> None:
        """Keep something. A folder that can't be written is no error: what is kept here only saves time."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", prefix=UNFINISHED, dir=path.parent, delete=False, encoding="utf-8") as file:
                unfinished = Path(file.name)
                try:
                    # Not `json.dump`, which is written in Python and slow.
                    file.write(json.dumps(content))
                    file.close()
                    unfinished.replace(path)
                finally:
                    unfinished.unlink(missing_ok=True)

    def take_over(self, other: "JsonStore") -> None:
        """Move what another store on the same file system has kept into this one, as far as both folders allow it."""
        for path in other._folder.glob("*/*.json"):
            with suppress(OSError):
                target = self._path(path.stem)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def clear_unfinished(state: Path) -> None:
    """Remove the unfinished files of processes that were killed. The caller holds the course's lock.

    Args:
        state: the folder in which the autograder keeps what belongs to a course, all stores among it.
    """
    for path in (*state.glob(f"{UNFINISHED}*"), *state.glob(f"*/*/{UNFINISHED}*")):
        with suppress(OSError):
            path.unlink()
