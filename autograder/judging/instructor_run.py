"""The instructor's notebook, run once: what its cells do to the judge's names, and which names are the student's.

The student's names are those that solution cells bind or change, and those that other cells compute from them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy
import torch

from autograder.cells import ANSWERS, Cell, Role
from autograder.judging.compiled_tests import CompiledTest, compile_tests
from autograder.python_names import ExecutedCell, bound_names, changed_names, derived_names, imported_names
from autograder.wall.codec import Encoder
from autograder.wall.errors import UnsendableError
from autograder.wall.ipython_shell import NotebookShell, run_cell
from autograder.wall.namespace import Namespace
from autograder.wall.values import Node, write_tensor

_SHELL_NAMES = re.compile(r"_+|_i{1,3}|_[io]h|_dh|_i?\d+|In|Out|exit|quit|open|get_ipython|__\w+__")
_NEVER_CHANGED = (type, FunctionType, BuiltinFunctionType, ModuleType, type(None))
_LARGEST_COMPARED = 10_000_000
# Python sets these attributes of a class when they are first read.
_SET_WHEN_READ = frozenset({"__annotations__", "__abstractmethods__", "__parameters__", "__signature__", "_abc_impl"})


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
class InstructorRun:
    """The instructor's notebook after it was run.

    Attributes:
        cells: its cells.
        effects: for each cell that is neither a solution nor a test, what it did; by the cell's index.
        student_names: the names that a grade cell asks the student's side for.
        shared_names: functions of the other cells, which the student's side has under the same name.
        failures: grade ids of tests that the instructor's own solution fails, with what they raised.
        tests: its tests, compiled, by grade id.
    """

    cells: Sequence[Cell]
    effects: Mapping[int, Effect]
    student_names: frozenset[str]
    shared_names: frozenset[str]
    failures: Mapping[str, str]
    tests: Mapping[str, CompiledTest]


def run_instructor_notebook(shell: NotebookShell, namespace: Namespace, cells: Sequence[Cell]) -> InstructorRun:
    """Run the instructor's notebook, and note what its cells do.

    Args:
        shell: a fresh shell whose names are ``namespace``.
        namespace: where it runs; afterwards it holds what it held before.
        cells: the instructor's cells, solutions and hidden tests included.
    """
    fresh = dict(namespace)
    effects: dict[int, Effect] = {}
    failures: dict[str, str] = {}
    names: set[str] = set()
    others: list[ExecutedCell] = []
    for index, cell in enumerate(cells):
        if cell.kind != "code":
            continue
        before = dict(namespace)
        contents = _contents(before) if cell.role is not Role.TEST else {}
        error = run_cell(shell, cell.source).error
        effect = _effect(before, namespace)
        if cell.role in ANSWERS:
            names |= (set(effect.bound) | bound_names(cell.source)) - imported_names(cell.source)
            names |= {
                name for name in changed_names(cell.source) if not isinstance(namespace.get(name), _NEVER_CHANGED)
            }
            names |= _changed_since(contents, before)
        elif cell.role is Role.TEST:
            if error is not None:
                failures[cell.grade_id or ""] = f"{type(error).__name__}: {error}"
        else:
            effects[index] = effect
            others.append(ExecutedCell(cell.source, frozenset(effect.bound), _changed_since(contents, before)))
    modules = {name for name, value in namespace.items() if isinstance(value, ModuleType)}
    names = {name for name in names if not _SHELL_NAMES.fullmatch(name)} - modules
    names |= {name for name in derived_names(others, frozenset(names)) if not _SHELL_NAMES.fullmatch(name)} - modules
    shared = {name for effect in effects.values() for name, value in effect.bound.items() if callable(value)}
    namespace.clear()
    namespace.update(fresh)
    tests = compile_tests(shell, cells)
    return InstructorRun(tuple(cells), effects, frozenset(names), frozenset(shared - names), failures, tests)


def _effect(before: Mapping[str, Any], after: Mapping[str, Any]) -> Effect:
    bound = {
        name: value
        for name, value in after.items()
        if (name not in before or before[name] is not value) and not _SHELL_NAMES.fullmatch(name)
    }
    return Effect(bound, frozenset(before) - frozenset(after))


def _contents(names: Mapping[str, Any]) -> dict[str, Node]:
    """What the values of names hold now, in a form that shows changes in place. Modules are left out."""
    found = {}
    for name, value in names.items():
        try:
            content = _content(value)
        except (UnsendableError, RuntimeError, RecursionError):
            continue
        if content is not None:
            found[name] = content
    return found


def _changed_since(before: Mapping[str, Node], names: Mapping[str, Any]) -> frozenset[str]:
    """The names whose values hold something else than they did when `before` was taken."""
    now = _contents(names)
    return frozenset(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _content(value: Any) -> Node:  # noqa: ANN401 - any value
    if isinstance(value, (list, dict, set, bytearray)):
        return _write_value(value)
    if isinstance(value, (numpy.ndarray, torch.Tensor)):
        return _write_value(value) if value.nbytes < _LARGEST_COMPARED else None
    if isinstance(value, torch.nn.Module):
        state = {name: tensor for name, tensor in value.state_dict().items() if isinstance(tensor, torch.Tensor)}
        small = sum(tensor.nbytes for tensor in state.values()) < _LARGEST_COMPARED
        return [value.training, _write_value(state)] if small else None
    if isinstance(value, (type, FunctionType)):
        # Those of libraries change at any time.
        own = value.__module__ == "__main__"
        return {name: id(item) for name, item in vars(value).items() if name not in _SET_WHEN_READ} if own else None
    if type(value).__module__ == "__main__" and not isinstance(value, ModuleType) and hasattr(value, "__dict__"):
        return _write_value(vars(value))
    return None


def _write_value(value: object) -> Node:
    return Encoder(_write_other).write(value)


def _write_other(value: object, _: Encoder) -> Node:
    if isinstance(value, torch.Tensor) and value.layout is torch.strided and value.nbytes < _LARGEST_COMPARED:
        return ["tensor", write_tensor(value)]
    return ["other", id(value)]
