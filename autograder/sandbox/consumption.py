"""What the processes of a submission use together, as the kernel tells it (proc(5)).

Memory is what would be free without them: private pages, shared memory, and the files of folders that are held in
memory, in RAM or swapped out. A page that several processes share counts once, and what they share with the zygote,
whose forks they are, doesn't count.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.sandbox.processes import View

_KIBIBYTE: Final = 1024
_BLOCK: Final = 512
"""The unit of `os.stat_result.st_blocks`, in bytes."""
_NAMELESS: Final = "/memfd:"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_WHOLE: Final = ("RssAnon", "RssShmem", "VmSwap")
_SHARES: Final = ("Pss_Anon", "Pss_Shmem", "SwapPss")
_TIMES: Final = slice(11, 15)
"""utime, stime, cutime and cstime among the fields of `View.state`."""


@dataclass(frozen=True)
class Consumption:
    """What some processes use.

    Attributes:
        memory_bytes: bytes of memory, at most.
        cpu_seconds: CPU seconds, with those of their own children that have ended and were waited for.
    """

    memory_bytes: int
    cpu_seconds: float


def measure(view: View, folders: Iterable[str], enough_bytes: int, *, nameless: bool = False) -> Consumption:
    """Look at all that descends from this process.

    Args:
        view: the /proc to look in.
        folders: folders held in memory, each a file system of its own.
        enough_bytes: up to here a cheap upper bound for the memory will do, in which shared pages count several times.
        nameless: whether they can make files in memory that have no name (memfd_create(2)). Such a file counts in
            full, and once more where it is mapped; a process that hides which files it has open counts as too much.
    """
    members = view.descendants()
    files = sum(map(_file_bytes, folders))
    if nameless:
        files += _nameless_bytes(view, members, enough_bytes + 1)
    memory = files + sum(_whole_bytes(view, member) for member in members)
    if memory > enough_bytes:
        # This process has hardly a page of its own: its share is each member's share of what all have inherited.
        inherited = _share_bytes(view, "self") or 0
        memory = files + sum(_own_bytes(view, member, inherited) for member in members)
    return Consumption(memory, sum(_cpu_seconds(view, member) for member in members))


def _own_bytes(view: View, process: int, inherited: int) -> int:
    share = _share_bytes(view, process)
    # A process that forbids looking into it (prctl(2), PR_SET_DUMPABLE) gets no deduction.
    return _whole_bytes(view, process) if share is None else max(0, share - inherited)


def _whole_bytes(view: View, process: int) -> int:
    return _sum(view.read(process, "status"), _WHOLE)


def _share_bytes(view: View, process: int | str) -> int | None:
    text = view.read(process, "smaps_rollup")
    return _sum(text, _SHARES) if text else None


def _sum(text: str, names: Sequence[str]) -> int:
    """The sum of these fields, which the kernel gives in kibibytes, in bytes."""
    lines = (line.partition(":") for line in text.splitlines())
    return sum(int(value.split()[0]) * _KIBIBYTE for name, _, value in lines if name in names)


def _cpu_seconds(view: View, process: int) -> float:
    return sum(map(int, view.state(process)[_TIMES])) / _TICKS


def _file_bytes(folder: str) -> int:
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _nameless_bytes(view: View, members: Iterable[int], hidden_bytes: int) -> int:
    files: dict[tuple[int, int], int] = {}
    hidden = 0
    for member in members:
        found = view.open_files(member, _NAMELESS)
        if found is None:
            hidden = hidden_bytes
            continue
        files |= {(state.st_dev, state.st_ino): state.st_blocks * _BLOCK for state in found}
    return hidden + sum(files.values())
