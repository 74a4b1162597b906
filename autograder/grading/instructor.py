"""The instructor's notebook, run once: what its cells do to the judge's names, and which names are the student's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy
import torch

from autograder.cells import Cell, Role
from autograder.grading.names import bound_names, changed_names, derived_names, imported_names
from autograder.wall.codec import Encoder
from autograder.wall.faults import UnsendableError
from autograder.wall.namespace import Namespace
from autograder.wall.shell import NotebookShell, run_cell

_OF_THE_SHELL = re.compile(r"_+|_i{1,3}|_[io]h|_dh|_i?\d+|In|Out|exit|quit|open|get_ipython|__\w+__")
_ANSWERS = (Role.SOLUTION, Role.ANSWER)
_TOOLS = (type, FunctionType, BuiltinFunctionType, ModuleType, type(None))
_LARGEST_WATCHED = 10_000_000


@dataclass(frozen=True)
class Effect:
    """What a cell did to the judge's names.

    Attributes:
        bound: names that it bound, with their values.
        deleted: names that it deleted.
    """

    bound: Mapping[str, Any]
    deleted: frozenset[str]


@dataclass(frozen=True)
class Rehearsal:
    """The instructor's notebook after it was run.

    Attributes:
        cells: its cells.
        effects: for each cell that is neither a solution nor a test, what it did; by the cell's index.
        student_names: the names that a grade cell asks the student's side for.
        shared_names: functions of the lesson that the student's side has under the same name.
        failures: grade ids of tests that the instructor's own solution fails, with what they raised.
    """

    cells: Sequence[Cell]
    effects: Mapping[int, Effect]
    student_names: frozenset[str]
    shared_names: frozenset[str]
    failures: Mapping[str, str]


def rehearse(shell: NotebookShell, namespace: Namespace, cells: Sequence[Cell]) -> Rehearsal:
    """Run the instructor's notebook, and take note.

    Args:
        shell: a fresh shell whose names are ``namespace``.
        namespace: where it runs; afterwards it holds what it held before.
        cells: the instructor's cells, solutions and hidden tests included.
    """
    fresh = dict(namespace)
    effects: dict[int, Effect] = {}
    failures: dict[str, str] = {}
    names: set[str] = set()
    for index, cell in enumerate(cells):
        if cell.kind != "code":
            continue
        before = dict(namespace)
        watched = _fingerprints(before) if cell.role in _ANSWERS else {}
        error = run_cell(shell, cell.source).error
        effect = _effect(before, namespace)
        if cell.role in _ANSWERS:
            names |= (set(effect.bound) | bound_names(cell.source)) - imported_names(cell.source)
            names |= {name for name in changed_names(cell.source) if not isinstance(namespace.get(name), _TOOLS)}
            names |= {name for name, print_ in _fingerprints(before).items() if watched.get(name) != print_}
        elif cell.role is Role.TEST:
            if error is not None:
                failures[cell.grade_id or ""] = f"{type(error).__name__}: {error}"
        else:
            effects[index] = effect
    modules = {name for name, value in namespace.items() if isinstance(value, ModuleType)}
    lesson = [cells[index].source for index in effects]
    names = {name for name in names if not _OF_THE_SHELL.fullmatch(name)} - modules
    names |= derived_names(lesson, frozenset(names)) - modules
    shared = {name for effect in effects.values() for name, value in effect.bound.items() if callable(value)}
    namespace.clear()
    namespace.update(fresh)
    return Rehearsal(tuple(cells), effects, frozenset(names), frozenset(shared - names), failures)


def _effect(before: Mapping[str, Any], after: Mapping[str, Any]) -> Effect:
    bound = {
        name: value
        for name, value in after.items()
        if (name not in before or before[name] is not value) and not _OF_THE_SHELL.fullmatch(name)
    }
    return Effect(bound, frozenset(before) - frozenset(after))


def _fingerprints(names: Mapping[str, Any]) -> dict[str, Any]:
    """What the plain mutable values hold now, in a form that can be compared."""
    found = {}
    for name, value in names.items():
        if isinstance(value, (list, dict, set, bytearray)) or (
            isinstance(value, (numpy.ndarray, torch.Tensor)) and value.nbytes < _LARGEST_WATCHED
        ):
            try:
                found[name] = Encoder(lambda other, _: ["other", id(other)]).write(value)
            except (UnsendableError, RuntimeError, RecursionError):
                continue
    return {name: print_ for name, print_ in found.items() if not _OF_THE_SHELL.fullmatch(name)}
