"""A copy of the student's process, made at a test's place in the notebook: the test runs in it, beside student code.

The copy waits until all cells of the notebook have run, and gets the test only then. So nothing that student code does
while the test runs can reach an output of a cell: those outputs are with the judge already. The copy ends with its
test.

What it says of the test is the word of a process in which student code runs. The judge believes it as far as that goes:
see `autograder.judging.tests_beside`.
"""

import ast
import asyncio
import builtins
import gc
import hashlib
import hmac
import linecache
import math
import numbers
import os
import resource
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from sys import setprofile, settrace
from types import ModuleType
from typing import Any

import torch

from autograder.clone import SIBLING, fork_with
from autograder.python_names import names_in
from autograder.wall.channel import Channel
from autograder.wall.equality_guard import Looker, guard_equality
from autograder.wall.errors import WallError
from autograder.wall.handshake import CopySetup
from autograder.wall.ipython_shell import NotebookShell, Outputs, captured
from autograder.wall.library_state import LibraryState
from autograder.wall.seeds import seed
from autograder.wall.student_objects import describe_types
from autograder.wall.values import Node
from autograder.wall.working_folder import WorkingFolder

_MESSAGE_BYTES = 16 * 1024**2
_LONGEST_MESSAGE = 10_000
_MOST_FRAMES = 30
_FILE = "<test>"
_CELL = "<ipython-input-"
_SPARE_CPU_SECONDS = 2
_MOST_PRINTED = 100_000
_WILDCARD = "ANY"
_TOOLS = range(6)


class ProcessCopier:
    """Makes copies of this process when the judge asks for them.

    Args:
        setup: with the socket over which the judge passes each copy the connection of its own.
        own: the connection over which the judge speaks with this process.
        shell: in which the notebook's cells run.
        libraries: what libraries held before any student code ran.
    """

    def __init__(self, setup: CopySetup, own: socket.socket, shell: NotebookShell, libraries: LibraryState) -> None:
        self._setup = setup
        self._sockets = setup.sockets
        self._own = own
        self._shell = shell
        self._libraries = libraries
        self._namespace: dict[str, Any] = shell.user_ns
        self._first_names = dict(shell.user_ns)
        self._folder = WorkingFolder()
        # Such a hook runs when a test does, and can't be removed.
        sys.addaudithook(_refuse_audit_hooks)

    def copy(self) -> bool:
        """Make a copy that waits for a test; returns whether it could be made, so that it runs as this process would.

        Threads and a GPU do not survive a fork.
        """
        connection = self._receive()
        if _has_threads() or torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            connection.close()
            return False
        with connection:
            # The copy is no child of this process: student code may wait for all of its children.
            copy = fork_with(SIBLING)
            if copy == 0:
                try:
                    self._own.close()
                    os.setpgid(0, 0)
                    self.become_copy(connection)
                finally:
                    os._exit(0)
        return True

    def become_copy(self, connection: socket.socket | None = None) -> None:
        """Wait for a test in this very process, run it, and end the process."""
        try:
            connection = connection or self._receive()
            self._sockets.close()
            _stop_watching()
            # What the submission has the shell do before each cell is done before libraries are put back.
            self._shell.builtin_trap.__enter__()
            with captured(Outputs(_MOST_PRINTED)), suppress(Exception):
                self._shell.events.trigger("pre_execute")
            # Before a message comes: what reads it may have been replaced, too.
            changed = self._put_back()
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            saved = self._folder.save()
            channel = Channel(connection, _MESSAGE_BYTES, exclusive=True)
            # What was replaced is told before there is a test: it is shown to people.
            channel.send({"ready": saved is not None, "changed": sorted(changed)})
            order = channel.receive()
            if saved is None or not saved.restore():
                channel.send({"ready": False})
                os._exit(0)
            test = _Test(self._shell, self._namespace, self._first_names, order)
            if order["notebook"]:
                test.run_notebook()
                self._put_back()
            channel.send(test.run())
            # Student code that ran during the test had no chance to see this question.
            answer = hmac.digest(order["key"], channel.receive()["question"], hashlib.sha256)
            # Processes that the test has started hold the connection, too, and would disturb later tests.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.killpg(0, signal.SIGTERM)
            channel.send({"answer": answer})
        except (Exception, WallError):  # noqa: BLE001 - whatever it is, the judge sees that no answer came
            os._exit(1)
        os._exit(0)

    def _put_back(self) -> set[str]:
        changed = self._libraries.restore(self._setup.libraries, self._setup.changes)
        guard_equality(self._libraries.classes)
        return changed

    def _receive(self) -> socket.socket:
        _, descriptors, _, _ = socket.recv_fds(self._sockets, 1, 1)
        return socket.socket(fileno=descriptors[0])


