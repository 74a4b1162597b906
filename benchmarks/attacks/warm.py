"""A command ``python -m MODULE …`` run in a fork of a process that has imported the module, and its kernels likewise.

The graders run their own code, all of it, each attack in processes of its own: only the imports are done before. What a
kernel finds is what it finds in a new interpreter, but for modules that are loaded already. A kernel is forked from a
process that has not run the grader (`_Kernels`), so it has no file, no socket and no memory of the grader's; its parent
is the grader, as always.
"""

import json
import os
import random
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from autograder.clone import SIBLING, fork_with

_KERNEL = "ipykernel_launcher"
_LONGEST_MESSAGE = 1024**2


class Forked(subprocess.Popen[bytes]):
    """A child that was forked, for those who expect one that was started as a program."""

    def __init__(self, process: int, command: Sequence[str], stdin: int | None = None) -> None:
        # What Popen's own methods use, which wait for a process and send it signals.
        self.pid = process
        self.args = list(command)
        self.returncode = None
        self.stdin = None if stdin is None else os.fdopen(stdin, "wb")
        self.stdout = self.stderr = None
        self._child_created = True
        self._sigint_wait_secs = 0.25
        self._waitpid_lock = threading.Lock()


def can_run(command: Sequence[str]) -> bool:
    """Whether a command is this interpreter's, with a module that has been imported."""
    return list(command[:2]) == [sys.executable, "-m"] and command[2] in sys.modules


def start(command: Sequence[str], folder: Path, log: int) -> Forked:
    """Run a command in a fork of this process; what it prints goes to a file.

    Args:
        command: one that `can_run`.
        folder: its working folder.
        log: the file's descriptor.
    """
    process = os.fork()
    if process == 0:
        _run(command, folder, log)
    return Forked(process, command)


def _run(command: Sequence[str], folder: Path, log: int) -> NoReturn:
    code = 1
    try:
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, own in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, own)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _Kernels().replace_popen()
        code = _as_program(command[2], command[3:])
    finally:
        os._exit(code)


def _as_program(module: str, arguments: Sequence[str]) -> int:
    """Do what ``python -m module arguments`` does, all of Python's own end included; returns the exit code."""
    sys.path.insert(0, str(Path.cwd()))
    sys.argv = [module, *arguments]
    code: object = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        sys.excepthook(*sys.exc_info())
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    _end_as_python_does()
    return code if isinstance(code, int) else int(code is not None)


def _end_as_python_does() -> None:
    # What `os._exit` leaves out and a program at its end does: wait for threads, call what was registered, write files.
    import atexit

    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for file in (sys.stdout, sys.stderr):
        file.flush()


class _Kernels:
    """A process that forks kernels, each as a child of the process that asks for it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            self._ours.close()
            _fork_kernels(theirs)
        theirs.close()

    def replace_popen(self) -> None:
        """Have Jupyter start its Python kernels here."""
        from jupyter_client import launcher

        vars(launcher)["Popen"] = self._popen

    def _popen(self, command: Sequence[str], **settings: object) -> subprocess.Popen[bytes]:
        if command[0] != sys.executable or _KERNEL not in command:
            return subprocess.Popen(command, **settings)  # type: ignore[call-overload,no-any-return]
        order = {
            "arguments": list(command[list(command).index(_KERNEL) + 1 :]),
            "folder": settings["cwd"] or str(Path.cwd()),
            "environment": settings["env"],
        }
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._ours, [json.dumps(order).encode()], [reading])
            process = int(self._ours.recv(_LONGEST_MESSAGE))
        except (OSError, ValueError):
            # A submission before has ended the process that forks.
            os.close(writing)
            return subprocess.Popen(command, **settings)  # type: ignore[call-overload,no-any-return]
        finally:
            os.close(reading)
        return Forked(process, command, writing)


def _fork_kernels(orders: socket.socket) -> NoReturn:
    """Fork a kernel for each order, until the socket is closed."""
    try:
        while True:
            message, descriptors, _, _ = socket.recv_fds(orders, _LONGEST_MESSAGE, 1)
            if not message:
                break
            process = fork_with(SIBLING)
            if process == 0:
                _become_kernel(json.loads(message), descriptors[0])
            os.close(descriptors[0])
            orders.send(str(process).encode())
    finally:
        os._exit(0)


def _become_kernel(order: Mapping[str, Any], stdin: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        os.dup2(stdin, 0)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        _draw_anew()
        code = _as_program(_KERNEL, order["arguments"])
    finally:
        os._exit(code)


def _draw_anew() -> None:
    """Begin random numbers as a new interpreter does: Python's and NumPy's by chance, torch's at its own number."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
