"""Choose the attempt that counts: the last before the deadline, or the last of all if all are late."""

import filecmp
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.collect.notebooks import Labs
from autograder.collect.owners import SubmittedFile
from autograder.course.recognition import NotebookName
from autograder.untrusted.file_names import copy_number, is_notebook_path, rank
from autograder.untrusted.paths import Parts

_OLD_FOLDER = re.compile(
    r"(?:.{0,200}[ _-])?(?:old|older|saved|save|backups?|bak|archiv|archive|archived|previous|trash|tmp|temp|drafts?"
    r"|alt|alte|ancien|vieux|viejo|antiguo|vecchio|oud|stary|старый|старое)(?:[ _-]?\d{0,4})",
    re.IGNORECASE,
)
"""Names of folders in which people keep what they no longer want."""


@dataclass(frozen=True)
class ChosenAttempt:
    """The attempt of a student at one lab that counts.

    Attributes:
        lab: the lab.
        files: path in the submission's folder → file.
        time: when it was handed in (UTC, without a zone); None if the source does not say.
        upload: the platform's number of the last upload; None if there is none.
        late: whether it came after the deadline.
        not_chosen: the paths of the notebooks of other attempts.
        left_aside: of those that differ and of which nothing said whether they are older: (taken, left) paths.
    """

    lab: str
    files: dict[str, SubmittedFile]
    time: datetime | None
    upload: int | None
    late: bool
    not_chosen: tuple[str, ...] = ()
    left_aside: tuple[tuple[str, str], ...] = ()

    def leave_out_beyond(self, most: int) -> int:
        """Leave out data files from where all of them together hold more than so many bytes; returns how many."""
        total, before = 0, len(self.files)
        for name, file in list(self.files.items()):
            if not name.endswith(".ipynb"):
                total += file.found.content.stat().st_size
                if total > most:
                    del self.files[name]
        return before - len(self.files)


def choose(
    files: Iterable[SubmittedFile], labs: Labs, times: dict[Parts, datetime], deadlines: dict[str, datetime | None]
) -> tuple[list[ChosenAttempt], list[SubmittedFile]]:
    """Choose among one student's files.

    Args:
        files: all files that the student has handed in.
        labs: the labs.
        times: folder in the source → the time in its timestamp.txt, which overrides the files' own times.
        deadlines: lab → when it was due (UTC, without a zone); None without a deadline.

    Returns:
        The attempts that count, one for each lab, and the files that belong to no lab.
    """
    attempts: defaultdict[NotebookName, list[SubmittedFile]] = defaultdict(list)
    others: list[SubmittedFile] = []
    misnamed: list[tuple[NotebookName, SubmittedFile]] = []
    files = list(files)
    for file, actual in zip(files, labs.misnamed(files), strict=True):
        notebook = labs.by_name(file.inside)
        if actual is not None:
            misnamed.append((actual, file))
        else:
            (others if notebook is None else attempts[notebook]).append(file)
    by_right_name = frozenset(attempts)
    for actual, file in misnamed:
        (attempts[actual] if actual not in by_right_name and labs.collects(actual) else others).append(file)
    _add_renamed(others, labs, attempts)
    chosen_as_notebooks = {id(file) for found in attempts.values() for file in found}
    others = [file for file in others if id(file) not in chosen_as_notebooks]
    single = labs.single()
    if single is not None and not attempts:
        # Only one notebook is collected, so a notebook of any name must be that one.
        notebooks = [file for file in others if file.inside[-1].lower().endswith(".ipynb")]
        others = [file for file in others if not file.inside[-1].lower().endswith(".ipynb")]
        if notebooks:
            attempts[single] = notebooks
    by_lab: defaultdict[str, dict[str, list[SubmittedFile]]] = defaultdict(dict)
    for notebook_name, candidates in attempts.items():
        by_lab[notebook_name.lab][notebook_name.notebook] = candidates
    chosen = [_choose(lab, its_notebooks, times, deadlines.get(lab)) for lab, its_notebooks in sorted(by_lab.items())]
    data = _DataFiles(chosen, by_lab)
    rest = [file for file in others if not data.add(file)]
    return chosen, rest


def _add_renamed(files: Iterable[SubmittedFile], labs: Labs, attempts: dict[NotebookName, list[SubmittedFile]]) -> None:
    """Add notebooks of other names, recognised by their cells, unless one of the right name was handed in."""
    found_by_name = frozenset(attempts)
    files = list(files)
    found = labs.by_contents([(file.inside[-1], file.found.content) for file in files])
    for file, notebook in zip(files, found, strict=True):
        if notebook is not None and notebook not in found_by_name:
            attempts.setdefault(notebook, []).append(file)


def _time_of(file: SubmittedFile, times: dict[Parts, datetime]) -> datetime | None:
    """When a file was handed in; None if the source does not say."""
    parts = file.found.parts
    for length in range(len(parts) - 1, -1, -1):
        if parts[:length] in times and length >= len(parts) - len(file.inside):
            return times[parts[:length]]
    return file.found.time if file.timed else None


