"""Checks of folders and names: those that nbgrader or a gradebook cannot handle raise an error, and are not skipped."""

import os
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from shlex import quote

from autograder.errors import ExpectedError
from autograder.untrusted.files import readable
from autograder.untrusted.paths import UnsafePathError, check_part

_SPECIAL = frozenset('*?[]{}<>|":;,`$+%#')
_LONGEST_NAME = 100
_MOST_SHOWN = 120
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


def check_lab_name(name: str, what: str, where: Path) -> None:
    """Check that every later step takes the name of a lab or a notebook: nbgrader, shells, platforms, other systems.

    Args:
        name: the name, a notebook's without ``.ipynb``.
        what: what has it, such as "lab".
        where: the folder in which it is.

    Raises:
        ExpectedError: one of them does not.
    """
    if wrong := unsafe_name(name):
        raise ExpectedError(
            f"The {what} {readable(name)[:_MOST_SHOWN]!r} in {where} cannot have this name: {wrong}.",
            "Rename it, before students have it: letters, digits, hyphens and underscores are safe everywhere.",
        )


def check_distinct(names: Iterable[str], what: str, where: Path) -> None:
    """Check that names differ in more than capital letters and accents' spelling: elsewhere they are one name.

    Raises:
        ExpectedError: two do not.
    """
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(_key(name), name)
        if other != name:
            raise ExpectedError(
                f"The {what}s {other!r} and {name!r} in {where} differ in nothing but capital letters: on macOS and "
                "Windows, and for learning platforms, they are one.",
                "Rename one of them.",
            )


def unsafe_name(name: str) -> str:
    """Why a lab or a notebook cannot have a name, in one clause; empty if it can."""
    try:
        check_part(name)
    except UnsafePathError as error:
        return str(error).replace("its name", "it")
    if unicodedata.normalize("NFC", name) != name:
        return "its accents are letters of their own (Unicode's decomposed form), and typed names are not"
    if name.strip() != name:
        return "it begins or ends with a space, which nbgrader takes away"
    if name.startswith("-"):
        return "it begins with a hyphen, and commands take it for an option"
    if name.startswith("."):
        return "it begins with a dot, and is hidden"
    if name.endswith("."):
        return "it ends with a dot, which Windows takes away"
    if any(unicodedata.category(letter) == "Cf" for letter in name):
        return "it holds invisible letters"
    if found := sorted(_SPECIAL.intersection(name)):
        return f"it holds {' '.join(found)}, which nbgrader, shells or Windows do not take"
    if len(name.encode()) > _LONGEST_NAME:
        return f"it is longer than {_LONGEST_NAME} bytes"
    return ""


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


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _no_text(name: str) -> str:
    kinds = (unicodedata.category(letter) for letter in name)
    return next((_NO_TEXT[kind] for kind in kinds if kind in _NO_TEXT), "")