class _Test:
    """A test that runs in this process.

    Args:
        shell: the notebook's shell.
        names: in which it runs.
        first: what these were before any cell ran.
        order: what the judge has sent: ``source``, the test as it is written; ``text``, the same as plain Python;
            ``notebook``, cells and tests that are to run before it as they would in one process; ``before``, the texts
            of the lesson's functions and of earlier tests that it needs; ``imports``, the import statements of the
            lesson by the name that they bind; ``own``, the names that are the student's to bind; ``seed``; ``seconds``
            of CPU time that it may use.
    """

    def __init__(
        self, shell: NotebookShell, names: dict[str, Any], first: Mapping[str, Any], order: dict[str, Any]
    ) -> None:
        self._shell = shell
        self._names = names
        self._first = first
        self._order = order
        self._looker: Looker | None = None

    def run_notebook(self) -> None:
        """Run the cells and tests above it, as they would run in one process."""
        with captured(Outputs(_MOST_PRINTED)):
            for kind, text in self._order["notebook"]:
                # Errors and outputs are nobody's: the cells have run elsewhere, for the student's eyes.
                with suppress(BaseException):
                    if kind == "test":
                        self._execute(text, "<earlier test>", {})
                    else:
                        self._shell.run_cell(text, store_history=True)

    def run(self) -> dict[str, Node]:
        """Run it.

        Returns:
            ``error``: what it raised, described, or None; ``points``: its last value if that is a number, or None.
        """
        _stop_watching()
        self._names["__builtins__"] = builtins
        hidden = self._hidden_names()
        self._looker = Looker(wildcards=_WILDCARD in "".join([self._order["text"], *self._order["before"]]))
        spent = math.ceil(_cpu_seconds() + self._order["seconds"]) + _SPARE_CPU_SECONDS
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (spent, spent + 1))
        seed(self._order["seed"])
        error: BaseException | None = None
        value: object = None
        shell = self._shell
        with captured(Outputs(_MOST_PRINTED)):
            for text in self._order["before"]:
                # They are run for the names that they bind; an earlier test's verdict is given elsewhere.
                with suppress(BaseException):
                    self._execute(text, "<earlier test>", hidden)
            try:
                # As a cell that runs is the last one in its notebook's history.
                if type(self._names.get("In")) is list:
                    self._names["In"].append(self._order["source"])
                shell.shown_error = None
                value = self._execute(self._order["text"], _FILE, hidden)
                error = shell.shown_error
            except BaseException as raised:  # noqa: BLE001 - whatever it is, it becomes the verdict
                error = raised
        return {"error": None if error is None else _describe(error), "points": _points(value)}

    def _hidden_names(self) -> dict[str, object]:
        """Builtins and imports of the lesson behind names that student code has bound to something else.

        The student's own functions keep what they see. In one process such a name would break the test, or decide it.
        """
        found: dict[str, object] = {
            name: value for name, value in vars(builtins).items() if name in self._names and not name.startswith("_")
        }
        for name, text in self._order["imports"].items():
            imported: dict[str, Any] = {}
            with suppress(Exception):
                exec(text, imported)  # noqa: S102 - the lesson's own text
                # Another value may have changed since the lesson imported it.
                if callable(imported[name]) or isinstance(imported[name], ModuleType):
                    found[name] = imported[name]
        return {
            name: value
            for name, value in found.items()
            if name not in self._order["own"]
            and self._names.get(name) is not value
            and (name not in self._first or self._names.get(name) is not self._first[name])
        }

    def _execute(self, text: str, file: str, hidden: Mapping[str, object]) -> object:
        """Run a cell's text, in which IPython's own syntax is Python; returns the value of its last expression."""
        # Without a time of change the lines stay for tracebacks, and for tests that read a function's source text.
        if type(linecache.cache) is not dict:
            linecache.cache = {}
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        tree = ast.parse(text, file)
        bound = names_in(tree.body).bound | _parameters(tree)
        wanted = {name: f"_given_{name}" for name in hidden if name not in bound}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in wanted:
                self._names[wanted[node.id]] = hidden[node.id]
                node.id = wanted[node.id]
        if self._looker is not None:
            self._looker.add_looks(tree)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr):
            return _evaluate(self._names, tree, file, "exec")
        _evaluate(self._names, ast.Module(tree.body[:-1], []), file, "exec")
        return _evaluate(self._names, ast.Expression(last.value), file, "eval")


def _stop_watching() -> None:
    """Have nothing of the student's be told what runs."""
    settrace(None)
    setprofile(None)
    for hook in ("_trace_hook", "_profile_hook"):
        setattr(threading, hook, None)
    gc.callbacks.clear()
    monitoring: Any = getattr(sys, "monitoring", None)
    for tool in _TOOLS if monitoring is not None else ():
        if monitoring.get_tool(tool) is not None:
            monitoring.set_events(tool, 0)


def _refuse_audit_hooks(event: str, _: tuple[Any, ...]) -> None:
    if event == "sys.addaudithook":
        # Python then leaves out the new one, and says nothing.
        raise RuntimeError(event)


def _parameters(tree: ast.Module) -> set[str]:
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _cpu_seconds() -> float:
    """The CPU seconds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _evaluate(names: dict[str, Any], tree: ast.Module | ast.Expression, file: str, kind: str) -> object:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    value = eval(compile(tree, file, kind, flags, dont_inherit=True), names)  # noqa: S307 - the judge's own text
    return asyncio.run(_awaited(value)) if isinstance(value, Coroutine) else value


async def _awaited(value: Coroutine[Any, Any, object]) -> object:
    return await value


def _points(value: object) -> float | None:
    """The last value of a test where that is a number, nbgrader's partial credit."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def _describe(error: BaseException) -> dict[str, Node]:
    """Describe an exception for the judge.

    Returns:
        ``types``, ``message``, ``lines`` (those of the test in its traceback) and ``frames`` (those of the student's
        cells: the cell's number, the line, the function).
    """
    try:
        message = str(error)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
        message = ""
    stack = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in stack if frame.filename == _FILE and frame.lineno is not None]
    own = [frame for frame in stack if frame.filename.startswith(_CELL)]
    frames = [[frame.filename.removeprefix(_CELL).split("-")[0], frame.lineno or 0, frame.name] for frame in own]
    return {
        "types": describe_types(type(error)),
        "message": message,
        "lines": lines[:_MOST_FRAMES],
        "frames": frames[-_MOST_FRAMES:],
    }


def _has_threads() -> bool:
    """Whether this process has threads besides this one; a fork would not have them."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) > 1
    except OSError:
        # Where the sandbox shows no /proc, Python's own threads are all that can be seen.
        return threading.active_count() > 1
