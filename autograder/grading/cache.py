"""Verdicts that were given before: the same submission, tests, limits and programs give the same verdicts again."""

import hashlib
import json
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgpack
import torch

from autograder.cells import LabNotebook
from autograder.grading.judge import Case
from autograder.grading.messages import write_case, write_notebook
from autograder.grading.supervisor import read_outcome
from autograder.verdicts import CellStatus, NotebookResult

_ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = ("numpy", "plotly", "matplotlib", "ipython")


class Cache:
    """Verdicts on notebooks, in a folder of the course's.

    Args:
        folder: where they lie; it is made when the first one is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> NotebookResult | None:
        """The verdicts that were kept under a key; None if there are none, or the file is damaged."""
        try:
            kept = json.loads(self._path(key).read_bytes())
            return NotebookResult(
                kept["name"], tuple(read_outcome(outcome) for outcome in kept["outcomes"]), tuple(kept["flags"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, key: str, result: NotebookResult) -> None:
        """Keep verdicts, unless the grader itself broke. A cache that can't be written is no reason to fail."""
        if any(verdict.status is CellStatus.BROKE for verdict in result.verdicts):
            return
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
                json.dump(asdict(result), file)
            Path(file.name).replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def key_of(case: Case, notebook: LabNotebook, files: Mapping[str, bytes], mode: str) -> str:
    """The key of a case: a digest of everything that its verdicts depend on.

    Args:
        case: the submission, its limits and its secret. Its measure is left out: it follows from the notebook.
        notebook: the instructor's notebook.
        files: the lab's data files.
        mode: how student code is walled in.
    """
    submission = write_case(case) | {"measure": None}
    content = [submission, write_notebook(notebook), sorted(files.items()), mode, _programs()]
    return hashlib.sha256(msgpack.packb(content, unicode_errors="surrogatepass")).hexdigest()


@cache
def _programs() -> list[str]:
    """The versions of what decides a verdict, and a digest of our own code."""
    own = hashlib.sha256()
    for path in sorted(file for package in ("autograder", "gradlab") for file in (_ROOT / package).rglob("*.py")):
        own.update(path.read_bytes())
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return [platform.python_version(), str(torch.__version__), *versions, own.hexdigest()]
