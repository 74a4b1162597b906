"""The instructor's notebook, run once: what its cells do to the judge's names, and which names are the student's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from autograder.cells import Cell, Role
from autograder.judging.fingerprints import changed_since, fingerprints
from autograder.judging.tests import CompiledTest, compile_tests
from autograder.python_names import Lesson, bound_names, changed_names, derived_names, imported_names
from autograder.wall.namespace import Namespace
from autograder.wall.shell import NotebookShell, run_cell

_OF_THE_SHELL = re.compile(r"_+|_i{1,3}|_[io]h|_dh|_i?\d+|In|Out|exit|quit|open|get_ipython|__\w+__")
_ANSWERS = (Role.SOLUTION, Role.ANSWER)
_TOOLS = (type, FunctionType, BuiltinFunctionType, ModuleType, type(None))


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
        tests: its tests, compiled, by grade id.
    """

    cells: Sequence[Cell]
    effects: Mapping[int, Effect]
    student_names: frozenset[str]
    shared_names: frozenset[str]
    failures: Mapping[str, str]
    tests: Mapping[str, CompiledTest]


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
    lessons: list[Lesson] = []
    for index, cell in enumerate(cells):
        if cell.kind != "code":
            continue
        before = dict(namespace)
        watched = fingerprints(before) if cell.role is not Role.TEST else {}
        error = run_cell(shell, cell.source).error
        effect = _effect(before, namespace)
        if cell.role in _ANSWERS:
            names |= (set(effect.bound) | bound_names(cell.source)) - imported_names(cell.source)
            names |= {name for name in changed_names(cell.source) if not isinstance(namespace.get(name), _TOOLS)}
            names |= changed_since(watched, before)
        elif cell.role is Role.TEST:
            if error is not None:
                failures[cell.grade_id or ""] = f"{type(error).__name__}: {error}"
        else:
            effects[index] = effect
            lessons.append(Lesson(cell.source, frozenset(effect.bound), changed_since(watched, before)))
    modules = {name for name, value in namespace.items() if isinstance(value, ModuleType)}
    names = {name for name in names if not _OF_THE_SHELL.fullmatch(name)} - modules
    names |= {name for name in derived_names(lessons, frozenset(names)) if not _OF_THE_SHELL.fullmatch(name)} - modules
    shared = {name for effect in effects.values() for name, value in effect.bound.items() if callable(value)}
    namespace.clear()
    namespace.update(fresh)
    tests = compile_tests(shell, cells)
    return Rehearsal(tuple(cells), effects, frozenset(names), frozenset(shared - names), failures, tests)


def _effect(before: Mapping[str, Any], after: Mapping[str, Any]) -> Effect:
    bound = {
        name: value
        for name, value in after.items()
        if (name not in before or before[name] is not value) and not _OF_THE_SHELL.fullmatch(name)
    }
    return Effect(bound, frozenset(before) - frozenset(after))
