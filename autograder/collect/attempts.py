"""Which of several attempts counts: the last one in time, or the last one of all where all are late."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autograder.collect.findings import Parts, Place
from autograder.collect.labs import Labs
from autograder.collect.owners import Handed

_COPY = re.compile(r"(?:\((\d{1,4})\)|-(\d{1,4})|-copy(\d{0,4}))(?=\.ipynb)", re.IGNORECASE)


@dataclass(frozen=True)
class Chosen:
    """What counts of a student's attempts at one lab.

    Attributes:
        lab: the lab.
        files: path in the submission's folder → file.
        time: when it was handed in (UTC, without a zone); None if nobody says.
        upload: the platform's number of the last upload; None if there is none.
        late: whether it came after the deadline.
        passed_over: the names of the files of other attempts.
    """

    lab: str
    files: dict[str, Handed]
    time: datetime | None
    upload: int | None
    late: bool
    passed_over: tuple[str, ...] = ()


def choose(
    files: Iterable[Handed], labs: Labs, times: dict[Parts, datetime], deadlines: dict[str, datetime | None]
) -> tuple[list[Chosen], list[Handed]]:
    """Choose among one student's files.

    Args:
        files: all that the student has handed in.
        labs: the labs.
        times: folder in the source → what the timestamp.txt in it says; it outweighs the files' own times.
        deadlines: lab → when it was due (UTC, without a zone); None where that is open.

    Returns:
        What counts, a record for each lab, and the files that belong to no lab.
    """
    attempts: defaultdict[Place, list[Handed]] = defaultdict(list)
    others: list[Handed] = []
    for file in files:
        place = labs.place(file.inside)
        (others if place is None else attempts[place]).append(file)
    _recognise(others, labs, attempts)
    others = [file for file in others if not any(file in found for found in attempts.values())]
    single = labs.single()
    if single is not None and not attempts:
        # A notebook under another name is a notebook of the lab all the same: it is the only one that there can be.
        strays = [file for file in others if file.inside[-1].lower().endswith(".ipynb")]
        others = [file for file in others if file not in strays]
        if strays:
            attempts[single] = strays
    by_lab: defaultdict[str, dict[str, list[Handed]]] = defaultdict(dict)
    for place, candidates in attempts.items():
        by_lab[place.lab][place.notebook] = candidates
    chosen = [_choose(lab, notebooks, times, deadlines.get(lab)) for lab, notebooks in sorted(by_lab.items())]
    rest = [file for file in others if not _goes_along(file, chosen, by_lab)]
    return chosen, rest


def _recognise(files: Iterable[Handed], labs: Labs, attempts: dict[Place, list[Handed]]) -> None:
    """Find notebooks of other names by what they hold, where none of the lab's own name was handed in."""
    named = frozenset(attempts)
    for file in files:
        place = labs.recognised(file.inside[-1], file.found.content)
        if place is not None and place not in named:
            attempts.setdefault(place, []).append(file)


def time_of(file: Handed, times: dict[Parts, datetime]) -> datetime | None:
    """When a file was handed in, as far as the source says so."""
    parts = file.found.parts
    for length in range(len(parts) - 1, -1, -1):
        if parts[:length] in times and length >= len(parts) - len(file.inside):
            return times[parts[:length]]
    return file.found.time if file.timed else None


def _choose(
    lab: str, notebooks: dict[str, list[Handed]], times: dict[Parts, datetime], deadline: datetime | None
) -> Chosen:
    def is_late(file: Handed) -> bool:
        time = time_of(file, times)
        return file.late or (deadline is not None and time is not None and time > deadline)

    def order(file: Handed) -> tuple[bool, datetime, int, int, str]:
        return (
            not is_late(file),
            time_of(file, times) or datetime.min,
            file.upload or 0,
            _copy_number(file.inside[-1]),
            file.found.name,
        )

    files: dict[str, Handed] = {}
    passed_over: list[str] = []
    for notebook, candidates in sorted(notebooks.items()):
        best = max(candidates, key=order)
        files[f"{notebook}.ipynb"] = best
        passed_over += [file.found.name for file in candidates if file is not best]
    known = [time for file in files.values() if (time := time_of(file, times)) is not None]
    uploads = [file.upload for file in files.values() if file.upload is not None]
    return Chosen(
        lab,
        files,
        max(known, default=None),
        max(uploads, default=None),
        any(is_late(file) for file in files.values()),
        tuple(passed_over),
    )


def _goes_along(file: Handed, chosen: list[Chosen], attempts: dict[str, dict[str, list[Handed]]]) -> bool:
    """Put a data file into the submissions that it belongs to; one beside another attempt's notebook stays there."""
    folders = {
        lab: {candidate.inside[:-1] for candidates in notebooks.values() for candidate in candidates}
        for lab, notebooks in attempts.items()
    }
    went = False
    for it in chosen:
        counting = {notebook.inside[:-1] for name, notebook in it.files.items() if name.endswith(".ipynb")}
        nearest = max((at for at in folders[it.lab] if _within(file, at)), key=len, default=None)
        elsewhere = any(_within(file, at) for lab, all_of in folders.items() if lab != it.lab for at in all_of if at)
        if nearest in counting:
            went |= _add(it.files, "/".join(file.inside[len(nearest or ()) :]), file)
        elif nearest is None and not elsewhere:
            went |= _add(it.files, "/".join(file.inside), file)
    return went


def _within(file: Handed, folder: Parts) -> bool:
    return file.inside[: len(folder)] == folder and len(file.inside) > len(folder)


def _add(files: dict[str, Handed], name: str, file: Handed) -> bool:
    """Of two files of one name the later one is taken; no file takes the place of a notebook or of a folder."""
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


def _rank(file: Handed) -> tuple[datetime, int]:
    return file.found.time or datetime.min, file.upload or 0


def _copy_number(name: str) -> int:
    match = _COPY.search(name)
    return int(next(filter(None, match.groups()), "1")) if match else 0
