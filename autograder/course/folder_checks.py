"""Checks of folders and names: those that nbgrader or a gradebook cannot handle raise an error, and are not skipped."""

import os
import unicodedata
from fnmatch import fnmatchcase
from pathlib import Path
from shlex import quote

from autograder.errors import ExpectedError

_NO_TEXT = {"Cc": "a control character", "Cs": "bytes that are no UTF-8"}
"""Categories of Unicode that no name in a gradebook or a path of nbgrader's may have."""


def check_course_path(root: Path) -> None:
    """Check that nbgrader finds the files of a course under the path of its folder.

    Raises:
        ExpectedError: the path has characters with which it does not.
    """
    path = str(root)
    wrong = _no_text(path) or ("" if fnmatchcase(path, path) else "a pattern in [ ], by which nbgrader looks elsewhere")
    if wrong:
        raise ExpectedError(f"The path of the course's folder, {path!r}, holds {wrong}.", "Rename that folder.")


def check_name(name: str, folder: Path) -> None:
    """Check that a gradebook can hold the name of a lab or a notebook.

    Raises:
        ExpectedError: it cannot.
    """
    wrong = _no_text(name)
    if wrong:
        raise ExpectedError(f"The name {name!r} in {folder} holds {wrong}.", "Rename it.")


def require_readable(folder: Path, *, deep: bool = False) -> None:
    """Check that a folder may be read, since nbgrader takes one that may not for an empty one.

    Args:
        folder: the folder; it may be missing.
        deep: whether the folders in it are checked, too.

    Raises:
        ExpectedError: it may not.
    """
    _check_open(folder)
    if deep and folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir():
                    _check_open(Path(entry.path))


def _check_open(folder: Path) -> None:
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=True) and folder.is_dir():
        raise ExpectedError(f"The folder {folder} may not be read by you.", f"Run: chmod -R u+rwX {quote(str(folder))}")


def _no_text(name: str) -> str:
    kinds = (unicodedata.category(letter) for letter in name)
    return next((_NO_TEXT[kind] for kind in kinds if kind in _NO_TEXT), "")
