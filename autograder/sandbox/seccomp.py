"""The filter of system calls: it denies student processes what no lab needs and what exploits use.

It is written once, in the zygote; each student process hands it to the kernel.
"""

import errno
import os
from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from autograder import call_filter
from autograder.call_filter import ABSENT, FORBIDDEN, GREATER, MASKED, NEWER, NOT_EQUAL, Condition, Numbers, Rule

_ON_OTHERS: Final = {"prlimit64": 0, "setpriority": 1, "sched_setscheduler": 0, "sched_setparam": 0, "sched_setattr": 0}
"""Calls that a process may make on itself alone, and which argument names the process: the keeper is of the same user,
and could not monitor without open files or time on a processor."""

_KEEPER: Final = 1
"""The keeper's number, as the first process of its namespace. It may not be bound to the busiest processor either; but
threads, which have numbers of their own, bind themselves."""

_SENDING: Final = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
"""Calls that send, and which argument holds their flags."""
_OUT_OF_BAND: Final = 1
"""The flag MSG_OOB, which no lab needs: a flaw of the kernel was used through it (CVE-2025-38236)."""

_NAMESPACES: Final = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
"""The flags of clone(2) that make namespaces: CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET."""

_LOCKS: Final = (6, 7, 37, 38)
"""The commands of fcntl(2) that lock: F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW."""
_WATCHES: Final = (5, 36, 1024, 1025, 1026)
"""Those that tell of others: F_GETLK, F_OFD_GETLK, F_SETLEASE, F_GETLEASE, F_NOTIFY."""
_IF_CACHED: Final = 8
"""The flag RWF_NOWAIT of preadv2(2): read what is in memory already."""
_EVICTING: Final = (20, 21)
"""The advice of madvise(2) that drops pages from memory: MADV_COLD, MADV_PAGEOUT."""

_FAMILIES: Final = (0, 3, 4, 5, 6, 7, 8, 9)
"""Families of sockets below the last one allowed (1 UNIX, 2 INET, 10 INET6), but for those."""
_LAST_FAMILY: Final = 10
_LAST_PROTOCOL: Final = 17
"""UDP. Above it stand protocols that the kernel would load modules for: DCCP, SCTP, MPTCP."""
_PACKETS: Final = (5, 6)
"""Kinds of internet socket that mean such a protocol without naming it: SOCK_SEQPACKET and SOCK_DCCP."""
_KIND: Final = 0xF


_ATTRIBUTES: Final = (
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "lchown"),
    *("utime", "utimes", "utimensat", "futimesat"),
)
"""Calls that change a file that need not be open for writing: Landlock doesn't restrict them, and their paths lie in
memory, where no filter can see them."""
_FURTHER_ATTRIBUTES: Final = (
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr"),
)
_SHARED_NAMES: Final = (
    *("shmat", "shmctl", "shmdt", "msgsnd", "msgrcv", "msgctl", "semop", "semtimedop", "semctl"),
    *("mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr"),
)
"""Memory, messages and semaphores that all processes of a user find by name or number (System V, POSIX queues)."""
_SOCKETS: Final = ("socket", "connect", "bind", "listen", "accept", "accept4")
"""A socket in a folder (a desktop's bus, an agent for keys) can be connected to whatever Landlock says, and Landlock
knows no datagrams of the internet."""
_UNCONNECTED: Final = (2, 3)
"""Kinds of socket that send to an address that comes with the message: SOCK_DGRAM and SOCK_RAW."""
_SET_DUMPABLE: Final = 4
"""prctl(2), PR_SET_DUMPABLE: a process could hide from its keeper."""
_FILE_REQUESTS: Final = (0x6600, 0x5800, 0x7600)
"""Groups of requests (ioctl) that change a file's flags or seal it, though it is open for reading alone."""
_GROUP: Final = 0xFF00
_TYPE_IN: Final = 0x5412
"""The request TIOCSTI, which types at a terminal."""


def program(allowed: Collection[str] = (), *, alone: bool = False) -> bytes:
    """The filter as the kernel takes it.

    Args:
        allowed: names of calls that are let through although they are in the list of absent ones.
        alone: whether there are no namespaces besides: other processes, sockets and files of the user are then there,
            and the filter denies the ways to them that Landlock leaves open.

    Raises:
        OSError: libseccomp is missing or refuses.
    """
    return call_filter.program(partial(_all_rules if alone else _rules, allowed))


