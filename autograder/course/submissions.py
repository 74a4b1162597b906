"""A submission's folder: which of its files is which notebook of the lab."""

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autograder.cells import Cell, Lab, LabNotebook, SubmittedNotebook
from autograder.course.recognition import KnownNotebook, NotebookName, Recognition, elsewhere, marks_of
from autograder.repair import repair_notebook
from autograder.repair.messages import sentences_about
from autograder.untrusted.file_names import NOTEBOOK, is_notebook_path, rank
from autograder.untrusted.files import MOST_FILES, Quarantine, holds_too_many_files, list_files, read_bytes, readable
from autograder.untrusted.helper import Bounds, HelperError, within
from autograder.untrusted.notebooks import ParsedNotebook, read

if TYPE_CHECKING:
    # A helper's process imports this module, and needs nothing of nbgrader.
    from autograder.course.course import Course

BOUNDS: Final = Bounds(seconds=40, mebibytes=2048)
"""What reading and repairing the notebooks of a submission may take."""
MOST_BYTES = 256 * 1024**2
"""Bytes of all data files of one submission."""

_HAND_IN_AGAIN = "Look at it, and ask for the notebook as JupyterLab saves it"
_MOST_COMPARED = 20
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz")


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    Attributes:
        notebooks: the notebooks that could be read, realigned, in the lab's order.
        unreadable: the notebooks that could not, by name → why.
        missing: the names of the notebooks that were not handed in.
        repairs: what was repaired in file names; the notebooks have their own.
        flags: what a person should know about its files; the notebooks have their own.
    """

    notebooks: tuple[SubmittedNotebook, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def all_flags(self) -> tuple[str, ...]:
        """What a person should know of its files and its notebooks, one sentence each."""
        return self.flags + tuple(flag for notebook in self.notebooks for flag in notebook.flags)

    @property
    def all_repairs(self) -> tuple[str, ...]:
        """What was repaired in file names and in notebooks, one sentence each."""
        return self.repairs + tuple(repair for notebook in self.notebooks for repair in notebook.repairs)


def read_submission(folder: Path, lab: Lab, recognition: Recognition | None = None) -> Submission:
    """Read the notebooks of a submission and realign them to the lab's, in a helper's process.

    Args:
        folder: the submission's folder.
        lab: the lab.
        recognition: knows the notebooks of the course; one that is another than its name says counts as unreadable.

    Raises:
        Quarantine: there is not a single notebook that could be one of the lab's, or reading takes more than `BOUNDS`.
    """
    # Without the instructor's cells: nothing of them is needed to read what a student wrote.
    notebooks = [LabNotebook(notebook.name, (), notebook.released) for notebook in lab.notebooks]
    try:
        reading = within(BOUNDS, read_here, os.fsencode(folder), notebooks, lab.name, _known(recognition))
    except HelperError as error:
        raise Quarantine(folder.name, f"its notebooks can't be read: {error}", _HAND_IN_AGAIN) from None
    if reading.submission is None:
        raise Quarantine(*reading.refused)
    return reading.submission


def read_notebook(path: Path, notebook: LabNotebook, lab: str, recognition: Recognition) -> SubmittedNotebook:
    """Read one notebook file and realign it, in a helper's process.

    Args:
        path: the file.
        notebook: the lab's notebook.
        lab: the lab's name.
        recognition: see `read_submission`.

    Raises:
        Quarantine: it can't be read, or that takes more than `BOUNDS`.
    """
    try:
        released = LabNotebook(notebook.name, (), notebook.released)
        reading = within(BOUNDS, read_file_here, os.fsencode(path), released, lab, _known(recognition))
    except HelperError as error:
        raise Quarantine(path.name, f"it can't be read: {error}", _HAND_IN_AGAIN) from None
    if reading.submission is None:
        raise Quarantine(*reading.refused)
    return reading.submission.notebooks[0]


@dataclass(frozen=True)
class Reading:
    """What has become of reading a submission.

    Attributes:
        submission: the submission; None if it was refused.
        refused: the arguments of the `Quarantine` otherwise.
    """

    submission: Submission | None
    refused: tuple[str, str, str] = ("", "", "")


def _known(recognition: Recognition | None) -> list[KnownNotebook]:
    return [] if recognition is None else recognition.known


def read_here(folder: bytes, notebooks: list[LabNotebook], lab: str, known: list[KnownNotebook]) -> Reading:
    """Read a submission in this process, which is a helper's."""
    try:
        return Reading(_read(Path(os.fsdecode(folder)), notebooks, lab, known))
    except Quarantine as error:
        return Reading(None, (error.file, error.reason, error.cure))


