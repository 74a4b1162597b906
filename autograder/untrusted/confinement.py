"""What a helper's process may still do once it begins with a stranger's text: read, compute, and answer.

A parser that is written in C may have a flaw through which a text runs code of its own. Such code would have the rights
of the account that grades. So each of these processes gives up, before it sees the text: the network, starting and
signalling processes, and writing to files, but for those of a folder that its job fills. Two means overlap: a filter of
system calls (libseccomp), and Landlock (Linux 5.13), which knows folders. Where one is missing, the other is left, and
where both are, the bounds on time and memory.
"""

import errno
import os
import resource
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from autograder import call_filter, kernel, landlock
from autograder.call_filter import ABSENT, FORBIDDEN, MASKED, NEWER, NOT_EQUAL, Condition, Numbers, Rule

_NETWORK: Final = ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg")
_PROGRAMS: Final = ("execve", "execveat", "fork", "vfork")
_SIGNALS: Final = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "pidfd_open")
_OTHERS: Final = ("prlimit64", "setpriority", "sched_setaffinity", "sched_setscheduler", "sched_setparam")
"""Calls that a process may make on itself alone. Their first argument names the process."""
_THREAD: Final = 0x00010000
"""The flag CLONE_THREAD of clone(2), without which it makes a process."""

_WRITING: Final = (
    *("creat", "truncate", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "rmdir"),
    *("unlink", "unlinkat", "link", "linkat", "symlink", "symlinkat", "utime", "utimes", "utimensat", "futimesat"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "lchown"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
)
_OPENING: Final = {"open": 1, "openat": 2}
"""Calls that open a file, and which argument holds the flags."""
_TO_WRITE: Final = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)


def program(*, writes: bool) -> bytes:
    """The filter of system calls for a helper's process; empty where libseccomp is missing.

    Args:
        writes: whether the job writes files.
    """
    try:
        return call_filter.program(partial(_rules, writes))
    except OSError:
        return b""


def confine(filter_program: bytes, folder: bytes) -> None:
    """Give up, for good, what a helper's process doesn't need.

    Args:
        filter_program: what `program` has returned.
        folder: the one folder in which this process may write; empty if it may write nowhere.
    """
    if not folder:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A container may deny each of these, and an older kernel may lack it.
    with suppress(OSError):
        kernel.forbid_new_privileges()
        with suppress(OSError):
            _forbid_writing(folder)
        if filter_program:
            kernel.filter_system_calls(filter_program)


def find_allowed(folder: str) -> list[str]:
    """What this process may do that a helper's process should not: tried, and named.

    Args:
        folder: a folder that belongs to its account.
    """
    actions: dict[str, Callable[[], object]] = {
        "open a connection": lambda: socket.socket(socket.AF_INET).close(),
        "start a program": lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
        "signal the process that grades": lambda: os.kill(os.getppid(), 0),
        "write files": lambda: Path(folder, "written").touch(),
    }
    allowed = []
    for name, act in actions.items():
        with suppress(OSError):
            act()
            allowed.append(name)
    return allowed


def _forbid_writing(folder: bytes) -> None:
    allowed = [(folder, landlock.WRITE)] if folder else []
    landlock.restrict(allowed, files=landlock.WRITE | landlock.EXECUTE)


def _rules(writes: bool, number: Numbers) -> Iterable[Rule]:
    # The flags of openat2 lie in memory, where no filter can see them; programs then use openat.
    absent = {*ABSENT, "openat2", "bpf"}
    denied = {*FORBIDDEN, *_NETWORK, *_PROGRAMS, *_SIGNALS, *(() if writes else _WRITING)} - absent
    found = {number(name): errno.EACCES for name in denied} | {number(name): errno.ENOSYS for name in absent}
    found |= {newer: errno.ENOSYS for newer in NEWER if newer not in found}
    yield from ((call, error, []) for call, error in found.items())
    yield number("clone"), errno.EACCES, [Condition(0, MASKED, _THREAD, 0)]
    for name in _OTHERS:
        yield number(name), errno.EACCES, [Condition(0, NOT_EQUAL, 0)]
    if not writes:
        for name, argument in _OPENING.items():
            for flag in _TO_WRITE:
                yield number(name), errno.EACCES, [Condition(argument, MASKED, flag, flag)]
