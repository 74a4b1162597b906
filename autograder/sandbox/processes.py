"""The processes that are there, as /proc shows them, and the end of all that descend from one."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_BETWEEN_SWEEPS: Final = 0.001


def visible() -> list[int]:
    """The numbers of all processes that can be seen from here."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - half the time of iterdir


def read(process: int | str, name: str) -> str:
    """One of the files that describe a process; empty if the process is gone or doesn't let itself be looked into."""
    with suppress(OSError):
        return Path(f"/proc/{process}/{name}").read_text(encoding="utf-8", errors="replace")
    return ""


def state(process: int) -> list[str]:
    """What follows the name in /proc/PID/stat (proc(5)): state, parent, …; nothing if the process is gone."""
    # "pid (name) state parent …": the name may hold spaces and brackets.
    return read(process, "stat").rpartition(")")[2].split()


def descendants(root: int, spare: frozenset[int] = frozenset()) -> list[int]:
    """The processes that descend from this one.

    Args:
        root: the number of a process. Its children are listed even if they have ended; others only while they run.
        spare: children that are left out, with all their descendants.
    """
    children: dict[int, list[int]] = {}
    for process in visible():
        if fields := state(process):
            letter, parent = fields[0], int(fields[1])
            if letter != "Z" or parent == root:
                children.setdefault(parent, []).append(process)
    found: list[int] = []
    waiting = [root]
    while waiting:
        fresh = [child for child in children.get(waiting.pop(), []) if child not in spare]
        found += fresh
        waiting += fresh
    return found


def kill_descendants(spare: frozenset[int] = frozenset()) -> None:
    """Kill every process that descends from this one, daemons included (they are adopted: `kernel.adopt_orphans`).

    Args:
        spare: children that are to live, with all their descendants.
    """
    while found := descendants(os.getpid(), spare):
        # Stopped first, so that none can fork while the others are being killed.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in found:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
        for process in found:
            with suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        time.sleep(_BETWEEN_SWEEPS)
