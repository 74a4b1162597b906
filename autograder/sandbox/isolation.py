"""The isolation of one submission, set up by its own processes before any student code runs.

The order matters: namespaces first (they give the process the rights that the rest needs), then mounts, then the
settings that can't be undone, and the resource limits last of all, in the student's process alone.
"""

import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from autograder import kernel
from autograder.clone import fork_with
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox.accelerator import DriverNeeds
from autograder.sandbox.procfs import ProcFs, mapped_bytes

WORKING_FOLDER: Final = "/submission"
"""Where a submission runs: private, empty at the start, held in memory."""
NOBODY: Final = 65534
"""The user and the group that root becomes."""
PRIVATE_FOLDERS: Final = (WORKING_FOLDER, "/tmp", "/dev/shm")  # noqa: S108 - each is the submission's own
"""The folders in which a submission can write, each a bounded file system in memory."""

_SAFE: Final = kernel.NO_SETUID | kernel.NO_DEVICES
_ALL_KINDS: Final = kernel.NEW_MOUNTS | kernel.NEW_PROCESSES | kernel.NEW_IPC | kernel.NEW_HOSTNAME | kernel.NEW_NETWORK
_BYTES_FOR_EACH_FILE: Final = 4096
_ADDRESS_SPACE_ALLOWANCE: Final = 16 * 1024**3
"""Threads reserve address space (stacks, malloc's arenas) that they never use; this much of it costs nothing."""

_PROCESS_ALLOWANCE: Final = 16
"""How many submissions of the same user, with all the processes that each may have, leave one the right to fork."""


class IsolationError(Exception):
    """A required part of the isolation is missing; the message names it and gives the kernel's reason."""


def become_ordinary() -> None:
    """Stop being root: from here on no process has a capability, and limits on processes count.

    Raises:
        IsolationError: the kernel refuses, or knows no other user here.
    """
    try:
        kernel.empty_bounding_set()
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # A process that changes its user may not write its own uid_map until it says that it may be inspected.
        kernel.set_inspectable(inspectable=True)
    except OSError as error:
        raise IsolationError(f"becoming an ordinary user: {error}") from error


def mount_processes() -> None:
    """Mount a /proc that shows the process namespace of this process.

    Raises:
        IsolationError: the kernel refuses.
    """
    try:
        kernel.mount("proc", "/proc", "proc", _SAFE | kernel.NO_EXECUTE)
    except OSError as error:
        raise IsolationError(f"own /proc: {error}") from error


def fork_into_namespaces() -> int:
    """Fork a process into namespaces of its own, as the first process of its process namespace.

    It has no user until it calls `map_to_itself`.

    Returns:
        0 in the child; in the parent, the child's process id.

    Raises:
        IsolationError: the kernel refuses.
    """
    try:
        return fork_with(kernel.NEW_USERS | _ALL_KINDS)
    except OSError as error:
        raise IsolationError(f"namespaces of the submission: {error}") from error


