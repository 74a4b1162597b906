"""The processes of one submission: keeper → student. They run in the sandbox, forked from the zygote.

The keeper is the first process of a new process namespace: it sets up the isolation, forks the student, passes
interrupts on, and reports how the student ended; when it ends, the kernel kills whatever is left in the namespace.
Without namespaces the keeper finds and kills what is left itself.

Both write lines of JSON to the report pipe: ``{"running": true}``, ``{"failed": reason}``, ``{"exceeded": sentence}``
and ``{"status": wait status, "cpu_seconds": seconds}``.
"""

import gc
import importlib.util
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, NoReturn

from autograder import kernel
from autograder.limits import Limits
from autograder.sandbox import isolation, procfs, without_namespaces
from autograder.sandbox.accelerator import DriverNeeds, ProcessHooks
from autograder.sandbox.mode import Mode
from autograder.sandbox.procfs import ProcFs
from autograder.sandbox.remove_tree import remove_tree
from autograder.sandbox.usage_monitor import ExceededError, UsageMonitor

Entry = Callable[[socket.socket], None]

_CONNECTION: Final = 3
_BEYOND_ANY_FILE: Final = 2**20


def find_entry(name: str) -> Entry:
    """Find the function that a student process runs, and call its module's ``prepare``, if there is one.

    Args:
        name: ``package.module:function``, or ``/path/to/file.py:function`` for a file outside all packages.
    """
    module_name, _, function = name.rpartition(":")
    if module_name.endswith(".py"):
        spec = importlib.util.spec_from_file_location("entry", module_name)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(module_name)
    if hasattr(module, "prepare"):
        module.prepare()
    entry: Entry = getattr(module, function)
    return entry


def note_libraries(entry: Entry, packages: Sequence[str]) -> None:
    """Call the function of that name in the module of what a student process runs, if there is one.

    Args:
        entry: what a student process runs.
        packages: what notebooks import.
    """
    note = getattr(sys.modules.get(entry.__module__), "note_libraries", None)
    if note is not None:
        note(packages)


def use_libraries(entry: Entry, names: Sequence[str]) -> None:
    """The same for another function, with what a notebook uses of libraries (`autograder.sandbox.library_uses`).

    Raises:
        RuntimeError: this process can't be forked any more.
    """
    use = getattr(sys.modules.get(entry.__module__), "use_libraries", None)
    if use is not None:
        use(names)


@dataclass(frozen=True)
class ForkSettings:
    """What all submissions of a zygote have in common.

    Attributes:
        mode: whether they get namespaces.
        limits: what each may use.
        shown: what bubblewrap shows them.
        folders: where their working folders are made if they have no namespaces.
        entry: what the student process runs.
        filter: the program that filters their system calls (`autograder.sandbox.seccomp`); empty if there is none.
        covered: whether the kernel grants them no /proc of their own (`bubblewrap.proc_is_covered`).
        needs: what an accelerator's driver needs.
        hooks: what is done for an accelerator in the processes.
    """

    mode: Mode
    limits: Limits
    shown: tuple[str, ...]
    folders: str
    entry: Entry
    filter: bytes = b""
    covered: bool = False
    needs: DriverNeeds = field(default_factory=DriverNeeds)
    hooks: ProcessHooks = field(default_factory=ProcessHooks)


def fork_submission(settings: ForkSettings, connection: int, report: int, core: int | None = None) -> int:
    """Fork the processes of a submission from the zygote.

    Args:
        settings: what it may do.
        connection: file descriptor of the student's end of the socket pair.
        report: file descriptor of the report pipe.
        core: the processor core that they run on; None leaves that to the kernel.

    Returns:
        The process id of the keeper. Wait for, interrupt and kill it, and not the student.

    Raises:
        OSError: there can't be another process.
        IsolationError: the kernel refuses the namespaces, or the accelerator can't be used.
    """
    settings.hooks.before_fork()
    user, group = os.geteuid(), os.getegid()
    keeper = isolation.fork_into_namespaces() if settings.mode is Mode.BUBBLEWRAP else os.fork()
    if keeper == 0:
        if core is not None:
            # A core that has gone meanwhile is no reason to fail.
            with suppress(OSError):
                os.sched_setaffinity(0, {core})
        _keep(settings, user, group, connection, report)
    return keeper


def _report(report: int, **facts: object) -> None:
    # The pipe breaks when the zygote has died, and then nothing reads reports.
    with suppress(OSError):
        os.write(report, json.dumps(facts).encode() + b"\n")


