"""What is to be judged, as plain data: the coordinator makes it, a judge takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.limits import Limits
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict
from autograder.wall.profile import Profile, Recorder
from autograder.wire import from_plain, to_plain


@dataclass(frozen=True)
class Case:
    """What is to be judged.

    Attributes:
        submitted: the student's notebook.
        files: the data files of the lab and of the student: path → content.
        secret: from which the hidden inputs of each cell are drawn.
        profile: what the submission may do; a recorder where the instructor's own solution is judged, to find that out.
        limits: what it may use.
        excluded: tests that are not to be run, by the cell's index, with the verdict: for example since a judge has
            died of them.
        beside: tests that run beside student code, by grade id, each with the ids of the tests above it that must run
            before it in the same process.
        replayed: those of them for which all cells and tests above must run again in one process, in their order.
        all_cells: whether no cell is skipped: it may rely on what it was graded without.
    """

    submitted: SubmittedNotebook
    files: Mapping[str, bytes]
    secret: bytes
    profile: Profile | Recorder
    limits: Limits
    excluded: Mapping[int, CellVerdict] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replayed: frozenset[str] = frozenset()
    all_cells: bool = False

    @property
    def rehearsal(self) -> bool:
        """Whether it is the instructor's own solution, which is judged before any submission."""
        return isinstance(self.profile, Recorder)


def broken(cell: Cell, reason: str) -> CellVerdict:
    """The verdict where the grader itself failed: no points, and a person must look."""
    return CellVerdict(cell.grade_id or "", None, cell.points, CellStatus.BROKE, f"The grader itself failed: {reason}")


def complete(submitted: SubmittedNotebook, outcomes: Mapping[int, CellOutcome], reason: str) -> tuple[CellOutcome, ...]:
    """One outcome for each cell; a graded cell that the judge never came to is the grader's failure.

    Args:
        submitted: the student's notebook.
        outcomes: what was reported, by the cell's index.
        reason: why the rest was not.
    """
    found = []
    for index, cell in enumerate(submitted.cells):
        missing = CellOutcome(verdict=broken(cell, reason) if cell.role is Role.TEST or cell.graded else None)
        found.append(outcomes.get(index, missing))
    return tuple(found)


def case_to_plain(case: Case) -> dict[str, Any]:
    """A case as plain data. A recorder is sent as None: the judge begins a new one."""
    return {
        "name": case.submitted.name,
        "cells": to_plain(case.submitted.cells),
        "unanswered": sorted(case.submitted.unanswered),
        "files": dict(case.files),
        "secret": case.secret,
        "limits": to_plain(case.limits),
        "profile": None if isinstance(case.profile, Recorder) else to_plain(case.profile),
        "excluded": [[index, to_plain(verdict)] for index, verdict in sorted(case.excluded.items())],
        "replayed": sorted(case.replayed),
        "all_cells": case.all_cells,
        "beside": [[grade_id, list(earlier)] for grade_id, earlier in sorted(case.beside.items())],
    }


def case_from_plain(plain: dict[str, Any]) -> Case:
    """A case from what `case_to_plain` made of it.

    Raises:
        KeyError: a part is missing.
        MalformedRecordError: a part is of another type.
    """
    submitted = SubmittedNotebook(
        plain["name"], from_plain(tuple[Cell, ...], plain["cells"]), frozenset(plain["unanswered"])
    )
    profile = Recorder() if plain["profile"] is None else from_plain(Profile, plain["profile"])
    excluded = {index: from_plain(CellVerdict, verdict) for index, verdict in plain["excluded"]}
    limits = from_plain(Limits, plain["limits"])
    beside = {grade_id: tuple(earlier) for grade_id, earlier in plain["beside"]}
    replayed = frozenset(plain["replayed"])
    everything = from_plain(bool, plain["all_cells"])
    return Case(submitted, plain["files"], plain["secret"], profile, limits, excluded, beside, replayed, everything)
