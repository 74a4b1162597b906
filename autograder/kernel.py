"""The system calls that Python's standard library lacks: namespaces, mounts, capabilities, process settings.

Numbers are those of Linux's user-space headers (sched.h, mount.h, prctl.h, capability.h); they are the same on every
architecture. Every function raises `OSError` with the kernel's reason.
"""

import ctypes
import errno
import os
import platform
from itertools import count, takewhile
from typing import Final

NEW_MOUNTS: Final = 0x00020000
NEW_HOSTNAME: Final = 0x04000000
NEW_IPC: Final = 0x08000000
NEW_USERS: Final = 0x10000000
NEW_PROCESSES: Final = 0x20000000
NEW_NETWORK: Final = 0x40000000

READ_ONLY: Final = 0x1
NO_SETUID: Final = 0x2
NO_DEVICES: Final = 0x4
NO_EXECUTE: Final = 0x8
BIND: Final = 0x1000
RECURSIVE: Final = 0x4000
PRIVATE: Final = 0x40000

ADMINISTRATOR: Final = 1 << 21
"""The capability CAP_SYS_ADMIN, the right to mount and to make namespaces."""
CHANGE_USER: Final = 1 << 6 | 1 << 7
"""The capabilities CAP_SETGID and CAP_SETUID."""

_SET_PARENT_DEATH_SIGNAL: Final = 1
_SET_DUMPABLE: Final = 4
_SET_SECURE_COMPUTING: Final = 22
_FILTER: Final = 2
_INSTRUCTION_BYTES: Final = 8
_READ_BOUNDING_SET: Final = 23
_DROP_FROM_BOUNDING_SET: Final = 24
_SET_CHILD_SUBREAPER: Final = 36
_SET_NO_NEW_PRIVILEGES: Final = 38
_READ_NO_NEW_PRIVILEGES: Final = 39
_AMBIENT_SET: Final = 47
_AMBIENT_CLEAR_ALL: Final = 4
_CAPABILITY_VERSION_3: Final = 0x20080522

_COLLAPSE: Final = 25

_JOIN_SESSION_KEYRING: Final = 1
_KEYCTL: Final = {"x86_64": 250, "aarch64": 219}
"""The number of keyctl(2), which the C library doesn't wrap, on the machines that PyTorch is built for."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityHalf(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _prctl(option: int, value: int = 0) -> int:
    return int(_libc.prctl(option, value, 0, 0, 0))


def unshare(flags: int) -> None:
    """Leave the namespaces of these kinds for new ones (unshare(2)). The process must have one thread."""
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system (mount(2))."""
    encoded = None if kind is None else kind.encode()
    _check(_libc.mount(source.encode(), target.encode(), encoded, flags, options.encode()), f"mount {target}")


def die_with_parent(signal_number: int) -> None:
    """Be sent this signal when the parent's thread that forked this process ends."""
    _check(_prctl(_SET_PARENT_DEATH_SIGNAL, signal_number), "parent death signal")


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent has died."""
    _check(_prctl(_SET_CHILD_SUBREAPER, 1), "child subreaper")


def set_inspectable(*, inspectable: bool) -> None:
    """Say whether processes of the same user may inspect this one: ptrace, /proc/PID/mem, /proc/PID/fd."""
    _check(_prctl(_SET_DUMPABLE, int(inspectable)), "dumpable")


def collapse(address: int, size: int) -> None:
    """Gather the pages of this range into huge pages (madvise(2), MADV_COLLAPSE, since Linux 6.1)."""
    _check(_libc.madvise(address, size, _COLLAPSE), "collapse")


def forget_keys() -> None:
    """Leave the inherited session keyring, with the keys of the user who started the program, for an empty one."""
    number = _KEYCTL.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, f"keyctl: its number on {platform.machine()} isn't known")
    joined = _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)
    # A kernel without keyrings has no keys to give away.
    if joined < 0 and ctypes.get_errno() != errno.ENOSYS:
        _check(joined, "session keyring")


def forbid_new_privileges() -> None:
    """Make set-user-id programs and file capabilities powerless from here on."""
    _check(_prctl(_SET_NO_NEW_PRIVILEGES, 1), "no new privileges")


def filter_system_calls(program: bytes) -> None:
    """Apply this filter to every system call of this process and of all that it starts (seccomp(2)).

    Without capabilities it needs `forbid_new_privileges` first.
    """
    loaded = _Program(len(program) // _INSTRUCTION_BYTES, program)
    _check(int(_libc.prctl(_SET_SECURE_COMPUTING, _FILTER, ctypes.addressof(loaded), 0, 0)), "filter of system calls")


def may_gain_privileges() -> bool:
    """Whether a set-user-id program would work."""
    return _prctl(_READ_NO_NEW_PRIVILEGES) != 1


def bounding_set() -> list[bool]:
    """For each capability that the kernel knows, whether this process or what it starts may ever gain it."""
    # Asked about a capability beyond its last one the kernel gives an error.
    return [held == 1 for held in takewhile(lambda held: held >= 0, (_prctl(_READ_BOUNDING_SET, n) for n in count()))]


def empty_bounding_set() -> None:
    """Give up, for this process and all that it starts, the means to ever gain a capability."""
    for number in range(len(bounding_set())):
        _check(_prctl(_DROP_FROM_BOUNDING_SET, number), f"bounding set, capability {number}")


def capabilities() -> int:
    """The effective and permitted capabilities of this process, a bit for each number."""
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    halves = (_CapabilityHalf * 2)()
    _check(_libc.capget(ctypes.byref(header), halves), "capget")
    low, high = (half.effective | half.permitted for half in halves)
    return int(low | high << 32)


def drop_capabilities() -> None:
    """Give up every capability: ambient, effective, permitted and inheritable."""
    _check(int(_libc.prctl(_AMBIENT_SET, _AMBIENT_CLEAR_ALL, 0, 0, 0)), "ambient capabilities")
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    nothing = (_CapabilityHalf * 2)()
    _check(_libc.capset(ctypes.byref(header), nothing), "capset")
