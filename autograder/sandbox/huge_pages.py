"""Makes forks of a large process cheap.

A fork copies one page-table entry for each page of private memory, and its end takes them back: for an interpreter with
torch in it that is most of what an empty submission costs. Gathered into huge pages, the same memory has a five
hundredth of the entries.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from autograder import kernel

_HUGE: Final = 2 * 1024**2


def gather() -> None:
    """Gather this process's private memory into huge pages. A kernel that can't leaves it as it is."""
    for start, end in list(_private_ranges()):
        first, last = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
        if first < last:
            with suppress(OSError):
                kernel.collapse(first, last - first)


def _private_ranges() -> Iterator[tuple[int, int]]:
    """The address ranges of writable private memory that belongs to no file (proc(5), /proc/pid/maps)."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and (not name or name[0] == "[heap]"):
            start, _, end = addresses.partition("-")
            yield int(start, 16), int(end, 16)