def enter_namespaces(kinds: int) -> None:
    """Move this process, and the next process that it forks, into namespaces of their own.

    The user is mapped to itself: no process inside is root, in its own eyes or in the kernel's.

    Args:
        kinds: of which kinds, besides a user namespace.

    Raises:
        IsolationError: the kernel refuses.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.unshare(kernel.NEW_USERS | kinds)
    except OSError as error:
        raise IsolationError(f"namespaces of the submission: {error}") from error
    map_to_itself(user, group)


def map_to_itself(user: int, group: int) -> None:
    """Give this process, the first in its user namespace, the user and the group that it has outside.

    Raises:
        IsolationError: the kernel refuses.
    """
    try:
        # The kernel lets an unprivileged process map its group only once setgroups(2) is off (user_namespaces(7)).
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except OSError as error:
        raise IsolationError(f"namespaces of the submission: {error}") from error


def mount_private_folders(limits: Limits, shown: Sequence[str], *, covered: bool) -> ProcFs:
    """Give this mount namespace its own working folder, /tmp, /dev/shm and /proc.

    Must run in the first process of the new process namespace, so that /proc shows that namespace.

    Args:
        limits: what the submission may use.
        shown: paths that bubblewrap shows; those in /tmp are shown in the new /tmp too.
        covered: whether the kernel grants no /proc of the namespace's own (`bubblewrap.proc_is_covered`). The new /proc
            is then empty.

    Returns:
        The /proc in which this process and its descendants are seen.

    Raises:
        IsolationError: the kernel refuses.
    """
    options = f"size={limits.disk_bytes},nr_inodes={limits.disk_bytes // _BYTES_FOR_EACH_FILE},mode=0700"
    try:
        kernel.mount("none", "/", None, kernel.RECURSIVE | kernel.PRIVATE)
        hidden = {path: os.open(path, os.O_PATH) for path in shown if path.startswith("/tmp/")}  # noqa: S108
        for folder in PRIVATE_FOLDERS:
            kernel.mount("tmpfs", folder, "tmpfs", _SAFE, options)
        for path, descriptor in hidden.items():
            _show_again(Path(path), descriptor)
        outer = ProcFs.of_here() if covered else None
        if outer:
            kernel.mount("tmpfs", "/proc", "tmpfs", _SAFE | kernel.READ_ONLY | kernel.NO_EXECUTE)
    except OSError as error:
        raise IsolationError(f"private folders of the submission: {error}") from error
    if not outer:
        mount_processes()
    # IPython runs "!command" in a pseudoterminal; one of an instance of its own can't be reached by other submissions.
    # Without one only such commands fail.
    with suppress(OSError):
        kernel.mount("devpts", "/dev/pts", "devpts", kernel.NO_SETUID | kernel.NO_EXECUTE, "newinstance,ptmxmode=0666")
    return outer or ProcFs.of_here()


def _show_again(path: Path, descriptor: int) -> None:
    source = f"/proc/self/fd/{descriptor}"
    if Path(source).is_dir():
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    kernel.mount(source, str(path), None, kernel.BIND | kernel.RECURSIVE)
    os.close(descriptor)


def forbid_namespaces() -> None:
    """Switch off user namespaces below this one: their creator would have capabilities again.

    Raises:
        IsolationError: the kernel refuses.
    """
    try:
        Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    except OSError as error:
        raise IsolationError(f"forbidding further namespaces: {error}") from error


def ordinary_account() -> dict[str, Any]:
    """An ordinary user's account, as arguments of `subprocess.Popen`, for a process that root starts.

    Raises:
        ExpectedError: that can't be done.
    """
    if kernel.capabilities() & kernel.CHANGE_USER != kernel.CHANGE_USER:
        raise ExpectedError(
            "Started as root without the right to become an ordinary user (CAP_SETUID, CAP_SETGID).",
            "Start it as an ordinary user.",
        )
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def give_up_privileges(*, keys_are_denied: bool = False) -> None:
    """Drop every capability and the ways back to one, and the keys that the kernel keeps for the user's session.

    Args:
        keys_are_denied: whether the keys may stay, since no call that uses them will be let through.

    Raises:
        IsolationError: the kernel refuses.
    """
    try:
        try:
            kernel.forget_keys()
        except OSError:
            if not keys_are_denied:
                raise
        # Outside a namespace of its own an unprivileged process may not touch the bounding set, and needn't: it has
        # no capability, and no_new_privs stops it from gaining one.
        if kernel.capabilities():
            kernel.empty_bounding_set()
        kernel.drop_capabilities()
        kernel.forbid_new_privileges()
    except OSError as error:
        raise IsolationError(f"giving up privileges: {error}") from error


def filter_system_calls(program: bytes, *, required: bool = False) -> None:
    """Apply this filter, if there is one, to the system calls of this process and of all that it starts.

    Args:
        program: the filter (`autograder.sandbox.seccomp`); empty if there is none.
        required: whether there must be one.

    Raises:
        IsolationError: the kernel refuses, or there is none.
    """
    if required and not program:
        raise IsolationError("filter of system calls: there is none, since libseccomp is missing")
    try:
        if program:
            kernel.filter_system_calls(program)
    except OSError as error:
        raise IsolationError(f"filter of system calls: {error}") from error


def limit_own_memory(more_bytes: int) -> None:
    """Bound the private memory that this process may get besides what it has."""
    _, private = mapped_bytes(Path("/proc/self/statm").read_text())
    resource.setrlimit(resource.RLIMIT_DATA, (private + more_bytes,) * 2)


def limit_resources(limits: Limits, proc: ProcFs, needs: DriverNeeds, *, user_is_shared: bool = False) -> None:
    """Set the resource limits of this process and all that it starts.

    RLIMIT_DATA bounds private memory. What this process has of it already comes on top, since that is torch's: with the
    libraries of CUDA 800 MiB, which student code neither asked for nor fills. Address space can't be bounded as
    tightly, since torch maps far more than it uses; a loose RLIMIT_AS still bounds memory that is mapped shared.

    Args:
        limits: what the submission may use.
        proc: a /proc in which this process is seen.
        needs: what a device's driver needs.
        user_is_shared: whether processes of others are of the same user in the kernel's eyes, which then counts them,
            too. The bound on processes is a loose one then.

    Raises:
        IsolationError: the kernel refuses.
    """
    others = _PROCESS_ALLOWANCE * limits.processes + proc.threads() if user_is_shared else 0
    mapped, private = mapped_bytes(proc.read("self", "statm"))
    wanted = {
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 1),
        resource.RLIMIT_DATA: (private + limits.memory_bytes,) * 2,
        resource.RLIMIT_NPROC: (limits.processes + others,) * 2,
        resource.RLIMIT_NOFILE: (limits.open_files, limits.open_files),
        resource.RLIMIT_FSIZE: (limits.file_bytes, limits.file_bytes),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_MEMLOCK: (needs.locked_bytes,) * 2,
    }
    if not needs.any_address_space:
        wanted[resource.RLIMIT_AS] = (mapped + limits.memory_bytes + _ADDRESS_SPACE_ALLOWANCE,) * 2
    try:
        # The kernel's out-of-memory killer ends a submission before anything else on the machine.
        proc.write("oom_score_adj", "1000")
        for kind, (soft, hard) in wanted.items():
            ceiling = resource.getrlimit(kind)[1]
            bound = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
            resource.setrlimit(kind, (min(soft, bound), bound))
    except (OSError, ValueError) as error:
        raise IsolationError(f"resource limits: {error}") from error
