"""The filter of system calls: it denies student processes what no lab needs and what exploits use.

It is written once, in the zygote; each student process hands it to the kernel.
"""

import errno
import os
from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from autograder import call_filter
from autograder.call_filter import ABSENT, EQUAL, FORBIDDEN, GREATER, MASKED, NEWER, NOT_EQUAL, Condition, Numbers, Rule

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


def program(allowed: Collection[str] = ()) -> bytes:
    """The filter as the kernel takes it.

    Args:
        allowed: names of calls that are let through although they are in the list of absent ones.

    Raises:
        OSError: libseccomp is missing or refuses.
    """
    return call_filter.program(partial(_rules, allowed))


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
    yield number("sched_setaffinity"), errno.EPERM, [Condition(0, EQUAL, _KEEPER)]
    for name, argument in _SENDING.items():
        yield number(name), errno.EOPNOTSUPP, [Condition(argument, MASKED, _OUT_OF_BAND, _OUT_OF_BAND)]
    # A lock on a file of a library would be a message to another submission. A program that is told that it holds a
    # lock goes on; nobody else writes in its folder.
    yield number("flock"), 0, []
    for name in ("fcntl", "fcntl64"):
        yield from ((number(name), 0, [Condition(1, EQUAL, command)]) for command in _LOCKS)
        yield from ((number(name), errno.EINVAL, [Condition(1, EQUAL, command)]) for command in _WATCHES)
    yield number("preadv2"), errno.EOPNOTSUPP, [Condition(5, MASKED, _IF_CACHED, _IF_CACHED)]
    for advice in _EVICTING:
        yield number("madvise"), errno.EINVAL, [Condition(2, EQUAL, advice)]
    for flag in _NAMESPACES:
        yield number("clone"), errno.EPERM, [Condition(0, MASKED, flag, flag)]
    for name in ("socket", "socketpair"):
        for family in _FAMILIES:
            yield number(name), errno.EAFNOSUPPORT, [Condition(0, EQUAL, family)]
        yield number(name), errno.EAFNOSUPPORT, [Condition(0, GREATER, _LAST_FAMILY)]
        yield number(name), errno.EPROTONOSUPPORT, [Condition(2, GREATER, _LAST_PROTOCOL)]
        for family in (2, _LAST_FAMILY):
            for kind in _PACKETS:
                conditions = [Condition(0, EQUAL, family), Condition(1, MASKED, _KIND, kind)]
                yield number(name), errno.EPROTONOSUPPORT, conditions