def _keep(settings: ForkSettings, user: int, group: int, connection: int, report: int) -> NoReturn:
    folder = isolation.WORKING_FOLDER
    confined = False
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        if settings.mode is Mode.BUBBLEWRAP:
            isolation.map_to_itself(user, group)
            proc = isolation.mount_private_folders(settings.limits, settings.shown, covered=settings.covered)
            # The substitute for a /proc of its own has no such setting; the filter of system calls then forbids them.
            if not settings.covered:
                isolation.forbid_namespaces()
        else:
            os.setsid()
            kernel.adopt_orphans()
            kernel.die_with_parent(signal.SIGTERM)
            proc = ProcFs.of_here()
            folder = tempfile.mkdtemp(dir=settings.folders)
        # Without namespaces the filter denies all that can be done with keys; with --sandbox none nothing is denied.
        isolation.give_up_privileges(keys_are_denied=settings.mode is not Mode.BUBBLEWRAP)
        if settings.mode is Mode.LANDLOCK:
            without_namespaces.confine_keeper()
            confined = True
        kernel.set_inspectable(inspectable=False)
        student = os.fork()
        if student == 0:
            _run_student(settings, proc, folder, connection, report)
        os.close(connection)
        _watch(student, settings, proc, folder, report)
    except isolation.IsolationError as error:
        _report(report, failed=str(error))
    except BaseException:  # noqa: BLE001 - a fork must never return into the zygote's own loop
        _report(report, failed=traceback.format_exc())
    finally:
        if settings.mode is not Mode.BUBBLEWRAP:
            # A second order to stop must not prevent it from clearing up and reporting.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if confined:
                without_namespaces.end_all()
            else:
                procfs.kill_descendants()
            remove_tree(folder)
        os._exit(0)


class _EndedEarly(BaseException):
    """The keeper got the signal to stop."""


def _watch(student: int, settings: ForkSettings, proc: ProcFs, folder: str, report: int) -> None:
    """Pass interrupts on, reap orphans, monitor what is used, and report how the student ended."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(student, signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _EndedEarly

    signal.signal(signal.SIGUSR1, interrupt)
    if settings.mode is not Mode.BUBBLEWRAP:
        signal.signal(signal.SIGTERM, stop)
    folders = isolation.PRIVATE_FOLDERS if settings.mode is Mode.BUBBLEWRAP else ()
    unnamed_files = "memfd_create" in settings.needs.system_calls
    on_disk = folder if settings.mode is Mode.LANDLOCK else ""
    monitor = UsageMonitor(settings.limits, folders, proc, unnamed_files=unnamed_files, on_disk=on_disk)
    monitor.start()
    cpu_seconds = 0.0
    with suppress(_EndedEarly):
        try:
            while True:
                ended, status, usage = os.wait4(-1, 0)
                cpu_seconds = max(cpu_seconds, usage.ru_utime + usage.ru_stime)
                if ended == student:
                    monitor.stop()
                    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
                    _report(report, status=status, cpu_seconds=cpu_seconds)
                    return
        except ExceededError as error:
            _report(report, exceeded=str(error))


def _run_student(settings: ForkSettings, proc: ProcFs, folder: str, connection: int, report: int) -> NoReturn:
    """Become the student process: nothing is left of the zygote but what it has imported."""
    code = 1
    try:
        kernel.set_inspectable(inspectable=True)
        os.setsid()
        _silence()
        settings.hooks.after_fork()
        alone = settings.mode is Mode.LANDLOCK
        isolation.limit_resources(settings.limits, proc, settings.needs, user_is_shared=alone)
        if alone:
            without_namespaces.confine_submission(settings.shown, folder)
        isolation.filter_system_calls(settings.filter, required=settings.covered or alone)
        os.chdir(folder)
        os.environ["PWD"] = folder
        if folder != isolation.WORKING_FOLDER:
            os.environ.update(HOME=folder, TMPDIR=folder)
            if alone:
                os.environ["MPLCONFIGDIR"] = f"{folder}/matplotlib"
            tempfile.tempdir = None
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        _report(report, running=True)
        os.dup2(connection, _CONNECTION)
        os.closerange(_CONNECTION + 1, _BEYOND_ANY_FILE)
        gc.enable()
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.set_num_threads(1)
        settings.hooks.before_entry()
        settings.entry(socket.socket(fileno=_CONNECTION))
        code = 0
    except isolation.IsolationError as error:
        _report(report, failed=str(error))
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001, S110 - a student's process ends in whatever way it likes
        pass
    finally:
        os._exit(code & 0xFF)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