def read_file_here(path: bytes, notebook: LabNotebook, lab: str, known: list[KnownNotebook]) -> Reading:
    """Read one notebook file in this process, which is a helper's."""
    try:
        parsed = read(Path(os.fsdecode(path)))
        _require_right_notebook(known, NotebookName(lab, notebook.name), parsed)
        repaired = repair_notebook(notebook.name, parsed, notebook.released)
    except Quarantine as error:
        return Reading(None, (error.file, error.reason, error.cure))
    return Reading(Submission((repaired,)))


def _read(folder: Path, notebooks: Sequence[LabNotebook], lab: str, known: Sequence[KnownNotebook]) -> Submission:
    files, repairs = _assign(_candidates(folder), notebooks, folder)
    if not files:
        raise Quarantine(folder.name, *_why_no_notebook(folder))
    submitted: list[SubmittedNotebook] = []
    unreadable: list[tuple[str, str]] = []
    for notebook in notebooks:
        if notebook.name in files:
            try:
                parsed = read(files[notebook.name])
                _require_right_notebook(known, NotebookName(lab, notebook.name), parsed)
                submitted.append(repair_notebook(notebook.name, parsed, notebook.released))
            except Quarantine as error:
                unreadable.append((notebook.name, str(error)))
    missing = tuple(notebook.name for notebook in notebooks if notebook.name not in files)
    flags = tuple(_flags(folder, files.values(), notebooks))
    return Submission(tuple(submitted), tuple(unreadable), missing, tuple(repairs), flags)


def _require_right_notebook(known: Sequence[KnownNotebook], named: NotebookName, parsed: ParsedNotebook) -> None:
    """See that a notebook is the one that its name says.

    Raises:
        Quarantine: by its cells it is another one of the course.
    """
    actual = elsewhere(known, named, marks_of(parsed.cells)) if known else None
    if actual is not None:
        lab = "this lab" if actual.lab == named.lab else f"the lab {actual.lab!r}"
        raise Quarantine(
            f"{named.notebook}.ipynb",
            f"by its cells it is the notebook {actual.notebook!r} of {lab}",
            f"Put it where that one belongs, as {actual.lab}/{actual.notebook}.ipynb, if it is missing there, and hand "
            f"in {named.notebook}.ipynb",
        )


def working_files(course: "Course", lab: Lab, folder: Path) -> dict[str, bytes]:
    """The data files that a submission is run with: the lab's, and the student's own where they replace none of these.

    Files that ``Autograde.exclude_overwriting`` names are the student's to replace. Links and devices are left out,
    and so is what lies where a notebook or its page will, and what does not fit into `MOST_BYTES`. The submission's
    folder may be missing.

    Returns:
        Path relative to the working folder → content.
    """
    given = course.replaceable_files.get(lab.name, ())
    files = {name: content for name, content in lab.files.items() if name not in given}
    taken = _TakenPaths(files)
    remaining = MOST_BYTES
    for path in list_files(folder, course.directory.ignore):
        name = path.relative_to(folder).as_posix()
        if not is_notebook_path(name) and not _is_page(name, lab.notebooks) and taken.is_free(name):
            with suppress(Quarantine):
                files[name] = read_bytes(path, remaining)
                remaining -= len(files[name])
                taken.add(name)
    return files | {name: lab.files[name] for name in given if name in lab.files and taken.is_free(name)}


def _is_page(name: str, notebooks: Iterable[LabNotebook]) -> bool:
    """Whether a path is, or lies in, what is called like a notebook's feedback page."""
    first = name.partition("/")[0].casefold()
    return any(first == f"{notebook.name}.html".casefold() for notebook in notebooks)