def _choose(
    lab: str, notebooks: dict[str, list[SubmittedFile]], times: dict[Parts, datetime], deadline: datetime | None
) -> ChosenAttempt:
    def is_late(file: SubmittedFile) -> bool:
        time = _time_of(file, times)
        return file.late or (deadline is not None and time is not None and time > deadline)

    def said(file: SubmittedFile) -> tuple[bool, datetime, int]:
        return not is_late(file), _time_of(file, times) or datetime.min, file.upload or 0

    files: dict[str, SubmittedFile] = {}
    not_chosen: list[str] = []
    left_aside: list[tuple[str, str]] = []
    for notebook, candidates in sorted(notebooks.items()):
        # Where nothing says which is the latest, the one that looks most like the notebook itself.
        best = max(sorted(candidates, key=lambda file: file.found.name), key=said)
        likely = [file for file in candidates if said(file) == said(best)]
        best = min(likely, key=lambda file: _distance(file, notebook))
        files[f"{notebook}.ipynb"] = best
        not_chosen += [file.found.name for file in candidates if file is not best]
        left_aside += [
            (best.found.name, file.found.name)
            for file in likely
            if file is not best and not _are_equal(file.found.content, best.found.content)
        ]
    known = [time for file in files.values() if (time := _time_of(file, times)) is not None]
    uploads = [file.upload for file in files.values() if file.upload is not None]
    return ChosenAttempt(
        lab,
        files,
        max(known, default=None),
        max(uploads, default=None),
        any(is_late(file) for file in files.values()),
        tuple(not_chosen),
        tuple(left_aside),
    )


def _are_equal(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _distance(file: SubmittedFile, notebook: str) -> tuple[bool, bool, int, int, int, str]:
    """How far a file's path is from the notebook's own name at the top of what was handed in."""
    order = rank(file.inside[-1], notebook)
    is_old = any(_OLD_FOLDER.fullmatch(folder) for folder in file.inside[:-1])
    name = file.inside[-1]
    return is_old, order != 0, len(file.inside), 99 if order is None else order, -copy_number(name), file.found.name


class _DataFiles:
    """Adds data files to the attempts that they belong to. The work grows with their number, and not with its square.

    Args:
        chosen: the attempts that count.
        attempts: lab → notebook → all files that were handed in for it.
    """

    def __init__(
        self, chosen: Sequence[ChosenAttempt], attempts: Mapping[str, Mapping[str, Sequence[SubmittedFile]]]
    ) -> None:
        self._chosen = [(attempt, _Paths(attempt.files), _notebook_folders(attempt)) for attempt in chosen]
        self._folders = {
            lab: {candidate.inside[:-1] for candidates in notebooks.values() for candidate in candidates}
            for lab, notebooks in attempts.items()
        }

    def add(self, file: SubmittedFile) -> bool:
        """Add a file, unless it lies beside the notebook of another attempt.

        Returns:
            Whether it was added to any.
        """
        above = [file.inside[:length] for length in range(len(file.inside) - 1, -1, -1)]
        labs_beside = {lab for lab, folders in self._folders.items() if any(it in folders for it in above if it)}
        added = False
        for attempt, paths, its_folders in self._chosen:
            nearest = next((folder for folder in above if folder in self._folders[attempt.lab]), None)
            if nearest in its_folders:
                added |= paths.add("/".join(file.inside[len(nearest or ()) :]), file)
            elif nearest is None and not labs_beside - {attempt.lab}:
                added |= paths.add("/".join(file.inside), file)
        return added


def _notebook_folders(attempt: ChosenAttempt) -> set[Parts | None]:
    return {notebook.inside[:-1] for name, notebook in attempt.files.items() if name.endswith(".ipynb")}


class _Paths:
    """The paths of an attempt's files, to which others are added.

    Args:
        files: path → file; it is added to.
    """

    def __init__(self, files: dict[str, SubmittedFile]) -> None:
        self._files = files
        self._folders: set[str] = set()
        # The feedback page of a notebook will lie beside it.
        self._pages = {name.removesuffix(".ipynb").casefold() + ".html" for name in files}

    def add(self, name: str, file: SubmittedFile) -> bool:
        """Add a file, unless its path is a notebook's or a page's, or another file's or a folder's.

        Of two data files with one path the later one is taken.

        Returns:
            Whether the file was added, or a later one was there.
        """
        parents = [name[:end] for end, letter in enumerate(name) if letter == "/"]
        if name.endswith(".ipynb") or is_notebook_path("/".join(parents[-1:])):
            return False
        if name.partition("/")[0].casefold() in self._pages:
            return False
        if name in self._folders or any(parent in self._files for parent in parents):
            return False
        before = self._files.get(name)
        if before is None or _rank(file) >= _rank(before):
            self._files[name] = file
        self._folders.update(parents)
        return True


def _rank(file: SubmittedFile) -> tuple[datetime, int]:
    return file.found.time or datetime.min, file.upload or 0
