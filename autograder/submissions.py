"""A submission's folder: which of its files is which notebook of the lab."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import Autograde

from autograder.cells import Lab, SubmittedNotebook
from autograder.course import Course
from autograder.notebooks import Quarantine, parse, read_bytes
from autograder.repair import realign

MOST_BYTES = 256 * 1024**2
"""Bytes of all data files of one submission."""

# What Colab, browsers and learning platforms put around a name: "Copy of x", "x (1)", "x-Copy1", "doe_jane_123_456_x".
_ADDED_BEHIND = re.compile(r"(?:[ _-]*\(\d+\)|[ _-]*copy[ _-]*\d*|\.ipynb)+$", re.IGNORECASE)
_ADDED_BEFORE = re.compile(r"^(?:(?:copy|kopia|kopie|copie|copia)[ _](?:of|von|de|di|pliku)?[ _]*)+", re.IGNORECASE)


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    Attributes:
        notebooks: the notebooks that could be read, realigned, in the lab's order.
        unreadable: the notebooks that could not, by name → why.
        missing: the names of the notebooks that were not handed in.
        repairs: what was mended in file names; the notebooks carry their own.
    """

    notebooks: tuple[SubmittedNotebook, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def all_repairs(self) -> tuple[str, ...]:
        """What was mended in names and in notebooks, one sentence each."""
        return self.repairs + tuple(repair for notebook in self.notebooks for repair in notebook.repairs)


def read_submission(folder: Path, lab: Lab) -> Submission:
    """Read the notebooks of a submission and realign them to the lab's.

    Raises:
        Quarantine: there is not a single notebook that could be one of the lab's.
    """
    files, repairs = _assign(sorted(folder.rglob("*.ipynb")), [notebook.name for notebook in lab.notebooks], folder)
    if not files:
        raise Quarantine(folder.name, "there is no notebook of this lab in it")
    read: list[SubmittedNotebook] = []
    unreadable: list[tuple[str, str]] = []
    for notebook in lab.notebooks:
        if notebook.name in files:
            path = files[notebook.name]
            try:
                read.append(realign(notebook.name, parse(read_bytes(path), path.name), notebook.released))
            except Quarantine as error:
                unreadable.append((notebook.name, str(error)))
    missing = tuple(notebook.name for notebook in lab.notebooks if notebook.name not in files)
    return Submission(tuple(read), tuple(unreadable), missing, tuple(repairs))


def working_files(course: Course, lab: Lab, folder: Path) -> dict[str, bytes]:
    """The data files that a submission is run with: the lab's, and the student's own where they replace none of these.

    Files that ``Autograde.exclude_overwriting`` names are the student's to replace. Links and devices are left out,
    and so is what does not fit into `MOST_BYTES`.

    Args:
        course: the course.
        lab: the lab.
        folder: the submission's folder; it may be missing.

    Returns:
        Path relative to the working folder → content.
    """
    given = Autograde(coursedir=course.directory, parent=course.application).exclude_overwriting.get(lab.name, ())
    files = {name: content for name, content in lab.files.items() if name not in given}
    room = MOST_BYTES
    for path in course.data_files(folder) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if not _in_the_way(name, files):
            with suppress(Quarantine):
                files[name] = read_bytes(path, room)
                room -= len(files[name])
    return files | {name: lab.files[name] for name in given if name in lab.files and not _in_the_way(name, files)}


def _in_the_way(name: str, files: Iterable[str]) -> bool:
    """Whether a file would replace another, or would have to be a folder and a file at once."""
    return any(name == other or name.startswith(f"{other}/") or other.startswith(f"{name}/") for other in files)


def _assign(paths: list[Path], names: list[str], folder: Path) -> tuple[dict[str, Path], list[str]]:
    files: dict[str, Path] = {}
    repairs: list[str] = []
    candidates = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    for name in names:
        exact = folder / f"{name}.ipynb"
        if exact in candidates:
            files[name] = exact
            candidates.remove(exact)
    for name in names:
        if name not in files:
            found = _likely(candidates, name, only=len(names) == 1)
            if found is not None:
                files[name] = found
                candidates.remove(found)
                repairs.append(f"The file {found.name!r} was taken for {f'{name}.ipynb'!r}.")
    return files, repairs


def _likely(candidates: Iterable[Path], name: str, *, only: bool) -> Path | None:
    """The file that is most likely the notebook `name`: by its name, else the only one there is."""
    paths = list(candidates)
    for fits in (_is_renamed, _ends_with):
        fitting = [path for path in paths if fits(path.stem, name)]
        if fitting:
            return min(fitting, key=lambda path: (len(path.parts), len(path.name), path))
    return paths[0] if only and len(paths) == 1 else None


def _plain(stem: str) -> str:
    stripped = _ADDED_BEHIND.sub("", _ADDED_BEFORE.sub("", stem))
    return re.sub(r"[ _-]+", "_", stripped.strip()).lower()


def _is_renamed(stem: str, name: str) -> bool:
    return _plain(stem) == _plain(name)


def _ends_with(stem: str, name: str) -> bool:
    return _plain(stem).endswith(f"_{_plain(name)}")
