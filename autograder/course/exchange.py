"""nbgrader's exchange: the folder through which a hub hands labs out, takes answers in and returns feedback.

nbgrader's own commands say of a folder that is missing or closed at most that it is "unwritable"; these checks say what
is wrong, where, and how to mend it, before a class meets it.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from nbgrader.exchange.default import Exchange

from autograder.course.course import Course
from autograder.errors import ExpectedError

_FOR_ALL = 0o7
_ENTER_AND_WRITE = 0o3
_MODE = "1777"
"""What the exchange's folder needs: everybody writes into it, and nobody renames what belongs to somebody else."""


@dataclass(frozen=True)
class ExchangeFolder:
    """The exchange of a course.

    Attributes:
        root: the folder that is shared by all courses.
        course: the course's folder in it; nbgrader makes it with the first release.
        group_shared: whether instructors share the course by a group (``CourseDirectory.groupshared``).
        expected: whether the course seems to use it: it is configured, it is there, or this is a hub.
    """

    root: Path
    course: Path
    group_shared: bool
    expected: bool

    @classmethod
    def of(cls, course: Course, environment: Mapping[str, str] = os.environ) -> "ExchangeFolder":
        """The exchange that the course's configuration names, or nbgrader's default."""
        root = Path(Exchange(coursedir=course.directory, parent=course.application).root)
        settings = course.application.config
        # Another kind of exchange, such as a server of its own, has no such folder.
        own = "ExchangeFactory" not in settings
        expected = own and ("root" in settings.Exchange or _found(root) or "JUPYTERHUB_API_URL" in environment)
        return cls(root, root / course.course_id, bool(course.directory.groupshared), expected)

    def problem(self) -> ExpectedError | None:
        """What keeps this account from releasing, collecting or returning, or students from handing in.

        It is the first problem that is met, since the next one may need its cure; None if there is none.
        """
        name = f"nbgrader's exchange, {self.root},"
        if (closed := _closed_above(self.root)) is not None:
            cure = f"Run as root: chmod o+x {quote(str(closed))}"
            return ExpectedError(f"{name} lies in a folder that this account may not enter, {closed}.", cure)
        if not _found(self.root):
            made = f"mkdir -p {quote(str(self.root))} && chmod {_MODE} {quote(str(self.root))}"
            return ExpectedError(
                f"{name} does not exist.",
                f"Run as root: {made} (or correct c.Exchange.root in nbgrader_config.py, here and for the students)",
            )
        if not self.root.is_dir():
            return ExpectedError(
                f"{name} is no folder.", f"Move it away, and run: mkdir -m {_MODE} {quote(str(self.root))}"
            )
        opened = f"Run as root: chmod {_MODE} {quote(str(self.root))}"
        if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            writable = not os.statvfs(self.root).f_flag & os.ST_RDONLY
            cure = opened if writable else "Mount its file system for writing."
            return ExpectedError(f"{name} may not be written by this account.", cure)
        if not self.group_shared and _for_others(self.root) != _FOR_ALL:
            return ExpectedError(f"{name} is closed to students: they cannot hand in.", opened)
        return self._problem_of_course()

    def _problem_of_course(self) -> ExpectedError | None:
        """What is wrong with the course's own folder in it."""
        name = f"The course's folder in nbgrader's exchange, {self.course},"
        if not _found(self.course):
            return None
        if not self.group_shared and self.course.stat().st_uid != os.geteuid():
            return ExpectedError(
                f"{name} belongs to another account, and nbgrader releases and returns as its owner alone.",
                f"Work as that account, or run as root: chown -R {os.geteuid()} {quote(str(self.course))}",
            )
        inbound = self.course / "inbound"
        if inbound.is_dir() and _for_others(inbound) & _ENTER_AND_WRITE != _ENTER_AND_WRITE:
            return ExpectedError(
                f"The folder into which students hand in, {inbound}, is closed to them.",
                f"Run: chmod 2733 {quote(str(inbound))}",
            )
        return None

    def remark(self) -> str:
        """What works and should be otherwise, with its cure, where there is no problem; empty if there is nothing."""
        if not self.group_shared and not self.root.stat().st_mode & stat.S_ISVTX:
            return f"students can rename the course's folder in it; run as root: chmod {_MODE} {quote(str(self.root))}"
        return ""


def _found(path: Path) -> bool:
    """Whether there is something; not where a folder above is closed."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises an error there


def _closed_above(path: Path) -> Path | None:
    """The topmost folder above a path that this account may not enter."""
    above = (folder for folder in reversed(path.parents) if not os.access(folder, os.X_OK, effective_ids=True))
    return next((folder for folder in above if _found(folder)), None)


def _for_others(folder: Path) -> int:
    """What accounts may do in a folder that are neither its owner's nor of its group: 4 read, 2 write, 1 enter."""
    return folder.stat().st_mode & _FOR_ALL
