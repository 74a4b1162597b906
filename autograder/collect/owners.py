"""Find the owner of each file from its path: names that Moodle and Canvas write, and plain folders."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from autograder.collect.records import Found
from autograder.roster.matching import Owner, Platform
from autograder.untrusted.file_names import copied_names
from autograder.untrusted.paths import Parts

# ``Ada Lovelace_123456_assignsubmission_file_/06.ipynb``, with or without the folder. The number is that of the
# participant in this assignment, not of the user.
_MOODLE = re.compile(
    r"(?P<name>.{1,250}?)_(?P<number>\d{1,20})_assignsubmission_(?P<kind>[a-z]{1,50})(?:_(?P<file>.*))?", re.DOTALL
)
# ``lovelaceada_LATE_12345_67890_06-1.ipynb``: the numbers are those of the user and of the upload.
_CANVAS = re.compile(
    r"(?P<name>.{0,250}?)_(?:(?P<late>LATE)_)?(?P<user>\d{1,20})_(?P<number>\d{1,20})_(?P<file>.+)", re.DOTALL
)
# Before it, the name of a group may stand.
_ANONYMOUS = re.compile(r"(?:.{0,250}-)?Participant", re.IGNORECASE | re.DOTALL)
_OUTER_FOLDERS = ("submitted", "unmatched")
_NO_FILE = "onlinetext"
_MOST_DIGITS = 18
# At the students' depth at least one name in so many is a student's; others may be strangers or loose files.
_NAMES_PER_STUDENT = 3


@dataclass(frozen=True)
class SubmittedFile:
    """A file with its owner.

    Attributes:
        found: the file.
        owner: the student to whom it belongs; None if the path names none.
        inside: its path within what the student handed in.
        upload: the platform's number of the upload, which grows with time; None if there is none.
        late: whether the platform marked it as late.
        timed: whether the time in the source is that of handing in.
        typed: whether it is what the student has typed into the platform, and no file of the student's.
    """

    found: Found
    owner: Owner | None
    inside: Parts
    upload: int | None = None
    late: bool = False
    timed: bool = True
    typed: bool = False


class OwnerFinder:
    """Finds the owners of files.

    Args:
        is_student: whether a text names a student of the class.
        labs: the labs' names: a folder of that name belongs to no student.
        without_notebook: removes a notebook's name from a loose file's name; what is left may name a student.
    """

    def __init__(
        self, is_student: Callable[[str], bool], labs: Collection[str], without_notebook: Callable[[str], str]
    ) -> None:
        self._is_student = is_student
        self._outer_folders = frozenset({*labs, *_OUTER_FOLDERS})
        self._without_notebook = without_notebook

    def find(self, files: Sequence[Found]) -> list[SubmittedFile]:
        """Find the owner of each file."""
        depth = self._depth([found.parts[: found.owned] for found in files])
        return [self._find(found, min(depth, found.owned - 1)) for found in files]

    def _find(self, found: Found, depth: int) -> SubmittedFile:
        part, inside = found.parts[depth], found.parts[depth + 1 :]
        is_file = depth == found.owned - 1
        match = _MOODLE.fullmatch(part)
        if match is not None:
            return _from_moodle(found, match, (match["file"] or part, *inside) if is_file else inside)
        match = _CANVAS.fullmatch(part) if is_file else None
        if match is not None:
            owner = Owner(Platform.CANVAS, f"{match['name']}_{match['user']}", match["name"], match["user"])
            upload = int(match["number"][:_MOST_DIGITS])
            # The time in Canvas's archive is that of the download.
            return SubmittedFile(found, owner, (match["file"], *inside), upload, match["late"] is not None, timed=False)
        label = self._label(part, is_file=is_file)
        owner_or_none = Owner(Platform.NONE, label, label) if label else None
        return SubmittedFile(found, owner_or_none, found.parts[depth:] if is_file else inside)

    def _depth(self, paths: Collection[Parts]) -> int:
        """The depth of the students' names in the paths.

        It is the same for all files, and the smallest that fits: below it students choose the names of folders, and
        could choose another student's.
        """
        deepest = max((len(path) for path in paths), default=0)
        for depth in range(deepest):
            names = _names_at(depth, paths)
            students = sum(self._names_student(part, is_file=is_file) for part, is_file in names)
            if students and _NAMES_PER_STUDENT * students >= len(names):
                return depth
        depth = 0
        while (names := _names_at(depth, paths)) and all(
            part in self._outer_folders and not is_file for part, is_file in names
        ):
            depth += 1
        return depth

    def _names_student(self, part: str, *, is_file: bool) -> bool:
        if _MOODLE.fullmatch(part) or (is_file and _CANVAS.fullmatch(part)):
            return True
        return self._is_student(self._label(part, is_file=is_file))

    def _label(self, part: str, *, is_file: bool) -> str:
        """What in a name may stand for a student; without the marks of a copy where only then a student is known."""
        label = self._without_notebook(part) if is_file else part
        return next(filter(self._is_student, copied_names(label)), label) if label else label


def _from_moodle(found: Found, match: re.Match[str], inside: Parts) -> SubmittedFile:
    name = "" if _ANONYMOUS.fullmatch(match["name"]) else match["name"]
    owner = Owner(Platform.MOODLE, f"{match['name']}_{match['number']}", name, match["number"])
    if match["kind"] == _NO_FILE:
        return SubmittedFile(found, owner, found.parts[-1:], typed=True)
    return SubmittedFile(found, owner, inside)


def _names_at(depth: int, paths: Collection[Parts]) -> set[tuple[str, bool]]:
    """The names at a depth, and whether each is a file's."""
    return {(path[depth], len(path) == depth + 1) for path in paths if len(path) > depth}
