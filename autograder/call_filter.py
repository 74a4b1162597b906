"""Programs for the kernel's filter of system calls (seccomp(2)), and what no process that meets strangers' work needs.

libseccomp (https://github.com/seccomp/libseccomp) knows the calls of every architecture by name, and writes the
program. A call that is denied fails as on a kernel that lacks it or on an account that may not make it, so a program
that has an alternative uses it.
"""

import ctypes
import errno
import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Final

LIBRARY: Final = "libseccomp.so.2"
"""The library's file; without it there is no filter."""
INSTALLATION: Final = "apt-get install libseccomp2"
"""The line that installs it."""

FORBIDDEN: Final = (
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
ABSENT: Final = (
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
NEWER: Final = range(450, 600)
"""Calls younger than this list; their numbers are the same on every architecture. C libraries do without them."""

NOT_EQUAL, GREATER, MASKED = 1, 6, 7
"""How an argument is compared."""

_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_FAIL: Final = 0x00050000
_FOREIGN_CALLS: Final = 2
_OPTIMISATION: Final = 8
_BINARY_TREE: Final = 2


class Condition(ctypes.Structure):
    """An argument's number, how it is compared, and with what (seccomp_rule_add(3), struct scmp_arg_cmp)."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


Rule = tuple[int, int, list[Condition]]
"""What is denied: the number of a call, the error that it gets, and the conditions, which must all hold.

The number is negative where this architecture or this version of the library has no such call. Error 0 means that the
call does nothing and succeeds.
"""
Numbers = Callable[[str], int]
"""The number of a call of this name, as it stands in a `Rule`."""


def program(rules: Callable[[Numbers], Iterable[Rule]]) -> bytes:
    """The filter as the kernel takes it: instructions of the Berkeley packet filter.

    Calls of foreign architectures (32-bit and x32 programs) kill the process that makes them.

    Args:
        rules: what is denied; everything else is allowed.

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
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Condition))
    ]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]

    def number_of(name: str) -> int:
        return int(library.seccomp_syscall_resolve_name(name.encode()))

    context = library.seccomp_init(_ALLOW)
    if context is None:
        raise OSError(errno.ENOMEM, "libseccomp: no filter")
    try:
        _check(library.seccomp_attr_set(context, _FOREIGN_CALLS, _KILL))
        # Before version 2.5 the library can't build trees: the filter is then longer, and denies the same.
        library.seccomp_attr_set(context, _OPTIMISATION, _BINARY_TREE)
        for number, error, conditions in rules(number_of):
            if number < 0:
                continue
            array = (Condition * len(conditions))(*conditions)
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
