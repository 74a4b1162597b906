"""Ends a submission whose processes together use too much memory or CPU time (proc(5)). Runs in the keeper.

The kernel bounds each process by itself (`autograder.sandbox.isolation.limit_resources`). A bound on their sum needs a
control group, which an ordinary user can't always make; so the keeper measures a few times a second. Between two
measurements a submission can get what the machine's cores can fill in that time, and never more than the bound on each
process times their number; should memory run out meanwhile, the kernel ends submissions before anything else.

Memory is what would be free without the submission: private pages, shared memory, and the files of folders that are
held in memory, in RAM or swapped out. A page that several processes share counts once, and what they share with the
zygote, whose forks they are, doesn't count.
"""

import os
import resource
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Final

from autograder.limits import Limits
from autograder.sandbox.disk_usage import DiskUsage
from autograder.sandbox.procfs import STATE, THREADS, ProcFs

_INTERVAL_SECONDS: Final = 0.25
_SHORT_INTERVAL_SECONDS: Final = 0.05
_SHORT_INTERVAL_FRACTION: Final = 0.25
"""The part of the memory above which the keeper measures more often."""
_THOROUGH: Final = 8
"""Of so many measurements one looks for the submission's processes among all."""
_KIBIBYTE: Final = 1024
_MEBIBYTE: Final = 1024**2
_GIBIBYTE: Final = 1024**3
_BLOCK: Final = 512
"""The unit of `os.stat_result.st_blocks`, in bytes."""
_UNNAMED: Final = "/memfd:"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_RESIDENT: Final = ("RssAnon", "RssShmem", "VmSwap")
_PROPORTIONAL: Final = ("Pss_Anon", "Pss_Shmem", "SwapPss")
_TIMES: Final = slice(11, 15)
"""utime, stime, cutime and cstime among the fields of `ProcFs.state`."""


class ExceededError(Exception):
    """The submission has used too much; the message says of what, a sentence that lacks its subject."""


@dataclass(frozen=True)
class Usage:
    """What some processes use.

    Attributes:
        memory_bytes: bytes of memory, at most.
        cpu_seconds: CPU seconds, with those of their own children that have ended and were waited for.
    """

    memory_bytes: int
    cpu_seconds: float


class UsageMonitor:
    """Measures at intervals what descends from this process, in a signal handler: it needs no thread.

    Args:
        limits: what the submission may use.
        folders: its folders that are held in memory, each a file system of its own.
        proc: the /proc to look in.
        unnamed_files: whether its processes can make files in memory that have no name (memfd_create(2)).
        on_disk: its folder, if that is no file system of its own. What lies there is then measured, too, and so is the
            number of processes, which the kernel counts with those of others.
    """

    def __init__(
        self, limits: Limits, folders: Sequence[str], proc: ProcFs, *, unnamed_files: bool, on_disk: str = ""
    ) -> None:
        self._disk = DiskUsage(on_disk, limits.file_bytes, limits.disk_bytes) if on_disk else None
        self._limits = limits
        self._folders = folders
        self._proc = proc
        self._unnamed_files = unnamed_files
        self._cpu_seconds = 0.0
        self._lost_cpu_seconds = 0.0
        self._seen_before = False
        self._headless: set[int] = set()
        self._checks = 0

    def start(self) -> None:
        """Measure at intervals from here on; `ExceededError` is then raised wherever this process is."""
        signal.signal(signal.SIGALRM, self._check)
        signal.setitimer(signal.ITIMER_REAL, _INTERVAL_SECONDS)

    def stop(self) -> None:
        """Stop measuring."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def _check(self, _number: int, _frame: FrameType | None) -> None:
        limit = self._limits.memory_bytes
        self._checks += 1
        # Every so often all processes of the machine are looked through, lest one be left out again and again.
        members = self._proc.descendants() if self._checks % _THOROUGH == 0 else self._proc.family()
        usage = measure_usage(self._proc, self._folders, limit, members, unnamed_files=self._unnamed_files)
        states = {member: self._proc.state(member) for member in members}
        self._check_main_threads(states)
        if self._disk:
            self._check_alone(self._disk, states)
        if self._spent(usage) > self._limits.cpu_seconds:
            raise ExceededError(f"used more than {self._limits.cpu_seconds} CPU seconds")
        too_much = usage.memory_bytes > limit
        # Until a new program is loaded into it, a child shares all memory of its parent (vfork(2)) and counts as if it
        # had as much again: only two measurements in a row count.
        if too_much and self._seen_before:
            raise ExceededError(f"used more than {_size(limit)} of memory in all its processes")
        self._seen_before = too_much
        close = usage.memory_bytes > limit * _SHORT_INTERVAL_FRACTION
        signal.setitimer(signal.ITIMER_REAL, _SHORT_INTERVAL_SECONDS if close else _INTERVAL_SECONDS)

    def _check_main_threads(self, states: Mapping[int, Sequence[str]]) -> None:
        """See to it that no process ends its main thread and goes on: the kernel then shows nothing of what it uses."""
        headless = {member for member, state in states.items() if state and _is_headless(state)}
        # One that ends is in this state for a moment.
        if headless & self._headless:
            raise ExceededError("ended the main thread of a process that goes on, so that nobody sees what it uses")
        self._headless = headless

    def _check_alone(self, disk: DiskUsage, states: Mapping[int, Sequence[str]]) -> None:
        threads = sum(int(state[THREADS]) for state in states.values() if state)
        if threads > self._limits.processes:
            raise ExceededError(f"started more than {self._limits.processes} processes and threads")
        if disk.measure(self._proc, states) > self._limits.disk_bytes:
            raise ExceededError(f"used more than {_size(self._limits.disk_bytes)} of disk")

    def _spent(self, usage: Usage) -> float:
        """CPU seconds of all processes so far, those that have ended included."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        now = usage.cpu_seconds + ended.ru_utime + ended.ru_stime
        # A parent that ignores the end of its children (SIGCHLD) isn't charged for them: their time vanishes with them.
        self._lost_cpu_seconds += max(0.0, self._cpu_seconds - now)
        self._cpu_seconds = now
        return now + self._lost_cpu_seconds


