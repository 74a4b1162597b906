"""The filter of system calls (seccomp(2)): it denies student processes what no lab needs and what exploits use.

libseccomp (https://github.com/seccomp/libseccomp) knows the calls of every architecture by name. It writes the program
once, in the zygote; each student process hands that to the kernel. A call that is denied fails as on a kernel that
lacks it or on an account that may not make it, so a program that has an alternative uses it.
"""

import ctypes
import errno
import os
import tempfile
from collections.abc import Collection, Iterable
from typing import Final

LIBRARY: Final = "libseccomp.so.2"
"""The library's file; without it there is no filter."""

_FORBIDDEN: Final = (
    # looking into other processes
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_getfd"),
    # mounts, namespaces, and files by other ways than their path
    *("mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "mount_setattr"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "name_to_handle_at", "open_by_handle_at"),
    *("setns", "unshare", "sethostname", "setdomainname", "fanotify_init", "fanotify_mark"),
    # the kernel's own tools
    *("bpf", "perf_event_open", "lookup_dcookie", "add_key", "request_key", "keyctl", "syslog"),
    *("init_module", "finit_module", "delete_module", "create_module", "kexec_load", "kexec_file_load"),
    # the machine
    *("reboot", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "nfsservctl", "vhangup"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "iopl", "ioperm"),
    # obsolete calls
    *("modify_ldt", "vm86", "vm86old", "uselib", "sysfs", "_sysctl", "ustat", "remap_file_pages"),
    *("vmsplice", "move_pages", "migrate_pages"),
)
_ABSENT: Final = (
    *("userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    # The flags of clone3 lie in memory, where no filter can see them; the C library then uses clone.
    "clone3",
    # Memory that belongs to no process and no folder could not be counted (`autograder.sandbox.usage_monitor`).
    *("memfd_create", "memfd_secret", "shmget", "msgget", "semget"),
    # All submissions see the same files of libraries: what the kernel keeps of them in memory, and who opens them.
    *("fadvise64", "fadvise64_64", "arm_fadvise64_64", "readahead", "mincore"),
    *("inotify_init", "inotify_init1", "inotify_add_watch"),
)
"""What a device's driver needs of these can be allowed (`autograder.sandbox.accelerator.DriverNeeds`)."""
_NEWER: Final = range(450, 600)
"""Calls younger than this list; their numbers are the same on every architecture. C libraries do without them."""

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

_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_FAIL: Final = 0x00050000
_FOREIGN_CALLS: Final = 2
_OPTIMISATION: Final = 8
_BINARY_TREE: Final = 2
_NOT_EQUAL, _EQUAL, _GREATER, _MASKED = 1, 4, 6, 7


class _Condition(ctypes.Structure):
    """An argument's number, how it is compared, and with what (seccomp_rule_add(3), struct scmp_arg_cmp)."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def program(allowed: Collection[str] = ()) -> bytes:
    """The filter as the kernel takes it: instructions of the Berkeley packet filter.

    Calls of foreign architectures (32-bit and x32 programs) kill the process that makes them.

    Args:
        allowed: names of calls that are let through although they are in the list of absent ones.

    Raises:
        OSError: libseccomp is missing or refuses.
    """
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Condition))
    ]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    context = library.seccomp_init(_ALLOW)
    if context is None:
        raise OSError(errno.ENOMEM, "libseccomp: no filter")
    try:
        _check(library.seccomp_attr_set(context, _FOREIGN_CALLS, _KILL))
        # Before version 2.5 the library can't build trees: the filter is then longer, and denies the same.
        library.seccomp_attr_set(context, _OPTIMISATION, _BINARY_TREE)
        for number, error, conditions in _rules(library, allowed):
            if number < 0:
                continue
            array = (_Condition * len(conditions))(*conditions)
            _check(library.seccomp_rule_add_array(context, _FAIL | error, number, len(conditions), array))
        with tempfile.TemporaryFile() as file:
            _check(library.seccomp_export_bpf(context, file.fileno()))
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def _check(result: int) -> None:
    if result < 0:
        raise OSError(-result, f"libseccomp: {os.strerror(-result)}")


def _rules(library: ctypes.CDLL, allowed: Collection[str]) -> Iterable[tuple[int, int, list[_Condition]]]:
    """What is denied: the number of a call, the error that it gets, and the conditions, which must all hold.

    The number is negative where this architecture or this version of the library has no such call. Error 0 means that
    the call does nothing and succeeds.
    """

    def number(name: str) -> int:
        return int(library.seccomp_syscall_resolve_name(name.encode()))

    absent = [name for name in _ABSENT if name not in allowed]
    found = {number(name): errno.EPERM for name in _FORBIDDEN} | {number(name): errno.ENOSYS for name in absent}
    found |= {newer: errno.ENOSYS for newer in _NEWER if newer not in found}
    yield from ((call, error, []) for call, error in found.items())
    yield number("personality"), errno.EPERM, [_Condition(0, _NOT_EQUAL, 0xFFFFFFFF)]
    for name, argument in _ON_OTHERS.items():
        yield number(name), errno.EPERM, [_Condition(argument, _NOT_EQUAL, 0)]
    # All processes of a user, or of a group, include others.
    yield number("setpriority"), errno.EPERM, [_Condition(0, _NOT_EQUAL, os.PRIO_PROCESS)]
    yield number("sched_setaffinity"), errno.EPERM, [_Condition(0, _EQUAL, _KEEPER)]
    for name, argument in _SENDING.items():
        yield number(name), errno.EOPNOTSUPP, [_Condition(argument, _MASKED, _OUT_OF_BAND, _OUT_OF_BAND)]
    # A lock on a file of a library would be a message to another submission. A program that is told that it holds a
    # lock goes on; nobody else writes in its folder.
    yield number("flock"), 0, []
    for name in ("fcntl", "fcntl64"):
        yield from ((number(name), 0, [_Condition(1, _EQUAL, command)]) for command in _LOCKS)
        yield from ((number(name), errno.EINVAL, [_Condition(1, _EQUAL, command)]) for command in _WATCHES)
    yield number("preadv2"), errno.EOPNOTSUPP, [_Condition(5, _MASKED, _IF_CACHED, _IF_CACHED)]
    for advice in _EVICTING:
        yield number("madvise"), errno.EINVAL, [_Condition(2, _EQUAL, advice)]
    for flag in _NAMESPACES:
        yield number("clone"), errno.EPERM, [_Condition(0, _MASKED, flag, flag)]
    for name in ("socket", "socketpair"):
        for family in _FAMILIES:
            yield number(name), errno.EAFNOSUPPORT, [_Condition(0, _EQUAL, family)]
        yield number(name), errno.EAFNOSUPPORT, [_Condition(0, _GREATER, _LAST_FAMILY)]
        yield number(name), errno.EPROTONOSUPPORT, [_Condition(2, _GREATER, _LAST_PROTOCOL)]
        for family in (2, _LAST_FAMILY):
            for kind in _PACKETS:
                conditions = [_Condition(0, _EQUAL, family), _Condition(1, _MASKED, _KIND, kind)]
                yield number(name), errno.EPROTONOSUPPORT, conditions
