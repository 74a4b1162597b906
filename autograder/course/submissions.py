"""A submission's folder: which of its files is which notebook of the lab."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.recognition import NotebookName, Recognition
from autograder.repair import repair_notebook
from autograder.untrusted.file_names import NOTEBOOK, rank
from autograder.untrusted.files import MOST_FILES, Quarantine, holds_too_many_files, list_files, read_bytes, readable
from autograder.untrusted.notebooks import ParsedNotebook, read

MOST_BYTES = 256 * 1024**2
"""Bytes of all data files of one submission."""

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
    """Read the notebooks of a submission and realign them to the lab's.

    Args:
        folder: the submission's folder.
        lab: the lab.
        recognition: knows the notebooks of the course; one that is another than its name says counts as unreadable.

    Raises:
        Quarantine: there is not a single notebook that could be one of the lab's.
    """
    files, repairs = _assign(_candidates(folder), lab.notebooks, folder)
    if not files:
        raise Quarantine(folder.name, *_why_no_notebook(folder))
    submitted: list[SubmittedNotebook] = []
    unreadable: list[tuple[str, str]] = []
    for notebook in lab.notebooks:
        if notebook.name in files:
            try:
                parsed = read(files[notebook.name])
                if recognition is not None:
                    require_right_notebook(recognition, NotebookName(lab.name, notebook.name), parsed)
                submitted.append(repair_notebook(notebook.name, parsed, notebook.released))
            except Quarantine as error:
                unreadable.append((notebook.name, str(error)))
    missing = tuple(notebook.name for notebook in lab.notebooks if notebook.name not in files)
    return Submission(
        tuple(submitted), tuple(unreadable), missing, tuple(repairs), tuple(_flags(folder, files.values()))
    )


def require_right_notebook(recognition: Recognition, named: NotebookName, parsed: ParsedNotebook) -> None:
    """See that a notebook is the one that its name says.

    Raises:
        Quarantine: by its cells it is another one of the course.
    """
    actual = recognition.elsewhere(named, parsed.cells)
    if actual is not None:
        lab = "this lab" if actual.lab == named.lab else f"the lab {actual.lab!r}"
        raise Quarantine(
            f"{named.notebook}.ipynb",
            f"by its cells it is the notebook {actual.notebook!r} of {lab}",
            f"Put it where that one belongs, as {actual.lab}/{actual.notebook}.ipynb, if it is missing there, and hand "
            f"in {named.notebook}.ipynb",
        )


def working_files(course: Course, lab: Lab, folder: Path) -> dict[str, bytes]:
    """The data files that a submission is run with: the lab's, and the student's own where they replace none of these.

    Files that ``Autograde.exclude_overwriting`` names are the student's to replace. Links and devices are left out,
    and so is what does not fit into `MOST_BYTES`. The submission's folder may be missing.

    Returns:
        Path relative to the working folder → content.
    """
    given = course.replaceable_files.get(lab.name, ())
    files = {name: content for name, content in lab.files.items() if name not in given}
    taken = _TakenPaths(files)
    remaining = MOST_BYTES
    for path in list_files(folder, course.directory.ignore):
        name = path.relative_to(folder).as_posix()
        if not NOTEBOOK.search(name) and taken.is_free(name):
            with suppress(Quarantine):
                files[name] = read_bytes(path, remaining)
                remaining -= len(files[name])
                taken.add(name)
    return files | {name: lab.files[name] for name in given if name in lab.files and taken.is_free(name)}


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
    return files, repairs


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
    return path.is_symlink() or (path.exists() and not path.is_dir())


def _why_no_notebook(folder: Path) -> tuple[str, str]:
    """Why there is no notebook in a folder, and what can be done."""
    names = [path.name for path in list_files(folder)]
    archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if archives:
        return "there is no notebook of this lab in it", f"Unpack {readable(archives[0])[:80]!r} there, and grade again"
    shown = ", ".join(repr(readable(name)[:80]) for name in names[:5])
    found = f", only {shown}{' and others' if len(names) > 5 else ''}" if names else ""
    return f"there is no notebook of this lab in it{found}", "Hand in the .ipynb file itself"


def _flags(folder: Path, files: Iterable[Path]) -> Iterable[str]:
    for path in files:
        if path.lstat().st_nlink > 1:
            # A hard link may point to another account's file.
            yield f"The file {path.name!r} is one of several names of the same file (a hard link)."
    if holds_too_many_files(folder):
        yield f"The folder holds more than {MOST_FILES:,} files; the rest was left out."
