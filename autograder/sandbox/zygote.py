"""The coordinator's side of the sandbox: has the zygote fork student processes, interrupts them, kills them."""

import json
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, Self

from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap, subprogram, visible_files, without_namespaces
from autograder.sandbox.accelerator import Accelerator, DeviceAccess, DeviceMonitor, accelerator_for
from autograder.sandbox.kernel_features import startup_error
from autograder.sandbox.mode import Mode
from autograder.sandbox.student_process import DIED, StudentProcess
from autograder.wire import to_plain

STUDENT: Final = "autograder.wall.student_end:serve"
"""What a student process runs: a function of the connection."""

_START_SECONDS: Final = 180.0
_DATAGRAM: Final = 65536
_NAMES_AT_ONCE: Final = 200
_STDERR_TAIL: Final = 4000
_END_SECONDS: Final = 10.0


class Zygote:
    """A warm interpreter in the sandbox, from which student processes are forked. Any thread may use it.

    It starts at once, in the background; the first `fork` waits for it. When it or its coordinator dies, every
    submission dies with it.

    Args:
        mode: how student code is isolated.
        limits: what each submission may use.
        modules: names to import once, before the first fork; those that can't be imported are skipped.
        readable: further files and folders that student code may read.
        entry: what a student process runs, ``module:function`` or ``/path/file.py:function``.
        accelerator: what student processes may use to compute; what the limits allow if None.
    """

    def __init__(
        self,
        mode: Mode,
        limits: Limits,
        modules: Sequence[str] = (),
        readable: Sequence[Path] = (),
        entry: str = STUDENT,
        accelerator: Accelerator | None = None,
    ) -> None:
        self._mode = mode
        self._accelerator = accelerator or accelerator_for(limits)
        self._monitor = DeviceMonitor()
        self._settings = {"mode": mode, "limits": to_plain(limits), "modules": list(modules), "entry": entry}
        self._readable = list(readable)
        self._lock = threading.Lock()
        self._students: dict[int, StudentProcess] = {}
        self._count = 0
        self._ready = threading.Event()
        self._dead = threading.Event()
        self._closing = False
        self._failure: ExpectedError | None = None
        self._control, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # bubblewrap dies with the *thread* that started it (prctl(2), PR_SET_PDEATHSIG), so it gets one of its own,
        # which lives exactly as long.
        self._keeper = threading.Thread(target=self._keep, name="zygote", daemon=True)
        self._keeper.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self, modules: Sequence[str]) -> None:
        """Import further modules before the next fork."""
        self._await_ready()
        self.warm_soon(modules)

    def warm_soon(self, modules: Sequence[str]) -> None:
        """The same, without waiting until it has started: it imports them as soon as it has."""
        for first in range(0, len(modules), _NAMES_AT_ONCE):
            order = json.dumps({"do": "import", "modules": modules[first : first + _NAMES_AT_ONCE]}).encode()
            with self._lock, suppress(OSError):
                self._control.send(order)

    def use_libraries(self, names: Sequence[str]) -> None:
        """Use libraries for the first time, so that no student's process does (`autograder.sandbox.library_uses`).

        A zygote that can't be forked afterwards ends.
        """
        self._await_ready()
        with self._lock, suppress(OSError):
            self._control.send(json.dumps({"do": "use libraries", "names": list(names)}).encode())

    def note_libraries(self, packages: Iterable[str]) -> None:
        """Have later student processes know what libraries held before any student code ran.

        Args:
            packages: what notebooks import: of these also the methods of classes are known.
        """
        self._await_ready()
        with self._lock, suppress(OSError):
            self._control.send(json.dumps({"do": "note libraries", "packages": sorted(packages)}).encode())

    def fork(self, core: int | None = None) -> StudentProcess:
        """Start a student process.

        Args:
            core: the processor core that it is to run on; None leaves that to the kernel.

        Raises:
            ExpectedError: a part of the sandbox is missing, or it has died. Nothing then runs.
        """
        self._await_ready()
        self._monitor.check()
        judge, student = socket.socketpair()
        with student, self._lock:
            self._count += 1
            submission = self._count
            process = StudentProcess(
                judge,
                partial(self._order, submission=submission),
                partial(self._monitor.held_bytes, submission),
                partial(self._monitor.await_release, submission),
            )
            self._students[submission] = process
            order = json.dumps({"do": "fork", "submission": submission, "core": core}).encode()
            with suppress(OSError):
                socket.send_fds(self._control, [order], [student.fileno()])
        if self._dead.is_set():
            process.note({"ended": DIED})
        if not process.await_start():
            judge.close()
            raise self._failure or startup_error(process.failure, self._mode)
        return process

    @property
    def has_started(self) -> bool:
        """Whether it could be started; it may have died since."""
        return self._ready.is_set()

    @property
    def overdrawn(self) -> int:
        """How often a submission was seen to hold more than its share of an accelerator's memory."""
        return self._monitor.overdrawn

    def close(self) -> None:
        """End the zygote and every submission; return when all are gone."""
        self._closing = True
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._keeper.join()
        self._control.close()

    def _await_ready(self) -> None:
        if not self._ready.wait(_START_SECONDS):
            self.close()
            raise ExpectedError(
                f"The sandbox didn't start within {_START_SECONDS:.0f} seconds.",
                "Look at the machine's load, then run: autograder doctor",
            )
        if self._failure is not None:
            raise self._failure

    def _order(self, what: str, submission: int, because: str = "") -> None:
        # A dead zygote has no submissions left to interrupt or kill.
        with self._lock, suppress(OSError):
            self._control.send(json.dumps({"do": what, "submission": submission, "because": because}).encode())

    def _keep(self) -> None:
        """Start the zygote and read its messages until it ends. Runs in a thread of its own."""
        with tempfile.TemporaryFile() as errors:
            try:
                process = self._start(errors)
            except ExpectedError as error:
                self._failure = error
            else:
                self._listen()
                _end(process)
                self._failure = self._explain(errors)
            finally:
                self._theirs.close()
                self._monitor.close()
                self._dead.set()
                self._ready.set()
                self._note_deaths()

    def _start(self, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        isolated = self._mode is Mode.BUBBLEWRAP
        covered = isolated and bubblewrap.proc_is_covered()
        device = self._accelerator.access(proc_covered=covered)
        account = self._account(device)
        shown = self._shown([*self._readable, *device.libraries], other_user=bool(account))
        order = {**self._settings, "shown": [*map(str, shown)], "covered": covered, "needs": to_plain(device.needs)}
        with (
            _content(json.dumps(order)) as settings,
            _content(bubblewrap.ACCOUNTS) as passwd,
            _content(bubblewrap.GROUPS) as group,
        ):
            ids = passwd.fileno(), group.fileno()
            outer = bubblewrap.arguments(shown, ids, device, covered=covered) if isolated else []
            process = subprocess.Popen(
                [*outer, *subprogram.command("autograder.sandbox.zygote_server", str(self._theirs.fileno()))],
                stdin=settings,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=bubblewrap.environment(self._mode, device.environment),
                cwd="/",
                pass_fds=[self._theirs.fileno(), *(ids if isolated else ())],
                start_new_session=True,
                **account,
            )
        self._theirs.close()
        self._monitor = self._accelerator.monitor(process.pid, partial(self._order, "kill"), isolated=isolated)
        return process

    def _account(self, device: DeviceAccess) -> dict[str, Any]:
        """The account that the zygote is started as, as arguments of `subprocess.Popen`."""
        if self._mode is Mode.LANDLOCK:
            without_namespaces.require(device)
            return without_namespaces.account()
        return bubblewrap.account() if self._mode is Mode.BUBBLEWRAP else {}

    def _shown(self, readable: Sequence[Path], *, other_user: bool) -> list[Path]:
        return [] if self._mode is Mode.NONE else visible_files.shown_paths(readable, through=other_user)

    def _listen(self) -> None:
        while True:
            try:
                message = self._control.recv(_DATAGRAM)
            except OSError:
                return
            if not message:
                return
            facts = json.loads(message)
            if "ready" in facts:
                self._ready.set()
                continue
            if "keeper" in facts:
                self._monitor.follow(facts["submission"], facts["keeper"])
            with self._lock:
                student = self._students.get(facts["submission"])
                # A failure is followed by the end, for which a caller may wait.
                if "ended" in facts:
                    self._students.pop(facts["submission"], None)
            if student is not None:
                student.note(facts)

    def _note_deaths(self) -> None:
        with self._lock:
            left = list(self._students.values())
            self._students.clear()
        for student in left:
            student.note({"ended": DIED})

    def _explain(self, errors: IO[bytes]) -> ExpectedError:
        if self._closing:
            return ExpectedError("The sandbox has been closed.")
        errors.seek(0, os.SEEK_END)
        errors.seek(max(0, errors.tell() - _STDERR_TAIL))
        said = errors.read().decode(errors="replace").strip()
        if self._ready.is_set():
            return ExpectedError(f"The sandbox has died. {said}".strip(), "Start the run again: finished work is kept.")
        return startup_error(said, self._mode)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the zygote, which ends by itself once the control socket is closed; kill it if it doesn't."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _content(text: str) -> Iterator[IO[bytes]]:
    """An unnamed file that holds this text, for another process to read."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        yield file