class _TakenPaths:
    """Relative paths of files, so that no file replaces another one or a folder."""

    def __init__(self, names: Iterable[str]) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self._files.add(name)
        self._folders.update(_parents(name))

    def is_free(self, name: str) -> bool:
        return name not in self._files and name not in self._folders and self._files.isdisjoint(_parents(name))


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _candidates(folder: Path) -> list[Path]:
    """The files that may be notebooks; hidden ones are editors' and systems' own."""
    return [
        path
        for path in list_files(folder)
        if NOTEBOOK.search(path.name) and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _assign(
    candidates: list[Path], notebooks: Sequence[LabNotebook], folder: Path
) -> tuple[dict[str, Path], list[str]]:
    # Its own name is looked for first: `candidates` is bounded.
    files = {notebook.name: path for notebook in notebooks if _is_file(path := folder / f"{notebook.name}.ipynb")}
    repairs: list[str] = []
    for find in (_by_name, _by_content):
        for notebook in notebooks:
            spare = [path for path in candidates if path not in files.values()]
            found = None if notebook.name in files else find(spare, notebook, only=len(notebooks) == 1)
            if found is not None:
                files[notebook.name] = found
                repairs.append(f"The file {found.name!r} was taken for {f'{notebook.name}.ipynb'!r}.")
    repairs += [
        f"The file {path.relative_to(folder).as_posix()!r} was left aside for {taken.relative_to(folder).as_posix()!r}."
        for notebook in notebooks
        for path in candidates[:_MOST_COMPARED]
        if (taken := files.get(notebook.name)) is not None
        and path not in files.values()
        and rank(path.name, notebook.name) is not None
        and not _are_equal(path, taken)
    ]
    return files, repairs


def _are_equal(path: Path, other: Path) -> bool:
    with suppress(Quarantine):
        return read_bytes(path) == read_bytes(other)
    return False


def _by_name(candidates: Sequence[Path], notebook: LabNotebook, *, only: bool) -> Path | None:  # noqa: ARG001
    """The file whose name is most like the notebook's."""
    ranked = [(order, path) for path in candidates if (order := rank(path.name, notebook.name)) is not None]
    best = min(ranked, key=lambda pair: (pair[0], len(pair[1].parts), len(pair[1].name), pair[1]), default=None)
    return None if best is None else best[1]


def _by_content(candidates: Sequence[Path], notebook: LabNotebook, *, only: bool) -> Path | None:
    """The only file that there is for the only notebook, else the one that holds most of the released cells."""
    if only and len(candidates) == 1:
        return candidates[0]
    best, most = None, 0
    for path in candidates[:_MOST_COMPARED]:
        with suppress(Quarantine):
            shared = _shared(read(path).cells, notebook.released)
            if shared > most and 2 * shared >= len(notebook.released):
                best, most = path, shared
    return best


def _shared(cells: Sequence[Cell], released: Sequence[Cell]) -> int:
    """How many of the released cells are there, by their id or their text."""
    ids = {cell.grade_id for cell in cells if cell.grade_id is not None}
    texts = {cell.source.strip() for cell in cells}
    return sum(cell.grade_id in ids or cell.source.strip() in texts for cell in released)


def _is_file(path: Path) -> bool:
    """Whether there is a file or a link; reading a link is refused later, with a message."""
    try:
        return not stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _why_no_notebook(folder: Path) -> tuple[str, str]:
    """Why there is no notebook in a folder, and what can be done."""
    names = [path.name for path in list_files(folder)]
    archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if archives:
        return "there is no notebook of this lab in it", f"Unpack {readable(archives[0])[:80]!r} there, and grade again"
    shown = ", ".join(repr(readable(name)[:80]) for name in names[:5])
    found = f", only {shown}{' and others' if len(names) > 5 else ''}" if names else ""
    return f"there is no notebook of this lab in it{found}", "Hand in the .ipynb file itself"


def _flags(folder: Path, files: Iterable[Path], notebooks: Sequence[LabNotebook]) -> Iterable[str]:
    for path in files:
        if path.lstat().st_nlink > 1:
            # A hard link may point to another account's file.
            yield f"The file {path.name!r} is one of several names of the same file (a hard link)."
    names = (path.relative_to(folder) for path in list_files(folder))
    tops = {
        name.parts[0]
        for name in names
        if is_notebook_path(name.parent.as_posix()) or _is_page(name.parts[0], notebooks)
    }
    yield from sentences_about(
        "{} was left out: its name is that of a notebook or of a feedback page.", sorted(map(readable, tops))
    )
    if holds_too_many_files(folder):
        yield f"The folder holds more than {MOST_FILES:,} files; the rest was left out."
