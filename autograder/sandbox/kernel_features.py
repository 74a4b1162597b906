"""What the sandbox needs of the kernel, each feature tried by itself, and what to do where one is missing.

Run as ``python -m autograder.sandbox.kernel_features``, which prints the features as JSON: each is tried in a process
of its own, and forks are safe only in a program without threads.
"""

import codecs
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, NoReturn

from autograder import call_filter, kernel
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap, isolation, seccomp, subprogram, without_namespaces
from autograder.sandbox.accelerator import DriverNeeds
from autograder.sandbox.mode import Mode
from autograder.sandbox.procfs import ProcFs

_SECONDS: Final = 60.0

_SWITCHES: Final = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=16384"),
)
WHOLE_PROC: Final = (
    "Start the container with: --security-opt systempaths=unconfined (Docker) or --security-opt unmask=ALL (Podman)"
)
"""The line that uncovers /proc in a container."""
_CONTAINER: Final = (
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)

_SIGNS: Final = {
    "Landlock:": "Landlock",
    "bwrap:": "the outer wall (bubblewrap)",
    "private folders of the submission": "private folders of each submission",
    "namespaces": "namespaces of each submission",
    "own /proc": "a /proc of each submission's own",
    "becoming an ordinary user": "an ordinary user for student code",
    "resource limits": "resource limits",
    "giving up privileges": "dropped privileges",
    "filter of system calls": "the filter of system calls",
    "GPU:": "a GPU that nothing has used before the fork",
}
"""What a part of the sandbox writes when it fails, and the name of that layer."""


@dataclass(frozen=True)
class KernelFeature:
    """Something that the sandbox needs, and whether this machine has it.

    Attributes:
        name: what it is.
        required: whether the sandbox can't do without it.
        problem: why it is missing, in the kernel's words; empty if it is there.
        needs: the name of a missing feature without which this one can't be tried; mostly empty.
    """

    name: str
    required: bool
    problem: str
    needs: str = ""


def try_all() -> list[KernelFeature]:
    """Try everything, in a program of its own.

    Raises:
        ExpectedError: Python itself doesn't start, or doesn't end.
    """
    command = subprogram.command("autograder.sandbox.kernel_features")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise ExpectedError(
            f"What this machine's kernel offers could not be tried: {said}",
            f"Mend the environment until this works: {shlex.join(command)}",
        ) from error
    return [KernelFeature(**fields) for fields in json.loads(done.stdout)]


def startup_error(said: str, mode: Mode) -> ExpectedError:
    """The error for a sandbox that didn't start. It names what this machine lacks.

    Args:
        said: what the part that failed wrote.
        mode: which sandbox it is.
    """
    layer = next((name for sign, name in _SIGNS.items() if sign in said), "")
    if not layer:
        return ExpectedError(
            f"The sandbox's warm interpreter didn't start: {said or 'it said nothing'}",
            "Mend the environment (autograder doctor shows what is in it) and try again.",
        )
    if mode is Mode.LANDLOCK:
        _, cure = without_namespaces.problem()
        return ExpectedError(
            f"A required layer of the sandbox without namespaces is missing: {layer}. {said}",
            f"{cure or without_namespaces.UPDATE} To see each layer: autograder doctor.",
        )
    missing: list[KernelFeature] = []
    # If they can't be tried, the layer is still reported.
    with suppress(ExpectedError):
        missing = [feature for feature in try_all() if feature.required and feature.problem]
    lacks = f" This machine lacks: {', '.join(feature.name for feature in missing)}." if missing else ""
    lines = " ".join(dict.fromkeys(map(cure_for, missing))) or cure_for_namespaces()
    return ExpectedError(
        f"A required layer of the sandbox is missing: {layer}.{lacks} {said}",
        f"{lines} {without_namespaces.alternative()} To see each layer: autograder doctor.",
    )


def cure_for(feature: KernelFeature) -> str:
    """What to do where this feature is missing."""
    name = feature.needs or feature.name
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        return bubblewrap.INSTALLATION
    cures = {
        "own /proc": WHOLE_PROC,
        "ordinary user": "Start it as an ordinary user, or give the container a range of users.",
        "system-call filter": call_filter.INSTALLATION,
    }
    return cures.get(name) or cure_for_namespaces()


def cure_for_namespaces() -> str:
    """What to do so that this kernel grants namespaces, as far as its own settings show."""
    for path, closed, line in _SWITCHES:
        switch = Path(path)
        if switch.exists() and switch.read_text(encoding="ascii").strip() == closed:
            return f"Run as root: {line}"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return f"Start the container with: {_CONTAINER}"
    return "Run it on Linux 5.14 or later, outside a container that forbids namespaces."


def _try_everything() -> Iterator[KernelFeature]:
    # Loaded now: an ordinary user may not be able to read root's Python.
    codecs.lookup("ascii")
    yield KernelFeature("bubblewrap", True, _problem(_start_bubblewrap))
    yield KernelFeature("resource limits", True, _problem(_limit_resources))
    failed = ""
    for name, act in _FOUNDATIONS.items():
        feature = _after(failed, name, act)
        yield feature
        failed = failed or (name if feature.problem else "")
    for name, act in _NAMESPACES.items():
        yield _after(failed, name, act)
    # There is a substitute for it (`bubblewrap.proc_is_covered`), which needs the filter.
    proc = replace(_after(failed, "own /proc", _mount_processes), required=False)
    yield proc
    yield KernelFeature("system-call filter", bool(proc.problem), _problem(_filter_system_calls))


def _after(failed: str, name: str, act: Callable[[], None]) -> KernelFeature:
    """Try a feature that needs another one, unless that is missing."""
    return KernelFeature(name, True, f"needs what is missing: {failed}" if failed else _problem(act), failed)


def _problem(act: Callable[[], None]) -> str:
    """Act in a child process; say what went wrong."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _act(act, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as file:
        reported = file.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return reported.decode(errors="replace") or ("" if code == 0 else f"the attempt ended with code {code}")


def _act(act: Callable[[], None], report: int) -> NoReturn:
    code = 1
    try:
        act()
        code = 0
    except ExpectedError as error:
        os.write(report, error.problem.encode())
    except Exception as error:  # noqa: BLE001 - any error is the answer
        os.write(report, str(error).encode() or type(error).__name__.encode())
    finally:
        os._exit(code)


def _start_bubblewrap() -> None:
    # It gets no file system of its own, for which it would need what is tried below.
    command = [bubblewrap.find(), *bubblewrap.user_namespace(), "--bind", "/", "/", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **bubblewrap.account())
    if done.returncode != 0:
        raise OSError(done.stderr.strip() or f"bwrap ended with code {done.returncode}")


def _limit_resources() -> None:
    isolation.limit_resources(Limits(), ProcFs.of_here(), DriverNeeds())


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
    isolation.filter_system_calls(seccomp.program())


_FOUNDATIONS: Final[dict[str, Callable[[], None]]] = {
    "ordinary user": _become_ordinary,
    "user namespaces": lambda: _enter(0),
}
"""What all later features need."""
_NAMESPACES: Final[dict[str, Callable[[], None]]] = {
    "namespaces within namespaces": _enter_twice,
    "own mounts": _mount_folder,
    "own processes": _fork_within,
    "own network": lambda: _enter(kernel.NEW_NETWORK),
    "own messages and host name": lambda: _enter(kernel.NEW_IPC | kernel.NEW_HOSTNAME),
    "dropped privileges": _give_up_privileges,
}

if __name__ == "__main__":
    json.dump([asdict(feature) for feature in _try_everything()], sys.stdout)
