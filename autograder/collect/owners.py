"""Whose file it is, by what a platform wrote into its path: Moodle's and Canvas's names, and plain folders."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograder.collect.findings import Found, Parts

# ``Ada Lovelace_123456_assignsubmission_file_/06.ipynb``, with or without the folder: the number is that of the
# participant in this assignment, and not the user's.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
# ``lovelaceada_LATE_12345_67890_06-1.ipynb``: the numbers are the user's and the upload's.
_CANVAS = re.compile(r"(?P<name>.*?)_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)", re.DOTALL)
_ANONYMOUS = re.compile(r"Participant", re.IGNORECASE)
_WRAPPERS = ("submitted", "unmatched")
_NO_FILE = "onlinetext"
_LONGEST_NUMBER = 18
# Of the names at the students' depth one in so many names somebody: a class may have strangers, and loose files.
_ENOUGH = 3


class Origin(StrEnum):
    """Who wrote the names."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    PLAIN = "plain"


@dataclass(frozen=True)
class Owner:
    """What the path says of the student.

    Attributes:
        origin: who wrote it.
        label: the text that tells this student from others, as it stands in the path.
        name: the student's name, or an id.
        number: the platform's number: Canvas's of the user, Moodle's of the participant; empty if there is none.
    """

    origin: Origin
    label: str
    name: str
    number: str = ""


@dataclass(frozen=True)
class Handed:
    """A file with its owner.

    Attributes:
        found: the file.
        owner: whose it is; None if the path says nothing.
        inside: its path within what the student handed in.
        upload: the platform's number of the upload, which grows; None if there is none.
        late: whether the platform called it late.
        timed: whether the time in the source is that of handing in.
    """

    found: Found
    owner: Owner | None
    inside: Parts
    upload: int | None = None
    late: bool = False
    timed: bool = True


class Reader:
    """Reads owners off paths.

    Args:
        knows: whether a text names a student of the class.
        labs: the labs' names: a folder of that name is no student's.
        remainder: what a loose file's name holds besides the notebook's.
    """

    def __init__(self, knows: Callable[[str], bool], labs: Collection[str], remainder: Callable[[str], str]) -> None:
        self._knows = knows
        self._wrappers = frozenset({*labs, *_WRAPPERS})
        self._remainder = remainder

    def read(self, files: Sequence[Found]) -> list[Handed]:
        """Find the owner of each file."""
        depth = self._depth([found.parts[: found.owned] for found in files])
        return [self._read(found, min(depth, found.owned - 1)) for found in files]

    def _read(self, found: Found, depth: int) -> Handed:
        part, inside = found.parts[depth], found.parts[depth + 1 :]
        is_file = depth == found.owned - 1
        match = _MOODLE.fullmatch(part)
        if match is not None:
            return self._moodle(found, match, (match["file"] or part, *inside) if is_file else inside)
        match = _CANVAS.fullmatch(part) if is_file else None
        if match is not None:
            owner = Owner(Origin.CANVAS, f"{match['name']}_{match['user']}", match["name"], match["user"])
            upload = int(match["number"][:_LONGEST_NUMBER])
            # The time in Canvas's archive is that of the download.
            return Handed(found, owner, (match["file"], *inside), upload, match["late"] is not None, timed=False)
        label = self._remainder(part) if is_file else part
        owner_or_none = Owner(Origin.PLAIN, label, label) if label else None
        return Handed(found, owner_or_none, found.parts[depth:] if is_file else inside)

    @staticmethod
    def _moodle(found: Found, match: re.Match[str], inside: Parts) -> Handed:
        if match["kind"] == _NO_FILE:
            return Handed(found, None, ())
        blind = _ANONYMOUS.fullmatch(match["name"])
        name = "" if blind else match["name"]
        label = f"{match['name']}_{match['number']}"
        return Handed(found, Owner(Origin.MOODLE, label, name, match["number"]), inside)

    def _depth(self, paths: Collection[Parts]) -> int:
        """At which depth the students' names stand.

        It is one depth for all, and the outermost that will do: below it students name their folders as they like, and
        for whom they like.
        """
        deepest = max((len(path) for path in paths), default=0)
        for depth in range(deepest):
            there = {(path[depth], len(path) == depth + 1) for path in paths if len(path) > depth}
            named = sum(self._names_somebody(part, is_file=is_file) for part, is_file in there)
            if named and _ENOUGH * named >= len(there):
                return depth
        depth = 0
        while self._wraps({(path[depth], len(path) == depth + 1) for path in paths if len(path) > depth}):
            depth += 1
        return depth

    def _names_somebody(self, part: str, *, is_file: bool) -> bool:
        if _MOODLE.fullmatch(part) or (is_file and _CANVAS.fullmatch(part)):
            return True
        return self._knows(self._remainder(part) if is_file else part)

    def _wraps(self, there: set[tuple[str, bool]]) -> bool:
        return bool(there) and all(part in self._wrappers and not is_file for part, is_file in there)
