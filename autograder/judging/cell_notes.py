"""Notes what each cell of the instructor's notebook does to names, to the process and to files.

This takes longer than most cells, so it is done only where cells are tagged to be skipped, and once for a notebook.
"""

import builtins
import datetime
import decimal
import enum
import fractions
import gc
import hashlib
import logging
import os
import pathlib
import signal
import sys
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

import torch

from autograder.judging.assert_values import describe_error
from autograder.judging.fingerprints import Print
from autograder.judging.process_state import ProcessState
from autograder.judging.skipped_cells import CellNote
from autograder.wall.digests import digest
from autograder.wall.ipython_shell import NotebookShell
from autograder.wall.seeds import read_states

_GENERATORS: Final = ("random", "numpy", "torch")
_FIXED: Final = (
    *(type, FunctionType, BuiltinFunctionType, ModuleType, type(None), bool, int, float, complex, str, bytes, range),
    *(slice, torch.dtype, torch.device, torch.Size, decimal.Decimal, fractions.Fraction, enum.Enum, uuid.UUID),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, pathlib.PurePath),
)
"""Kinds whose values nothing changes in place, or of which other means tell."""
_ALIASES: Final = frozenset({"_collections_abc", "collections.abc", "types", "typing"})
"""The modules of names for types, as ``Callable[[float], float]``."""


@dataclass(frozen=True)
class Moment:
    """What a process holds before or after a cell.

    Attributes:
        generators: a digest of the states of the random generators.
        settings: the settings of libraries and of the process.
        files: the files of the working folder, each with what shows that it has changed.
        modules: for each module that a name stands for, its public attributes by identity.
        others: further parts of the process, by what they are called in a message.
        loaded: the names of the modules that are loaded.
    """

    generators: str
    settings: ProcessState
    files: Mapping[str, tuple[int, int]]
    modules: Mapping[str, Mapping[str, int]]
    others: Mapping[str, Any]
    loaded: frozenset[str]


class CellNotes:
    """Notes what cells do, one after another.

    Args:
        shell: the shell in which they run.
        namespace: their names.
    """

    def __init__(self, shell: NotebookShell, namespace: Mapping[str, Any]) -> None:
        self.notes: dict[int, CellNote] = {}
        """By the cell's index."""
        self._shell = shell
        self._namespace = namespace

    def moment(self) -> Moment:
        """What the process holds now."""
        modules = {value for value in self._namespace.values() if isinstance(value, ModuleType)}
        return Moment(
            _generators(),
            ProcessState.now(),
            _files(),
            {module.__name__: _public(module) for module in modules},
            self._others(),
            frozenset(sys.modules),
        )

    def note(
        self,
        index: int,
        before: tuple[Mapping[str, Any], Moment],
        error: BaseException | None,
        touched: Collection[str],
        mentioned: Mapping[str, Print],
    ) -> None:
        """Note what a cell has done.

        Args:
            index: its place in the notebook.
            before: the names, and what the process held, before it ran.
            error: what it raised, if anything.
            touched: the names that it has bound, deleted or changed.
            mentioned: the names that it mentions, with what tells a change of their values; those of which nothing
                tells it may have changed.
        """
        names, then = before
        now = self.moment()
        unseen = {name for name in mentioned if mentioned[name] is None and self._may_have_changed(names, name)}
        every = {*touched, *unseen}
        kept = [name for name in names if self._namespace.get(name, self) is names[name] and name not in every]
        self.notes[index] = CellNote(
            tuple(sorted(every)),
            tuple(sorted(kept)),
            tuple(sorted(name for name in every if _is_changeable(self._namespace.get(name)))),
            None if error is None else describe_error(error),
            {name: digest(self._namespace[name]) for name in sorted(touched) if name in self._namespace},
            now.generators if now.generators != then.generators else "",
            tuple(_changed_settings(then, now)),
            tuple(
                sorted(name for name in then.files.keys() | now.files if then.files.get(name) != now.files.get(name))
            ),
        )

    def _may_have_changed(self, names: Mapping[str, Any], name: str) -> bool:
        value = names.get(name)
        fixed = isinstance(value, _FIXED) or (callable(value) and type(value).__module__ != "__main__")
        return not fixed and not digest(value)

    def _others(self) -> dict[str, Any]:
        pyplot = sys.modules.get("matplotlib.pyplot")
        shell = self._shell
        magics = shell.magics_manager.magics
        return {
            "the names of Python itself": sorted(vars(builtins)),
            "the working folder": str(pathlib.Path.cwd()),
            # Libraries add folders of their own when they are loaded.
            "the folders from which modules are imported": [
                folder for folder in sys.path if not folder.startswith(f"{sys.prefix}{os.sep}")
            ],
            "which figures are open": [] if pyplot is None else list(pyplot.get_fignums()),
            "what becomes of signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
            "IPython's magics": [sorted(magics["line"]), sorted(magics["cell"])],
            "how IPython runs cells": [
                [len(shell.ast_transformers), len(shell.input_transformers_post), shell.ast_node_interactivity],
                {name: len(called) for name, called in shell.events.callbacks.items()},
            ],
            "what is traced": [sys.gettrace(), sys.getprofile(), gc.isenabled(), torch.is_anomaly_enabled()],
            "torch's threads and precision": [torch.get_num_threads(), torch.get_float32_matmul_precision()],
            "what is logged": [list(logging.root.handlers), logging.root.manager.disable],
            "where text is printed": [type(sys.stdout), type(sys.stderr), sys.displayhook, sys.excepthook],
        }


