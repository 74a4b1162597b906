"""Processes, as a /proc shows them (proc(5)), and how to kill all that descend from this one."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

_BETWEEN_SWEEPS: Final = 0.001
_CHUNK: Final = 65536
_MAPPED: Final = 0
_PRIVATE: Final = 5
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
STATE: Final = 0
_PARENT: Final = 1
THREADS: Final = 17
"""The indexes of the state, the parent and the number of threads in `ProcFs.state`."""


@dataclass(frozen=True)
class ProcFs:
    """A /proc, read through a descriptor: another file system that is mounted over it doesn't hide it.

    Attributes:
        descriptor: of its folder.
    """

    descriptor: int

    @classmethod
    def of_here(cls) -> Self:
        """The /proc that is mounted now."""
        return cls(os.open("/proc", os.O_RDONLY | os.O_DIRECTORY))

    def own_number(self) -> int:
        """The number of this process, which in the process namespace of this /proc may be another than here."""
        return int(os.readlink("self", dir_fd=self.descriptor))

    def read(self, process: int | str, name: str) -> str:
        """One of the files that describe a process.

        It is empty if the process has ended or can't be inspected.
        """
        with suppress(OSError):
            file = os.open(f"{process}/{name}", os.O_RDONLY, dir_fd=self.descriptor)
            try:
                return b"".join(iter(lambda: os.read(file, _CHUNK), b"")).decode(errors="replace")
            finally:
                os.close(file)
        return ""

    def open_files(self, process: int, begin: str) -> list[os.stat_result] | None:
        """The open files of a process whose name begins so; None if it can't be inspected."""
        try:
            folder = os.open(f"{process}/fd", os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.descriptor)
        except PermissionError:
            return [] if self._is_ending(process) else None
        except OSError:
            return []
        found = []
        try:
            for name in os.listdir(folder):  # noqa: PTH208 - a path could be covered
                with suppress(FileNotFoundError):
                    if os.readlink(name, dir_fd=folder).startswith(begin):
                        found.append(os.stat(name, dir_fd=folder))
        except PermissionError:
            return found if self._is_ending(process) else None
        except OSError:
            # It has ended meanwhile.
            return found
        finally:
            os.close(folder)
        return found

    def _is_ending(self, process: int) -> bool:
        """Whether a process has given back its memory, or has ended: its files can't be seen any more."""
        return not any(map(int, self.read(process, "statm").split()))

    def write(self, name: str, text: str) -> None:
        """Write to one of the files that describe this process.

        Raises:
            OSError: the kernel refuses.
        """
        file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=self.descriptor)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)

    def threads(self) -> int:
        """How many threads there are on this machine, all users' together."""
        # "0.20 0.18 0.12 running/all last"; a container may show another file here.
        found = self.read(".", "loadavg").split()
        return int(found[3].partition("/")[2]) if len(found) > 3 else 0

    def state(self, process: int) -> list[str]:
        """What follows the name in the file stat: state, parent, …; nothing if the process has ended."""
        # "pid (name) state parent …": the name may hold spaces and brackets.
        return self.read(process, "stat").rpartition(")")[2].split()

    def family(self) -> list[int]:
        """The same as `descendants`, found faster where this /proc shows many other processes.

        While processes end, the kernel may leave some out of its lists of children: for measurements alone.
        """
        own = self.own_number()
        if not self.read(own, f"task/{own}/children"):
            return self.descendants()
        found: list[int] = []
        waiting = [own]
        while waiting:
            process = waiting.pop()
            with suppress(OSError):
                folder = os.open(f"{process}/task", os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.descriptor)
                try:
                    threads = os.listdir(folder)  # noqa: PTH208 - a path could be covered
                finally:
                    os.close(folder)
                for thread in threads:
                    fresh = [int(child) for child in self.read(process, f"task/{thread}/children").split()]
                    found += fresh
                    waiting += fresh
        return found

    def descendants(self, spare: frozenset[int] = frozenset()) -> list[int]:
        """The processes that descend from this one, those included that have ended and weren't waited for.

        Args:
            spare: children that are left out, with all their descendants.
        """
        children: dict[int, list[int]] = {}
        for name in os.listdir(self.descriptor):  # noqa: PTH208 - a path could be covered
            if name.isdigit() and (fields := self.state(int(name))):
                children.setdefault(int(fields[_PARENT]), []).append(int(name))
        found: list[int] = []
        waiting = [self.own_number()]
        while waiting:
            fresh = [child for child in children.get(waiting.pop(), []) if child not in spare]
            found += fresh
            waiting += fresh
        return found


def mapped_bytes(statm: str) -> tuple[int, int]:
    """A process's bytes of address space, and those of them that are private and can be written.

    Args:
        statm: its file of this name in a /proc.
    """
    pages = statm.split()
    return int(pages[_MAPPED]) * _PAGE, int(pages[_PRIVATE]) * _PAGE


def kill_descendants(spare: frozenset[int] = frozenset()) -> None:
    """Kill every process that descends from this one, daemons included (they are adopted: `kernel.adopt_orphans`).

    The /proc must be that of this process's namespace.

    Args:
        spare: children that are to live, with all their descendants.
    """
    proc = ProcFs.of_here()
    own = str(proc.own_number())

    def alive(process: int) -> bool:
        # A child of this process that has ended is still to be waited for; others are reaped by their own parents.
        fields = proc.state(process)
        return bool(fields) and (fields[0] != "Z" or fields[_PARENT] == own)

    while found := [process for process in proc.descendants(spare) if alive(process)]:
        # Stopped first, so that none can fork while the others are being killed.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in found:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
        for process in found:
            with suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        time.sleep(_BETWEEN_SWEEPS)
    os.close(proc.descriptor)
