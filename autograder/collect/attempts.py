"""Choose the attempt that counts: the last before the deadline, or the last of all if all are late."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autograder.collect.notebooks import Labs
from autograder.collect.owners import SubmittedFile
from autograder.course.recognition import NotebookName
from autograder.untrusted.paths import Parts

_COPY = re.compile(r"(?:\((\d{1,4})\)|-(\d{1,4})|-copy(\d{0,4}))(?=\.ipynb)", re.IGNORECASE)


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
    """

    lab: str
    files: dict[str, SubmittedFile]
    time: datetime | None
    upload: int | None
    late: bool
    not_chosen: tuple[str, ...] = ()


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
    for file in files:
        notebook, actual = labs.by_name(file.inside), labs.misnamed(file.inside, file.found.content)
        if actual is not None:
            misnamed.append((actual, file))
        else:
            (others if notebook is None else attempts[notebook]).append(file)
    by_right_name = frozenset(attempts)
    for actual, file in misnamed:
        (attempts[actual] if actual not in by_right_name and labs.collects(actual) else others).append(file)
    _add_renamed(others, labs, attempts)
    others = [file for file in others if not any(file in found for found in attempts.values())]
    single = labs.single()
    if single is not None and not attempts:
        # Only one notebook is collected, so a notebook of any name must be that one.
        notebooks = [file for file in others if file.inside[-1].lower().endswith(".ipynb")]
        others = [file for file in others if file not in notebooks]
        if notebooks:
            attempts[single] = notebooks
    by_lab: defaultdict[str, dict[str, list[SubmittedFile]]] = defaultdict(dict)
    for notebook_name, candidates in attempts.items():
        by_lab[notebook_name.lab][notebook_name.notebook] = candidates
    chosen = [_choose(lab, its_notebooks, times, deadlines.get(lab)) for lab, its_notebooks in sorted(by_lab.items())]
    rest = [file for file in others if not _add_data_file(file, chosen, by_lab)]
    return chosen, rest


def _add_renamed(files: Iterable[SubmittedFile], labs: Labs, attempts: dict[NotebookName, list[SubmittedFile]]) -> None:
    """Add notebooks of other names, recognised by their cells, unless one of the right name was handed in."""
    found_by_name = frozenset(attempts)
    for file in files:
        notebook = labs.by_content(file.inside[-1], file.found.content)
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

    def order(file: SubmittedFile) -> tuple[bool, datetime, int, int, str]:
        return (
            not is_late(file),
            _time_of(file, times) or datetime.min,
            file.upload or 0,
            _copy_number(file.inside[-1]),
            file.found.name,
        )

    files: dict[str, SubmittedFile] = {}
    not_chosen: list[str] = []
    for notebook, candidates in sorted(notebooks.items()):
        best = max(candidates, key=order)
        files[f"{notebook}.ipynb"] = best
        not_chosen += [file.found.name for file in candidates if file is not best]
    known = [time for file in files.values() if (time := _time_of(file, times)) is not None]
    uploads = [file.upload for file in files.values() if file.upload is not None]
    return ChosenAttempt(
        lab,
        files,
        max(known, default=None),
        max(uploads, default=None),
        any(is_late(file) for file in files.values()),
        tuple(not_chosen),
    )


def _add_data_file(
    file: SubmittedFile, chosen: list[ChosenAttempt], attempts: dict[str, dict[str, list[SubmittedFile]]]
) -> bool:
    """Add a data file to the attempts that it belongs to, unless it lies beside the notebook of another attempt.

    Returns:
        Whether it was added to any.
    """
    folders = {
        lab: {candidate.inside[:-1] for candidates in notebooks.values() for candidate in candidates}
        for lab, notebooks in attempts.items()
    }
    added = False
    for attempt in chosen:
        its_folders = {notebook.inside[:-1] for name, notebook in attempt.files.items() if name.endswith(".ipynb")}
        nearest = max((folder for folder in folders[attempt.lab] if _within(file, folder)), key=len, default=None)
        in_another_lab = any(
            _within(file, folder)
            for lab, lab_folders in folders.items()
            if lab != attempt.lab
            for folder in lab_folders
            if folder
        )
        if nearest in its_folders:
            added |= _add(attempt.files, "/".join(file.inside[len(nearest or ()) :]), file)
        elif nearest is None and not in_another_lab:
            added |= _add(attempt.files, "/".join(file.inside), file)
    return added


def _within(file: SubmittedFile, folder: Parts) -> bool:
    return file.inside[: len(folder)] == folder and len(file.inside) > len(folder)


def _add(files: dict[str, SubmittedFile], name: str, file: SubmittedFile) -> bool:
    """Add a file under a path, unless it is a notebook or the path is another file's or a folder's.

    Of two data files with one path the later one is taken.

    Returns:
        Whether the file was added, or a later one was there.
    """
    if name.endswith(".ipynb"):
        return False
    taken = {*files}
    parents = {name.rsplit("/", depth)[0] for depth in range(1, name.count("/") + 1)}
    if parents & taken or any(it.startswith(f"{name}/") for it in taken):
        return False
    before = files.get(name)
    if before is None or _rank(file) >= _rank(before):
        files[name] = file
    return True


def _rank(file: SubmittedFile) -> tuple[datetime, int]:
    return file.found.time or datetime.min, file.upload or 0


def _copy_number(name: str) -> int:
    match = _COPY.search(name)
    return int(next(filter(None, match.groups()), "1")) if match else 0
