"""Keys under which work that was done is found again: digests of everything that it depends on."""

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib import metadata
from pathlib import Path

import msgpack

from autograder.cells import Cell, Lab, LabNotebook
from autograder.course.submissions import MOST_BYTES
from autograder.judging.case import Case
from autograder.judging.messages import write_cells, write_notebook
from autograder.limits import Limits
from autograder.untrusted.files import LARGEST_FILE, Quarantine, list_files, read_bytes

_ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = ("torch", "numpy", "plotly", "matplotlib", "ipython")


def key_of_lesson(notebook: LabNotebook, files: Mapping[str, bytes], limits: Limits, mode: str) -> str:
    """A digest of all that decides a verdict besides the submission; prose does not.

    Args:
        notebook: the instructor's notebook.
        files: the lab's data files.
        limits: what a submission may use.
        mode: how student code is walled in.
    """
    cells = [tuple(map(_without_prose, cells)) for cells in (notebook.source, notebook.released)]
    played = write_notebook(LabNotebook(notebook.name, *cells))
    return _digest([played, sorted(files.items()), asdict(limits), mode, programs()])


def key_of_case(lesson: str, case: Case) -> str:
    """The key of a submitted notebook's verdicts.

    Args:
        lesson: `key_of_lesson`.
        case: the submission and its secret. Its measure is left out: it follows from the lesson.
    """
    submitted = case.submitted
    cells = write_cells([_without_prose(cell) for cell in submitted.cells])
    return _digest(
        [lesson, submitted.name, cells, sorted(submitted.unanswered), sorted(case.files.items()), case.secret]
    )


def key_of_lab(lab: Lab, limits: Limits, mode: str, settings: bytes, secret: bytes) -> str:
    """A digest of all that decides what is written about a submission, besides itself.

    Args:
        lab: the lab, its prose included.
        limits: what a submission may use.
        mode: how student code is walled in.
        settings: the course's nbgrader_config.py.
        secret: the course's secret.
    """
    notebooks = [write_notebook(notebook) for notebook in lab.notebooks]
    files = sorted(lab.files.items())
    return _digest([lab.name, notebooks, files, asdict(limits), mode, settings, secret, programs()])


def key_of_folder(lab: str, folder: Path) -> str:
    """The key of a submission as it lies on the disk: of the names and contents of its files.

    Args:
        lab: `key_of_lab`.
        folder: the submission's folder.
    """
    digest = hashlib.sha256(lab.encode())
    # As many files as are looked at when it is graded, and as much of them; of the rest, whether it was touched.
    room = MOST_BYTES + LARGEST_FILE
    for path in list_files(folder):
        try:
            content = read_bytes(path, room)
            room -= len(content)
        except Quarantine as error:
            stamp = path.lstat()
            content = f"{error} {stamp.st_size} {stamp.st_mtime_ns}".encode("utf-8", "replace")
        digest.update(msgpack.packb([os.fsencode(path.relative_to(folder)), hashlib.sha256(content).digest()]))
    return digest.hexdigest()


def _without_prose(cell: Cell) -> Cell:
    return cell if cell.kind == "code" else replace(cell, source="", attachments=None)


def _digest(content: object) -> str:
    return hashlib.sha256(msgpack.packb(content, unicode_errors="surrogatepass")).hexdigest()


@cache
def programs() -> list[str]:
    """The versions of what decides a verdict, and a digest of our own code."""
    own = hashlib.sha256()
    for path in sorted(file for package in ("autograder", "gradlab") for file in (_ROOT / package).rglob("*.py")):
        own.update(path.read_bytes())
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return [platform.python_version(), *versions, own.hexdigest()]
