"""The keeper's watch over what its submission uses in all its processes together.

The kernel bounds each process by itself (`autograder.sandbox.isolation.limit_resources`). A bound on their sum needs a
control group, which an ordinary user can't always make; so the keeper looks, a few times a second and only in
submissions that run for long. Between two looks a submission can get hold of what a machine's cores can fill in that
time, and never of more than the bound on each process times their number; should memory run out meanwhile, the kernel
takes submissions before anything else.
"""

import resource
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Final

from autograder.limits import Limits
from autograder.sandbox.consumption import Consumption, measure
from autograder.sandbox.processes import View

_CALM_SECONDS: Final = 0.25
_ALERT_SECONDS: Final = 0.05
_ALERT_FRACTION: Final = 0.25
"""The part of the memory from which on the keeper looks more often."""
_MEBIBYTE: Final = 1024**2
_GIBIBYTE: Final = 1024**3


class ExceededError(Exception):
    """The submission has used too much; the message says of what, a sentence that lacks its subject."""


class Watch:
    """Looks at what descends from this process at intervals, from a signal handler: it needs no thread.

    Args:
        limits: what the submission may use.
        folders: its folders that are held in memory.
        view: the /proc to look in.
    """

    def __init__(self, limits: Limits, folders: Sequence[str], view: View) -> None:
        self._limits = limits
        self._folders = folders
        self._view = view
        self._cpu_seconds = 0.0
        self._lost_cpu_seconds = 0.0
        self._suspected = False

    def begin(self) -> None:
        """Look at intervals from here on; `ExceededError` is then raised wherever this process is."""
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, _CALM_SECONDS)

    def end(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        nameless = self._limits.gpu_bytes > 0
        used = measure(self._view, self._folders, self._limits.memory_bytes, nameless=nameless)
        spent = self._spent(used)
        if spent > self._limits.cpu_seconds:
            raise ExceededError(f"used more than {self._limits.cpu_seconds} CPU seconds")
        excess = used.memory_bytes > self._limits.memory_bytes
        # Until a new program is loaded into it, a child shares all memory of its parent (vfork(2)) and counts as if it
        # had as much again: only what is seen twice is so.
        if excess and self._suspected:
            raise ExceededError(f"used more than {_size(self._limits.memory_bytes)} of memory in all its processes")
        self._suspected = excess
        alert = used.memory_bytes > self._limits.memory_bytes * _ALERT_FRACTION
        signal.setitimer(signal.ITIMER_REAL, _ALERT_SECONDS if alert else _CALM_SECONDS)

    def _spent(self, used: Consumption) -> float:
        """CPU seconds of all processes so far, those that are gone included."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        now = used.cpu_seconds + ended.ru_utime + ended.ru_stime
        # A parent that ignores the end of its children (SIGCHLD) isn't charged for them: their time vanishes with them.
        self._lost_cpu_seconds += max(0.0, self._cpu_seconds - now)
        self._cpu_seconds = now
        return now + self._lost_cpu_seconds


def _size(count: int) -> str:
    return f"{count / _GIBIBYTE:g} GiB" if count >= _GIBIBYTE else f"{count / _MEBIBYTE:g} MiB"
