"""Small JSON files under keys: what is missing or damaged counts as never kept."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

UNFINISHED = ".unfinished-"
"""What the names of files begin with that are not whole yet."""


class Store:
    """Keeps plain data in a folder of the course's.

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
        """Keep something. A folder that can't be written is no reason to fail: what is kept here only saves time."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", prefix=UNFINISHED, dir=path.parent, delete=False, encoding="utf-8") as file:
                unfinished = Path(file.name)
                try:
                    # `json.dump` takes its time: it is written in Python.
                    file.write(json.dumps(content))
                    file.close()
                    unfinished.replace(path)
                finally:
                    unfinished.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def clear_remains(state: Path) -> None:
    """Remove what a process that was killed had begun to keep; no other may be at work.

    Args:
        state: the folder in which the autograder keeps what belongs to a course, all stores among it.
    """
    for path in (*state.glob(f"{UNFINISHED}*"), *state.glob(f"*/*/{UNFINISHED}*")):
        with suppress(OSError):
            path.unlink()
