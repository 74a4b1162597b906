"""How much of a disk the files of one submission take, where its folder is no file system of its own.

Files count that lie in the folder, that its processes have open, or that they have mapped: a file that has no name any
more takes space until nobody has it.
"""

import os
import re
from collections.abc import Iterable
from typing import Final

from autograder.sandbox.procfs import ProcFs

SMALLEST: Final = 4096
"""Bytes that each file counts at least: what the system keeps of it takes space, too."""
_BLOCK: Final = 512
"""The unit of `os.stat_result.st_blocks`, in bytes."""
_MAPPED: Final = re.compile(r"^\S+ \S+ \S+ \S+ (?P<file>[0-9]+) +(?P<path>/.*) \(deleted\)$")
"""A file without a name that is mapped, in a process's file maps (proc_pid_maps(5))."""


class DiskUsage:
    """Measures, again and again.

    Args:
        folder: the submission's folder.
        file_bytes: the most that one file can have.
        enough_bytes: a sum beyond this one needn't be exact.
    """

    def __init__(self, folder: str, file_bytes: int, enough_bytes: int) -> None:
        self._folder = folder
        self._file_bytes = file_bytes
        self._enough_bytes = enough_bytes
        self._sizes: dict[int, int] = {}

    def measure(self, proc: ProcFs, members: Iterable[int]) -> int:
        """Bytes that the files take now. What can't be looked into counts as too much.

        Args:
            proc: the /proc to look in.
            members: the submission's processes.
        """
        too_much = self._enough_bytes + 1
        sizes = self._named()
        if sizes is None:
            return too_much
        for member in members:
            found = proc.open_files(member, self._folder)
            if found is None:
                return too_much
            sizes |= {status.st_ino: _bytes(status) for status in found}
            # How large a file is that is only mapped can't be asked; as large as any can be, if it was never seen.
            for line in self._mapped(proc.read(member, "maps")):
                mapped = _MAPPED.match(line)
                if mapped and mapped["path"].startswith(self._folder):
                    number = int(mapped["file"])
                    sizes.setdefault(number, self._sizes.get(number, self._file_bytes))
        self._sizes = sizes
        return sum(sizes.values())

    def _mapped(self, maps: str) -> list[str]:
        # Mostly there is none, and the text is long.
        return [line for line in maps.splitlines() if self._folder in line] if self._folder in maps else []

    def _named(self) -> dict[int, int] | None:
        """The sizes of all that lies in the folder, by number; None if a part of it can't be read, or too much."""
        sizes: dict[int, int] = {}
        total = 0
        waiting = [self._folder]
        while waiting:
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        status = entry.stat(follow_symlinks=False)
                        total += 0 if status.st_ino in sizes else _bytes(status)
                        sizes[status.st_ino] = _bytes(status)
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        if total > self._enough_bytes:
                            return None
            except FileNotFoundError:
                # It has been removed meanwhile.
                continue
            except OSError:
                # A folder without rights, or deeper than a path can be long: only to hide something.
                return None
        return sizes


def _bytes(status: os.stat_result) -> int:
    return max(SMALLEST, status.st_blocks * _BLOCK)