def _all_rules(allowed: Collection[str], number: Numbers) -> Iterable[Rule]:
    errors = {
        **dict.fromkeys(_SOCKETS, errno.EACCES),
        **dict.fromkeys(_ATTRIBUTES, errno.EPERM),
        **dict.fromkeys(_FURTHER_ATTRIBUTES, errno.EOPNOTSUPP),
        **dict.fromkeys(_SHARED_NAMES, errno.ENOSYS),
        "ioprio_set": errno.EPERM,
        # Space on the disk that is taken without being written could not be counted in time.
        "fallocate": errno.EOPNOTSUPP,
    }
    denied = {number(name): error for name, error in errors.items()}
    yield from (rule for rule in _rules(allowed, number) if rule[0] not in denied)
    yield from ((call, error, []) for call, error in denied.items())
    for kind in _UNCONNECTED:
        yield number("socketpair"), errno.EACCES, [Condition(1, MASKED, _KIND, kind)]
    yield number("sched_setaffinity"), errno.EPERM, [Condition(0, NOT_EQUAL, 0)]
    yield number("prctl"), errno.EPERM, [_is(0, _SET_DUMPABLE)]
    for group in _FILE_REQUESTS:
        yield number("ioctl"), errno.ENOTTY, [Condition(1, MASKED, _GROUP, group)]
    yield number("ioctl"), errno.EPERM, [_is(1, _TYPE_IN)]


def _is(argument: int, value: int) -> Condition:
    """That an argument is this number, to a call that looks at its lower half alone."""
    return Condition(argument, MASKED, 0xFFFFFFFF, value)


def _rules(allowed: Collection[str], number: Numbers) -> Iterable[Rule]:
    absent = [name for name in ABSENT if name not in allowed]
    found = {number(name): errno.EPERM for name in FORBIDDEN} | {number(name): errno.ENOSYS for name in absent}
    found |= {newer: errno.ENOSYS for newer in NEWER if newer not in found}
    yield from ((call, error, []) for call, error in found.items())
    yield number("personality"), errno.EPERM, [Condition(0, NOT_EQUAL, 0xFFFFFFFF)]
    for name, argument in _ON_OTHERS.items():
        yield number(name), errno.EPERM, [Condition(argument, NOT_EQUAL, 0)]
    # All processes of a user, or of a group, include others.
    yield number("setpriority"), errno.EPERM, [Condition(0, NOT_EQUAL, os.PRIO_PROCESS)]
    yield number("sched_setaffinity"), errno.EPERM, [_is(0, _KEEPER)]
    for name, argument in _SENDING.items():
        yield number(name), errno.EOPNOTSUPP, [Condition(argument, MASKED, _OUT_OF_BAND, _OUT_OF_BAND)]
    # A lock on a file of a library would be a message to another submission. A program that is told that it holds a
    # lock goes on; nobody else writes in its folder.
    yield number("flock"), 0, []
    for name in ("fcntl", "fcntl64"):
        yield from ((number(name), 0, [_is(1, command)]) for command in _LOCKS)
        yield from ((number(name), errno.EINVAL, [_is(1, command)]) for command in _WATCHES)
    yield number("preadv2"), errno.EOPNOTSUPP, [Condition(5, MASKED, _IF_CACHED, _IF_CACHED)]
    for advice in _EVICTING:
        yield number("madvise"), errno.EINVAL, [_is(2, advice)]
    for flag in _NAMESPACES:
        yield number("clone"), errno.EPERM, [Condition(0, MASKED, flag, flag)]
    for name in ("socket", "socketpair"):
        for family in _FAMILIES:
            yield number(name), errno.EAFNOSUPPORT, [_is(0, family)]
        yield number(name), errno.EAFNOSUPPORT, [Condition(0, GREATER, _LAST_FAMILY)]
        yield number(name), errno.EPROTONOSUPPORT, [Condition(2, GREATER, _LAST_PROTOCOL)]
        for family in (2, _LAST_FAMILY):
            for kind in _PACKETS:
                conditions = [_is(0, family), Condition(1, MASKED, _KIND, kind)]
                yield number(name), errno.EPROTONOSUPPORT, conditions
