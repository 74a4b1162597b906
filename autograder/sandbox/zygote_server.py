"""The zygote: imports what submissions need once, then forks an isolated process for each of them on demand.

Run as ``python -m autograder.sandbox.zygote_server FD``, inside bubblewrap or not. Standard input holds the order as
JSON (`autograder.sandbox.zygote` writes it); FD is the control socket, SOCK_SEQPACKET, one JSON object a datagram:

- from the coordinator: ``{"do": "import", "modules": [name, …]}``, ``{"do": "use libraries", "names": [name, …]}``,
  ``{"do": "note libraries"}``, ``{"do": "fork", "submission": id, "core": core or null}`` with the student's end of a
  socket pair attached, ``{"do": "interrupt", "submission": id}``, ``{"do": "kill", "submission": id, "because":
  sentence or empty}``;
- to the coordinator: ``{"ready": true}``, then ``{"submission": id, …}`` with ``"running": true`` and ``"keeper":
  process number``, ``"failed": reason`` or ``"ended": sentence``.

When the coordinator closes the socket, the zygote ends, and all submissions with it.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from autograder import kernel
from autograder.limits import Limits
from autograder.sandbox import (
    huge_pages,
    isolation,
    procfs,
    seccomp,
    submission_processes,
    substitutes,
    without_namespaces,
)
from autograder.sandbox.accelerator import DriverNeeds, hooks_for
from autograder.sandbox.mode import Mode
from autograder.sandbox.remove_tree import remove_tree
from autograder.sandbox.submission_processes import ForkSettings
from autograder.wire import from_plain

_DATAGRAM: Final = 65536
_ALWAYS: Final = (
    "numpy",
    "torch",
    "torch.autograd",
    "torch.nn.functional",
    "torch.optim",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib_inline.backend_inline",
    "plotly.graph_objects",
    "plotly.io",
    "IPython.core.interactiveshell",
    "gradlab.notebook.devices",
    "gradlab.check",
    "gradlab.figures",
    "gradlab.graph",
    "autograder.wall.student_end",
)


@dataclass
class _Running:
    """What the zygote knows of one submission."""

    submission: int
    report: int
    keeper: int
    unread: bytes = b""
    status: int | None = None
    cpu_seconds: float = 0.0
    killed: bool = False
    exceeded: str = ""


class _Server:
    """The zygote's loop. It must have no threads, or a fork could copy a lock that is never released."""

    def __init__(self, control: socket.socket, settings: ForkSettings) -> None:
        self._control = control
        self._settings = settings
        self._running: dict[int, _Running] = {}
        self._memory_is_settled = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Carry out the coordinator's orders until it closes the socket."""
        self._send(ready=True)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    if not self._receive_order():
                        return
                elif key.fileobj is self._woken:
                    with suppress(BlockingIOError):
                        while self._woken.recv(_DATAGRAM):
                            pass
                elif key.data in self._running:
                    self._receive_report(self._running[key.data])
            self._reap()

    def _send(self, **facts: object) -> None:
        self._control.send(json.dumps(facts).encode())

    def _receive_order(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, _DATAGRAM, 1)
        if not message:
            return False
        order: dict[str, Any] = json.loads(message)
        if order["do"] == "import":
            _import_all(order["modules"])
            self._memory_is_settled = False
            return True
        if order["do"] == "use libraries":
            try:
                submission_processes.use_libraries(self._settings.entry, order["names"])
            except RuntimeError as error:
                # Another zygote takes its place, which uses none.
                sys.exit(f"The sandbox can't go on: {error}.")
            self._memory_is_settled = False
            return True
        if order["do"] == "note libraries":
            gc.unfreeze()
            submission_processes.note_libraries(self._settings.entry, order["packages"])
            self._memory_is_settled = False
            return True
        submission = order["submission"]
        if order["do"] == "fork":
            self._fork(submission, descriptors[0], order["core"])
        elif running := self._running.get(submission):
            if order["do"] == "kill":
                running.killed = True
                running.exceeded = running.exceeded or order["because"]
                os.kill(running.keeper, signal.SIGKILL if self._settings.mode is Mode.BUBBLEWRAP else signal.SIGTERM)
            else:
                os.kill(running.keeper, signal.SIGUSR1)
        return True

    def _fork(self, submission: int, connection: int, core: int | None) -> None:
        if not self._memory_is_settled:
            # Only now: it takes long, and several orders may come before the first fork.
            _settle_memory()
            self._memory_is_settled = True
        ours, theirs = os.pipe()
        try:
            keeper = submission_processes.fork_submission(self._settings, connection, theirs, core)
        except (OSError, isolation.IsolationError) as error:
            os.close(ours)
            self._send(submission=submission, failed=str(error), ended="never began")
        else:
            self._running[submission] = _Running(submission, ours, keeper)
            self._selector.register(ours, selectors.EVENT_READ, submission)
        finally:
            os.close(theirs)
            os.close(connection)

    def _receive_report(self, running: _Running) -> None:
        """Read what the submission's own processes report; the pipe closes when the last of them is gone."""
        chunk = os.read(running.report, _DATAGRAM)
        if chunk:
            *lines, running.unread = (running.unread + chunk).split(b"\n")
            for line in lines:
                self._note(running, json.loads(line))
        else:
            self._selector.unregister(running.report)
            os.close(running.report)
            running.report = -1

    def _note(self, running: _Running, facts: Mapping[str, Any]) -> None:
        if "failed" in facts:
            self._send(submission=running.submission, failed=facts["failed"])
        elif "running" in facts:
            self._send(submission=running.submission, running=True, keeper=running.keeper)
        elif "exceeded" in facts:
            running.exceeded = facts["exceeded"]
        else:
            running.status, running.cpu_seconds = facts["status"], facts["cpu_seconds"]

    def _reap(self) -> None:
        # Without namespaces, a keeper that was killed leaves its submission to this process.
        left = self._settings.mode is Mode.NONE
        with suppress(ChildProcessError):
            while True:
                process, status = os.waitpid(-1, os.WNOHANG)
                if process == 0:
                    break
                left = left or status != 0
                for running in list(self._running.values()):
                    if running.keeper == process:
                        while running.report >= 0:
                            self._receive_report(running)
                        del self._running[running.submission]
                        self._send(submission=running.submission, ended=self._ending(running))
        if left and self._settings.mode is not Mode.BUBBLEWRAP:
            procfs.kill_descendants(spare=frozenset(running.keeper for running in self._running.values()))

    def _ending(self, running: _Running) -> str:
        if running.exceeded:
            return running.exceeded
        if running.killed:
            return "was stopped by the grader"
        if running.status is None:
            return "was killed (signal 9)"
        code = os.waitstatus_to_exitcode(running.status)
        spent = running.cpu_seconds >= self._settings.limits.cpu_seconds
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and spent):
            return f"used more than {self._settings.limits.cpu_seconds} CPU seconds"
        if code >= 0:
            return f"ended by itself with exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else "unknown"
        return f"was killed (signal {-code}, {name})"


