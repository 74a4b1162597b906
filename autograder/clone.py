"""A fork with flags of clone(2), which Python's standard library lacks."""

import ctypes
import errno
import os
import platform
import signal
from typing import Final

SIBLING: Final = 0x00008000
"""CLONE_PARENT: the child's parent is the caller's, so that the caller can't wait for it."""
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
"""The number of clone(2) on the machines that PyTorch is built for."""

_libc_with_lock = ctypes.PyDLL(None, use_errno=True)
"""The C library, without letting go of Python's lock in a call."""


def fork_with(flags: int) -> int:
    """Fork as `os.fork` does, with these flags of clone(2). The process must have one thread.

    Of a C library's own bookkeeping only the child's thread id isn't put right; its own forks do that again.

    Returns:
        0 in the child; in the parent, the child's process id.
    """
    number = _CLONE.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, f"clone: its number on {platform.machine()} isn't known")
    # What Python does around a fork, with its own functions for programs that fork in C.
    ctypes.pythonapi.PyOS_BeforeFork()
    child: int = _libc_with_lock.syscall(*map(ctypes.c_long, (number, flags | signal.SIGCHLD, 0, 0, 0, 0)))
    if child == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    failure = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if child < 0:
        raise OSError(failure, f"clone: {os.strerror(failure)}")
    return child
