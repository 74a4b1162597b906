"""What the sandbox needs of the kernel, each thing tried by itself: for a machine on which it doesn't start.

Run as ``python -m autograder.sandbox.probes``, which prints a list of attempts as JSON: each is made in a process of
its own, and forks are safe only in a program without threads.
"""

import codecs
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final, NoReturn

from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap, isolation, kernel, subprogram, system_calls
from autograder.sandbox.processes import View

_SECONDS: Final = 60.0
_REASON_BYTES: Final = 4096


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried.

    Attributes:
        name: what the sandbox needs.
        required: whether it can't do without.
        problem: why it can't be had, in the kernel's words; empty if it can.
        needs: the name of the attempt that failed and without which this one can't be made; mostly empty.
    """

    name: str
    required: bool
    problem: str
    needs: str = ""


def make() -> list[Attempt]:
    """Try everything, in a program of its own.

    Raises:
        ExpectedError: Python itself doesn't start, or doesn't come to an end.
    """
    command = subprogram.command("autograder.sandbox.probes")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise ExpectedError(
            f"What this machine's kernel offers could not be tried: {said}",
            f"Mend the environment until this works: {shlex.join(command)}",
        ) from error
    return [Attempt(**fields) for fields in json.loads(done.stdout)]


def _try_everything() -> Iterator[Attempt]:
    # Loaded now: an ordinary user may not be able to read root's Python.
    codecs.lookup("ascii")
    yield Attempt("bubblewrap", True, _problem(_start_bubblewrap))
    yield Attempt("resource limits", True, _problem(lambda: isolation.limit_resources(Limits(), View.of_here())))
    failed = ""
    for name, act in _FOUNDATIONS.items():
        attempt = _after(failed, name, act)
        yield attempt
        failed = failed or (name if attempt.problem else "")
    for name, act in _NAMESPACES.items():
        yield _after(failed, name, act)
    # There is a substitute for it (`bubblewrap.proc_is_covered`), which needs the filter.
    proc = replace(_after(failed, "own /proc", _mount_processes), required=False)
    yield proc
    yield Attempt("system-call filter", bool(proc.problem), _problem(_filter_system_calls))


def _after(failed: str, name: str, act: Callable[[], None]) -> Attempt:
    """Try what can't be had without something else, unless that has failed."""
    return Attempt(name, True, f"needs what is missing: {failed}" if failed else _problem(act), failed)


def _problem(act: Callable[[], None]) -> str:
    """Act in a child process; say what went wrong."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _act(act, theirs)
    os.close(theirs)
    told = b""
    while chunk := os.read(ours, _REASON_BYTES):
        told += chunk
    os.close(ours)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return told.decode(errors="replace") or ("" if code == 0 else f"the attempt ended with code {code}")


def _act(act: Callable[[], None], report: int) -> NoReturn:
    code = 1
    try:
        act()
        code = 0
    except ExpectedError as error:
        os.write(report, error.problem.encode())
    except Exception as error:  # noqa: BLE001 - whatever went wrong, that is the answer
        os.write(report, str(error).encode() or type(error).__name__.encode())
    finally:
        os._exit(code)


def _start_bubblewrap() -> None:
    # Without a file system of its own, and so without all that is tried below.
    command = [bubblewrap.find(), *bubblewrap.user_namespace(), "--bind", "/", "/", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **bubblewrap.account())
    if done.returncode != 0:
        raise OSError(done.stderr.strip() or f"bwrap ended with code {done.returncode}")


def _become_ordinary() -> None:
    if os.geteuid() == 0:
        isolation.become_ordinary()


def _enter(kinds: int) -> None:
    _become_ordinary()
    isolation.enter_namespaces(kinds)


def _enter_twice() -> None:
    _enter(0)
    isolation.enter_namespaces(0)


def _mount_folder() -> None:
    _enter(kernel.NEW_MOUNTS)
    _mount_privately("tmpfs", "/tmp")  # noqa: S108 - in a namespace that ends at once


def _fork_within() -> None:
    _enter(kernel.NEW_PROCESSES)
    _in_first_process(lambda: None)


def _mount_processes() -> None:
    def mount() -> None:
        _mount_privately("proc", "/proc")

    def mount_again() -> None:
        mount()
        _enter(kernel.NEW_MOUNTS | kernel.NEW_PROCESSES)
        _in_first_process(mount)

    if bubblewrap.privileged():
        # The zygote mounts one with root's rights; only below it a submission does so without.
        kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_PROCESSES)
        _in_first_process(mount_again)
    else:
        _enter(kernel.NEW_MOUNTS | kernel.NEW_PROCESSES)
        _in_first_process(mount)


def _mount_privately(kind: str, folder: str) -> None:
    kernel.mount("none", "/", None, kernel.RECURSIVE | kernel.PRIVATE)
    kernel.mount(kind, folder, kind, kernel.NO_SETUID | kernel.NO_DEVICES | kernel.NO_EXECUTE)


def _in_first_process(act: Callable[[], None]) -> None:
    """Act in the next process that is forked, the first one of the new process namespace."""
    if problem := _problem(act):
        raise OSError(problem)


def _give_up_privileges() -> None:
    _enter(0)
    isolation.give_up_privileges()


def _filter_system_calls() -> None:
    kernel.forbid_new_privileges()
    isolation.filter_system_calls(system_calls.program())


_FOUNDATIONS: Final[dict[str, Callable[[], None]]] = {
    "ordinary user": _become_ordinary,
    "user namespaces": lambda: _enter(0),
}
"""What all that follows needs."""
_NAMESPACES: Final[dict[str, Callable[[], None]]] = {
    "namespaces within namespaces": _enter_twice,
    "own mounts": _mount_folder,
    "own processes": _fork_within,
    "own network": lambda: _enter(kernel.NEW_NETWORK),
    "own messages and host name": lambda: _enter(kernel.NEW_IPC | kernel.NEW_HOSTNAME),
    "dropped privileges": _give_up_privileges,
}

if __name__ == "__main__":
    json.dump([asdict(attempt) for attempt in _try_everything()], sys.stdout)
