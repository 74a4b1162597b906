"""The files of this machine that student code may read, whatever the sandbox is made of."""

import importlib.util
import os
import site
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError

_PACKAGES: Final = ("gradlab", "autograder")
SYSTEM: Final = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
"""Folders of the system; all but the first are often links into that one."""
SETTINGS: Final = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/mime.types",
    "/var/cache/fontconfig",
)
"""Settings of the system that libraries read; each may be missing."""
DEVICES: Final = ("null", "zero", "full", "random", "urandom")
"""Devices by their names in /dev."""


def shown_paths(readable: Iterable[Path], *, through: bool) -> list[Path]:
    """What student code may read besides the system: the interpreter, its environment, the packages, ``readable``.

    Args:
        readable: further files and folders.
        through: whether another user than this one must be able to pass the folders above them.

    Raises:
        ExpectedError: that would show the folder in which the user works, or can't be shown at all.
    """
    shown = _outermost([*_interpreter(), *readable])
    _refuse_exposure(shown)
    if os.geteuid() == 0:
        _refuse_closed(shown, through=through)
    return shown


def _interpreter() -> list[Path]:
    """Python, its environment, and the packages of an editable checkout (never the checkout itself)."""
    found = [Path(sys.base_prefix), Path(sys.prefix), *map(Path, site.getsitepackages())]
    found.append(Path(sys.executable).resolve().parent.parent)
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            found += map(Path, spec.submodule_search_locations)
    return [path for path in found if path.is_dir()]


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths that lie in none of the others, nor in /usr; /usr itself is always shown."""
    absolute = {Path(os.path.abspath(path)) for path in paths}  # noqa: PTH100 - without dots, as the interpreter is named
    roots = {*absolute, Path("/usr")}
    return sorted(
        path for path in absolute if not any(parent in roots for parent in path.parents) and path != Path("/usr")
    )


def _refuse_exposure(shown: Iterable[Path]) -> None:
    here = Path.cwd()
    for path in shown:
        if path == Path("/") or path == here or path in here.parents:
            raise ExpectedError(
                f"The sandbox would show {path} to student code, since Python's environment lies there, and with it "
                f"the folder {here}.",
                "Keep the environment in a folder of its own (python -m venv .venv) and run the autograder from there.",
            )


def _refuse_closed(shown: Sequence[Path], *, through: bool) -> None:
    above = {parent for path in shown for parent in path.parents} if through else set()
    for path in (*sorted(above), *shown):
        needed = (0 if path in above else stat.S_IROTH) | (stat.S_IXOTH if path.is_dir() else 0)
        if path.stat().st_mode & needed != needed:
            raise ExpectedError(
                f"{path} is closed to other users. Started by root, student code runs as an ordinary user, who must be "
                "able to read what lies there.",
                f"Open it: chmod {'o+x' if path in above else '-R o+rX'} {path}",
            )