def measure_usage(
    proc: ProcFs, folders: Iterable[str], enough_bytes: int, members: Sequence[int], *, unnamed_files: bool
) -> Usage:
    """Measure what some descendants of this process use.

    Args:
        proc: the /proc to look in.
        folders: folders held in memory, each a file system of its own.
        enough_bytes: up to here a cheap upper bound for the memory will do, in which shared pages count several times.
        members: the descendants.
        unnamed_files: whether the processes can make files in memory that have no name (memfd_create(2)). Such a file
            counts in full, and once more where it is mapped; a process that hides its open files counts as too much.
    """
    files = sum(map(_file_bytes, folders))
    if unnamed_files:
        files += _unnamed_bytes(proc, members, enough_bytes + 1)
    memory = files + sum(_resident_bytes(proc, member) for member in members)
    if memory > enough_bytes:
        # This process has hardly a page of its own: its share is each member's share of what all have inherited.
        inherited = _proportional_bytes(proc, "self") or 0
        memory = files + sum(_own_bytes(proc, member, inherited) for member in members)
    return Usage(memory, sum(_cpu_seconds(proc, member) for member in members))


def _is_headless(state: Sequence[str]) -> bool:
    return state[STATE] == "Z" and int(state[THREADS]) > 1


def _own_bytes(proc: ProcFs, process: int, inherited: int) -> int:
    share = _proportional_bytes(proc, process)
    # A process that forbids looking into it (prctl(2), PR_SET_DUMPABLE) gets no deduction.
    return _resident_bytes(proc, process) if share is None else max(0, share - inherited)


def _resident_bytes(proc: ProcFs, process: int) -> int:
    return _sum(proc.read(process, "status"), _RESIDENT)


def _proportional_bytes(proc: ProcFs, process: int | str) -> int | None:
    text = proc.read(process, "smaps_rollup")
    return _sum(text, _PROPORTIONAL) if text else None


def _sum(text: str, names: Sequence[str]) -> int:
    """The sum of these fields, which the kernel gives in kibibytes, in bytes."""
    lines = (line.partition(":") for line in text.splitlines())
    return sum(int(value.split()[0]) * _KIBIBYTE for name, _, value in lines if name in names)


def _cpu_seconds(proc: ProcFs, process: int) -> float:
    return sum(map(int, proc.state(process)[_TIMES])) / _TICKS


def _file_bytes(folder: str) -> int:
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _unnamed_bytes(proc: ProcFs, members: Iterable[int], hidden_bytes: int) -> int:
    files: dict[tuple[int, int], int] = {}
    hidden = 0
    for member in members:
        found = proc.open_files(member, _UNNAMED)
        if found is None:
            hidden = hidden_bytes
            continue
        files |= {(state.st_dev, state.st_ino): state.st_blocks * _BLOCK for state in found}
    return hidden + sum(files.values())


def _size(count: int) -> str:
    return f"{count / _GIBIBYTE:g} GiB" if count >= _GIBIBYTE else f"{count / _MEBIBYTE:g} MiB"
