"""What the coordinator and the stage tell each other, as plain data."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.judging.case import Case
from autograder.judging.supervisor import read_verdict
from autograder.limits import Limits
from autograder.wall.profile import Profile, Recorder


def write_cells(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Cells as dictionaries."""
    # Not `asdict`, which copies each value: this is done several times for each submission.
    return [dict(vars(cell)) for cell in cells]


def read_cells(message: list[dict[str, Any]]) -> tuple[Cell, ...]:
    """What `write_cells` wrote."""
    return tuple(Cell(**(cell | {"role": Role(cell["role"])})) for cell in message)


def write_notebook(notebook: LabNotebook) -> dict[str, Any]:
    """A lab's notebook as a dictionary."""
    return {
        "name": notebook.name,
        "source": write_cells(notebook.source),
        "released": write_cells(notebook.released),
    }


def read_notebook(message: dict[str, Any]) -> LabNotebook:
    """What `write_notebook` wrote."""
    return LabNotebook(message["name"], read_cells(message["source"]), read_cells(message["released"]))


def write_case(case: Case) -> dict[str, Any]:
    """A case as a dictionary; a recorder is written as nothing: the other side begins a new one."""
    profile = case.profile
    return {
        "name": case.submitted.name,
        "cells": write_cells(case.submitted.cells),
        "unanswered": sorted(case.submitted.unanswered),
        "files": dict(case.files),
        "secret": case.secret,
        "limits": asdict(case.limits),
        "profile": None if isinstance(profile, Recorder) else write_profile(profile),
        "excluded": [[index, asdict(verdict)] for index, verdict in sorted(case.excluded.items())],
    }


def read_case(message: dict[str, Any]) -> Case:
    """What `write_case` wrote."""
    submitted = SubmittedNotebook(message["name"], read_cells(message["cells"]), frozenset(message["unanswered"]))
    profile = Recorder() if message["profile"] is None else read_profile(message["profile"])
    excluded = {index: read_verdict(verdict) for index, verdict in message["excluded"]}
    return Case(submitted, message["files"], message["secret"], profile, Limits(**message["limits"]), excluded)


def write_profile(profile: Profile) -> dict[str, list[str]]:
    """A profile as a dictionary."""
    return {name: sorted(noted) for name, noted in vars(profile).items()}


def read_profile(message: dict[str, list[str]]) -> Profile:
    """What `write_profile` wrote."""
    return Profile(**{field.name: frozenset(message[field.name]) for field in fields(Profile)})