def _is_changeable(value: object) -> bool:
    return not isinstance(value, _FIXED) and type(value).__module__ not in _ALIASES


def _generators() -> str:
    return hashlib.blake2b(repr(read_states(_GENERATORS)).encode(), digest_size=16).hexdigest()


def _files() -> dict[str, tuple[int, int]]:
    found = {}
    for folder, _, names in os.walk("."):
        for name in names:
            path = pathlib.Path(folder, name)
            status = path.lstat()
            found[path.as_posix()] = status.st_size, status.st_mtime_ns
    return {name: state for name, state in found.items() if "__pycache__" not in name}


def _public(module: ModuleType) -> dict[str, int]:
    # Libraries import parts of themselves, and note for themselves what they have set up.
    return {
        name: id(value)
        for name, value in list(vars(module).items())
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }


def _changed_settings(then: Moment, now: Moment) -> Iterable[str]:
    for name in sorted(then.settings.changed_in(now.settings)):
        if name == "environment":
            yield from _changed_variables(then, now)
        elif name != "warnings" or _filters_changed(then, now):
            yield f"the settings of {name}"
    for name, value in then.others.items():
        if now.others[name] != value:
            yield name
    for module, names in then.modules.items():
        after = now.modules.get(module)
        # What a library makes at its first use is new; what was there and is something else was set.
        changed = [name for name in names if after is not None and after.get(name) != names[name]]
        if now.loaded != then.loaded:
            # A part of a library that is loaded late may replace the library's own functions.
            changed = [name for name in changed if not _is_own(module, name)]
        added = [name for name in after or () if name not in names and _is_data(module, name)]
        if changed or added:
            yield f"{module}.{[*changed, *added][0]}"


def _filters_changed(then: Moment, now: Moment) -> bool:
    """Whether what becomes of warnings has changed; libraries set it for single ones when they are loaded."""
    before, after = (moment.settings.values["warnings"] for moment in (then, now))
    if now.loaded == then.loaded:
        return bool(after != before)
    single = [item for item in after if item not in before and (item[1] or item[3] or _is_of_library(item[2]))]
    return bool([item for item in after if item not in single] != before)


def _is_of_library(category: type) -> bool:
    return category.__module__ != "builtins"


def _changed_variables(then: Moment, now: Moment) -> Iterator[str]:
    """The environment variables that were changed; libraries set some of their own when they are loaded."""
    before, after = (moment.settings.values["environment"] for moment in (then, now))
    loaded = tuple({name.partition(".")[0] for name in now.loaded - then.loaded})
    for name in sorted({name for name, _ in before.items() ^ after.items()}):
        if name in before or not name.lower().startswith(loaded):
            yield f"the environment variable {name}"


def _is_own(module: str, name: str) -> bool:
    value = getattr(sys.modules.get(module), name, None)
    package = module.partition(".")[0]
    return callable(value) and str(getattr(value, "__module__", "")).partition(".")[0] == package


def _is_data(module: str, name: str) -> bool:
    value = getattr(sys.modules.get(module), name, None)
    return not callable(value) and not isinstance(value, ModuleType)
