"""Landlock (landlock(7)): a process gives up rights on files, TCP, signals and abstract sockets, for good.

No privilege is needed, but `autograder.kernel.forbid_new_privileges`. What a process starts inherits the loss. A
process that is restricted may trace those alone that are restricted at least as much as itself: those that it started.

The C library doesn't wrap the calls; their numbers are the same on every architecture.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_FOLDER: Final = 1 << 3
REMOVE_FOLDER: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_DEVICE: Final = 1 << 6 | 1 << 11
MAKE_FOLDER: Final = 1 << 7
MAKE_FILE: Final = 1 << 8
MAKE_SOCKET: Final = 1 << 9
MAKE_PIPE: Final = 1 << 10
MAKE_LINK: Final = 1 << 12
MOVE: Final = 1 << 13
"""Linking and renaming between folders; since version 2. The first version denies it everywhere."""
TRUNCATE: Final = 1 << 14
"""Since version 3."""
DEVICE_REQUESTS: Final = 1 << 15
"""Requests to devices (ioctl); since version 5."""
READ: Final = READ_FILE | READ_FOLDER
WRITE: Final = (
    WRITE_FILE
    | REMOVE_FOLDER
    | REMOVE_FILE
    | MAKE_DEVICE
    | MAKE_FOLDER
    | MAKE_FILE
    | MAKE_SOCKET
    | MAKE_PIPE
    | MAKE_LINK
    | MOVE
    | TRUNCATE
)
ALL: Final = EXECUTE | READ | WRITE | DEVICE_REQUESTS

TCP: Final = 1 << 0 | 1 << 1
"""Binding and connecting."""
ABSTRACT_SOCKETS: Final = 1 << 0
SIGNALS: Final = 1 << 1
SCOPES: Final = ABSTRACT_SOCKETS | SIGNALS
"""What stays possible with processes that are restricted with this one or by it, and with no other one."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = map(ctypes.c_long, (444, 445, 446))
_VERSION: Final = ctypes.c_long(1)
_BENEATH: Final = ctypes.c_long(1)
_FOR_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_REQUESTS
"""The rights that a rule for something other than a folder may grant."""
_NOTHING: Final = ctypes.c_long(0)

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Protection:
    """What a version of Landlock restricts.

    Attributes:
        name: what it restricts.
        version: the first version that does.
        linux: the first Linux that has this version.
        files: the rights on files that the kernel knows since then.
        network: the rights on the network.
        scopes: the scopes.
    """

    name: str
    version: int
    linux: str
    files: int = 0
    network: int = 0
    scopes: int = 0


PROTECTIONS: Final = (
    Protection("files", 1, "5.13", files=ALL & ~(MOVE | TRUNCATE | DEVICE_REQUESTS)),
    Protection("files moved between folders", 2, "5.19", files=MOVE),
    Protection("files cut short", 3, "6.2", files=TRUNCATE),
    Protection("TCP", 4, "6.7", network=TCP),
    Protection("requests to devices", 5, "6.10", files=DEVICE_REQUESTS),
    Protection("signals and abstract sockets", 6, "6.12", scopes=SCOPES),
)
"""All that is used here, by version."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("path", ctypes.c_int32))


def version() -> int:
    """The version of Landlock that this kernel has.

    Raises:
        OSError: it has none (ENOSYS), it was not enabled when the machine started (EOPNOTSUPP), or a filter of system
            calls refuses the question (most often EPERM or ENOSYS).
    """
    return _made(_libc.syscall(_CREATE_RULESET, None, _NOTHING, _VERSION))


def missing(has: int) -> tuple[Protection, ...]:
    """The protections that a version lacks."""
    return tuple(protection for protection in PROTECTIONS if protection.version > has)


def restrict(
    allowed: Iterable[tuple[str | bytes, int]], *, files: int = ALL, network: int = TCP, scopes: int = SCOPES
) -> None:
    """Give up, for this process and all that it starts, these rights, but for what is allowed.

    What the kernel's version doesn't know is not given up; see `missing`.

    Args:
        allowed: files and folders, with all that lies beneath them, and the rights that are kept there. Those that
            don't exist are passed over.
        files: the rights on files that are given up elsewhere.
        network: the rights on the network.
        scopes: the scopes.

    Raises:
        OSError: the kernel refuses.
    """
    has = version()
    known = [protection for protection in PROTECTIONS if protection.version <= has]
    files &= sum(protection.files for protection in known)
    network &= sum(protection.network for protection in known)
    scopes &= sum(protection.scopes for protection in known)
    # A kernel takes a longer record than it knows if the rest of it is zero.
    ruleset = _Ruleset(files, network, scopes)
    made = _made(_libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_long(ctypes.sizeof(ruleset)), _NOTHING))
    try:
        for path, rights in allowed:
            with suppress(FileNotFoundError):
                _allow(made, path, rights & files)
        _made(_libc.syscall(_RESTRICT_SELF, ctypes.c_long(made), _NOTHING))
    finally:
        os.close(made)


def _allow(ruleset: int, path: str | bytes, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _FOR_FILES
        if rights:
            rule = _Beneath(rights, opened)
            _made(_libc.syscall(_ADD_RULE, ctypes.c_long(ruleset), _BENEATH, ctypes.byref(rule), _NOTHING))
    finally:
        os.close(opened)


def _made(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
