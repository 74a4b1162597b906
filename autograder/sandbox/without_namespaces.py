"""The sandbox where namespaces are forbidden: Landlock (landlock(7)) and the filter of system calls.

Three restrictions lie in one another. The zygote gives up everything but reading the environment and writing in one
folder. Each submission's keeper gives up signalling whatever it has not started: so `end_all` ends what a submission
left, all at once and nothing else. The student process gives up /proc and the folders of the others. What Landlock
doesn't restrict, the filter denies (`autograder.sandbox.seccomp`), so both are required.
"""

import ctypes
import errno
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from autograder import call_filter, kernel, landlock
from autograder.errors import ExpectedError
from autograder.sandbox import isolation, visible_files
from autograder.sandbox.accelerator import DeviceAccess
from autograder.sandbox.isolation import IsolationError

VERSION: Final = max(protection.version for protection in landlock.PROTECTIONS)
"""The version of Landlock that is required."""
LINUX: Final = next(protection.linux for protection in landlock.PROTECTIONS if protection.version == VERSION)
"""The first Linux that has it."""
UPDATE: Final = f"Run it on Linux {LINUX} or later."
"""What to do where a part of it is missing."""

_OWN_FOLDER: Final = landlock.ALL & ~(landlock.MAKE_DEVICE | landlock.MAKE_SOCKET | landlock.DEVICE_REQUESTS)
_DEVICES: Final = landlock.READ_FILE | landlock.WRITE_FILE
_PROCESSES: Final = landlock.READ | landlock.WRITE_FILE
_REFUSED: Final = (errno.EPERM, errno.EACCES)


def problem() -> tuple[str, str]:
    """What keeps this machine from it, and the cure; two empty texts if nothing does, as far as can be told at once."""
    try:
        has = landlock.version()
    except OSError as error:
        return _absence(error)
    if lacking := landlock.missing(has):
        names = ", ".join(f"{each.name} (version {each.version}, Linux {each.linux})" for each in lacking)
        return (
            f"this kernel has version {has} of Landlock, which doesn't restrict: {names}",
            UPDATE,
        )
    try:
        ctypes.CDLL(call_filter.LIBRARY)
    except OSError:
        return "the filter of system calls can't be made, since libseccomp is missing", call_filter.INSTALLATION
    if not _sees_all_processes():
        return (
            "/proc hides processes (hidepid), so that what a submission leaves could not be found",
            "Mount /proc without hidepid.",
        )
    return "", ""


def require(device: DeviceAccess) -> None:
    """Make sure, as far as can be told at once, that this sandbox can be had.

    Args:
        device: what submissions are to have of an accelerator.

    Raises:
        ExpectedError: it can't be had, or gives no access to the accelerator.
    """
    said, cure = problem()
    if said:
        raise ExpectedError(f"The sandbox without namespaces (--sandbox landlock) can't be had: {said}.", cure)
    if device.nodes:
        raise ExpectedError(
            "The sandbox without namespaces (--sandbox landlock) gives no access to a GPU.",
            "Leave --gpu out, or grade on a machine with bubblewrap and namespaces.",
        )


def alternative() -> str:
    """What this machine offers where bubblewrap can't be had, in a sentence."""
    said, cure = problem()
    if not said:
        return "The sandbox without namespaces can be had here (--sandbox landlock)."
    return f"The sandbox without namespaces (--sandbox landlock) can't be had either: {said}. {cure}"


def _absence(error: OSError) -> tuple[str, str]:
    if error.errno == errno.EOPNOTSUPP:
        return (
            "Landlock was not enabled when this machine started",
            "Add landlock to the list lsm=… on the kernel's command line, and restart the machine.",
        )
    newer = f"Run it on Linux {LINUX} or later"
    if error.errno in _REFUSED:
        return (
            f"a filter of system calls refuses Landlock's calls ({os.strerror(error.errno)})",
            "Allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self in the container's seccomp "
            "profile, as the default profiles of newer versions of Docker and containerd do.",
        )
    return (
        "this kernel has no Landlock, or a filter of system calls hides it",
        f"{newer}; in a container, with a seccomp profile that allows landlock_create_ruleset.",
    )


def _sees_all_processes() -> bool:
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    mine = [mount for mount in mounts if mount.split()[4] == "/proc"]
    return not any(f"hidepid={value}" in mount for mount in mine for value in ("1", "2", "4", "noaccess", "invisible"))


def account() -> dict[str, Any]:
    """The account that the zygote is started as, as arguments of `subprocess.Popen`: root becomes an ordinary user.

    Raises:
        ExpectedError: that can't be done.
    """
    if os.geteuid() != 0:
        return {}
    return isolation.ordinary_account()


def confine_zygote(shown: Sequence[str]) -> str:
    """Leave this process, and all that it starts, the files that students may read, /proc, and one new folder.

    Args:
        shown: what is readable besides the system.

    Returns:
        The folder, in which submissions get folders of their own.

    Raises:
        IsolationError: the kernel refuses.
    """
    folder = tempfile.mkdtemp(prefix="submissions-")
    # The working folder of whatever the libraries write while they are imported.
    os.environ.update(HOME=folder, TMPDIR=folder, MPLCONFIGDIR=f"{folder}/matplotlib")
    tempfile.tempdir = folder
    # Removing the folder in the end takes a right on the folder above; files there can't be removed.
    above = (str(Path(folder).parent), landlock.REMOVE_FOLDER)
    with _explained():
        kernel.forbid_new_privileges()
        landlock.restrict([*_readable(shown), ("/proc", _PROCESSES), above, (folder, _OWN_FOLDER)])
    return folder


def confine_keeper() -> None:
    """Make this process unable to signal others than those that it starts from here on.

    Raises:
        IsolationError: the kernel refuses, or the process can still signal its parent.
    """
    with _explained():
        # Every restriction denies to move files between folders, but where it is allowed.
        landlock.restrict([("/", landlock.MOVE)], files=landlock.MOVE, network=0)
    # What comes is a signal to everything that this process may signal: that it may not is made sure of.
    with suppress(PermissionError):
        os.kill(os.getppid(), 0)
        raise IsolationError("Landlock: signals to other processes are not refused")


def confine_submission(shown: Sequence[str], folder: str) -> None:
    """Leave this process, and all that it starts, the files that students may read, and its own folder.

    Args:
        shown: what is readable besides the system.
        folder: the submission's.

    Raises:
        IsolationError: the kernel refuses.
    """
    with _explained():
        landlock.restrict([*_readable(shown), (folder, _OWN_FOLDER)])


def end_all() -> None:
    """Kill, at once, all that this process or its descendants have started since it was confined, and wait for it.

    One call kills all of them, and the kernel lets no process fork meanwhile: what forks again and again, and what has
    left its parent, is hit as well.
    """
    with suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IsolationError(f"Landlock: {error}") from error


def _readable(shown: Sequence[str]) -> Iterator[tuple[str, int]]:
    for path in (*visible_files.SYSTEM, *visible_files.SETTINGS, *shown):
        yield path, landlock.READ | landlock.EXECUTE
    for name in visible_files.DEVICES:
        yield f"/dev/{name}", _DEVICES
