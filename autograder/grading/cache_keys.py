"""Keys under which finished work is found again: digests of everything that it depends on."""

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib import metadata
from pathlib import Path

import msgpack

from autograder.cells import Cell, Lab, LabNotebook, SubmittedNotebook
from autograder.course.submissions import MOST_BYTES
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.untrusted.files import LARGEST_FILE, Quarantine, list_files, read_bytes
from autograder.wire import to_plain

_ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = ("torch", "numpy", "plotly", "matplotlib", "ipython")


def notebook_key(notebook: LabNotebook, files: Mapping[str, bytes], terms: Terms) -> str:
    """A digest of all that decides a verdict besides the submission; markdown doesn't.

    Args:
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        terms: the terms of the run, of which limits, mode and level decide.
    """
    source, released = (tuple(map(_without_markdown, cells)) for cells in (notebook.source, notebook.released))
    code = to_plain(LabNotebook(notebook.name, source, released))
    return _digest([code, sorted(files.items()), asdict(terms.limits), terms.mode, terms.level, programs()])


def case_key(notebook: str, case: Case) -> str:
    """The key of a submitted notebook's verdicts.

    Args:
        notebook: `notebook_key`.
        case: the submission and its secret. Its profile is left out: it follows from the instructor's notebook.
    """
    submitted = case.submitted
    cells = to_plain([_without_markdown(cell) for cell in submitted.cells])
    return _digest(
        [notebook, submitted.name, cells, sorted(submitted.unanswered), sorted(case.files.items()), case.secret]
    )


def content_digest(submitted: SubmittedNotebook, files: Mapping[str, bytes]) -> str:
    """A digest of what a student has handed in: of a notebook's code, and of the files that it runs with."""
    cells = to_plain([_without_markdown(cell) for cell in submitted.cells])
    return _digest([cells, sorted(files.items())])


def lab_key(lab: Lab, terms: Terms, settings: bytes, secret: bytes) -> str:
    """A digest of all that decides what is written about a submission, besides itself.

    Args:
        lab: the lab, its markdown included.
        terms: the terms of the run, of which limits, mode and level decide.
        settings: the course's nbgrader_config.py.
        secret: the course's secret.
    """
    files = sorted(lab.files.items())
    conditions = [asdict(terms.limits), terms.mode, terms.level]
    return _digest([lab.name, to_plain(lab.notebooks), files, conditions, settings, secret, programs()])


def submission_key(lab: str, folder: Path) -> str:
    """The key of a submission on the disk: of the names and contents of its files.

    Args:
        lab: `lab_key`.
        folder: the submission's folder.
    """
    digest = hashlib.sha256(lab.encode())
    # As many bytes are read as grading itself would read; of the rest, whether it was touched.
    remaining = MOST_BYTES + LARGEST_FILE
    for path in list_files(folder):
        try:
            content = read_bytes(path, remaining)
            remaining -= len(content)
        except Quarantine as error:
            stamp = path.lstat()
            content = f"{error} {stamp.st_size} {stamp.st_mtime_ns}".encode("utf-8", "replace")
        digest.update(msgpack.packb([os.fsencode(path.relative_to(folder)), hashlib.sha256(content).digest()]))
    return digest.hexdigest()


@cache
def programs() -> list[str]:
    """The versions of what decides a verdict, and a digest of our own code."""
    own = hashlib.sha256()
    for path in sorted(file for package in ("autograder", "gradlab") for file in (_ROOT / package).rglob("*.py")):
        own.update(path.read_bytes())
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return [platform.python_version(), *versions, own.hexdigest()]


def _without_markdown(cell: Cell) -> Cell:
    return cell if cell.kind == "code" else replace(cell, source="", attachments=None)


def _digest(content: object) -> str:
    # A notebook may hold lone surrogates.
    return hashlib.sha256(msgpack.packb(content, unicode_errors="surrogatepass")).hexdigest()