def _import_all(modules: Iterable[str]) -> None:
    """Import modules, skipping any that can't be imported."""
    for name in modules:
        if name not in sys.modules and name != "__main__":
            # Whatever a module's top level raises, the notebook that imports it raises as well.
            with suppress(Exception):
                importlib.import_module(name)


def _settle_memory() -> None:
    """Make the memory that this process has taken cheap to fork."""
    # Without a collection: what is imported leaves a few thousand small objects of waste, and a search through all
    # others takes longer than anything that they could cost.
    gc.freeze()
    huge_pages.gather()


def _filter(allowed: Iterable[str], mode: Mode) -> bytes:
    """The filter of system calls; empty where there can't be one (`autograder doctor` says so)."""
    with suppress(OSError):
        return seccomp.program(frozenset(allowed), alone=mode is Mode.LANDLOCK)
    return b""


def _folders(mode: Mode, shown: Sequence[str]) -> str:
    """Make the folder for submissions' folders. Without namespaces this process can write nowhere else from here on."""
    if mode is not Mode.LANDLOCK:
        return tempfile.mkdtemp(prefix="submissions-")
    try:
        return without_namespaces.confine_zygote(shown)
    except isolation.IsolationError as error:
        sys.exit(str(error))


def main() -> NoReturn:
    """Start the zygote from the order on standard input."""
    gc.disable()
    order = json.load(sys.stdin)
    mode = Mode(order["mode"])
    if mode is Mode.BUBBLEWRAP and os.geteuid() == 0:
        try:
            isolation.mount_processes()
            isolation.become_ordinary()
        except isolation.IsolationError as error:
            sys.exit(str(error))
    os.umask(0o077)
    folders = _folders(mode, order["shown"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # An interrupt must not end a keeper that has not set its handler yet.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    _import_all((*_ALWAYS, *order["modules"]))
    if mode is Mode.LANDLOCK:
        substitutes.install()
    # The collections that a shell makes when it is reset then go through its own objects alone.
    gc.freeze()
    entry = submission_processes.find_entry(order["entry"])
    needs = from_plain(DriverNeeds, order["needs"])
    settings = ForkSettings(
        mode=mode,
        limits=from_plain(Limits, order["limits"]),
        shown=tuple(order["shown"]),
        folders=folders,
        entry=entry,
        filter=_filter(needs.system_calls, mode),
        covered=order["covered"],
        needs=needs,
        hooks=hooks_for(needs),
    )
    kernel.adopt_orphans()
    with suppress(ConnectionError):
        _Server(control, settings).serve()
    if mode is Mode.LANDLOCK:
        without_namespaces.end_all()
    elif not order["covered"]:
        # The end of the namespace's first process ends all others too, but bubblewrap doesn't wait for that.
        procfs.kill_descendants()
    remove_tree(folders)
    # An orderly shutdown is not needed, and torch's takes long.
    os._exit(0)


if __name__ == "__main__":
    main()
