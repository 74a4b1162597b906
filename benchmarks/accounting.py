"""CPU time of a command and of everything that it starts: control groups, or the machine's clock where there are none.

`resource.RUSAGE_CHILDREN` would miss processes that are never waited for: a judge whose parent ignores SIGCHLD, a
sandbox whose processes belong to an init of their own. A control group counts them all, whichever process reaps them.
"""
# ruff: noqa: D102 - `Account` describes the methods of all accounts

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

_NANOSECOND: Final = 1e-9
_MICROSECOND: Final = 1e-6


@dataclass(frozen=True)
class CPU:
    """CPU time, seconds."""

    user: float = 0.0
    system: float = 0.0

    @property
    def total(self) -> float:
        """User and system time together."""
        return self.user + self.system

    def __sub__(self, other: "CPU") -> "CPU":
        return CPU(self.user - other.user, self.system - other.system)

    def __add__(self, other: "CPU") -> "CPU":
        return CPU(self.user + other.user, self.system + other.system)


class Account(Protocol):
    """Counts the CPU time of the processes that belong to it."""

    exact: bool
    """False if it counts everything that the machine does."""

    def spent(self) -> CPU:
        """The CPU time so far, child accounts included."""

    def members(self) -> list[int]:
        """The ids of its processes, without those of child accounts."""

    def add(self, process: int) -> None:
        """Count a process and all that it starts from now on."""

    def child(self, name: str) -> "Account":
        """An account for some of its processes; they go on counting here."""

    def procs_file(self) -> str:
        """The file into which a process writes its id to be counted; empty where there is none."""


class ControlGroup:
    """A control group, of version 1 (controller cpuacct) or 2, with an existing folder."""

    exact = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def spent(self) -> CPU:
        user = self.folder / "cpuacct.usage_user"
        if user.is_file():
            system = self.folder / "cpuacct.usage_sys"
            return CPU(int(user.read_text()) * _NANOSECOND, int(system.read_text()) * _NANOSECOND)
        statistics = dict(line.split() for line in (self.folder / "cpu.stat").read_text().splitlines())
        return CPU(int(statistics["user_usec"]) * _MICROSECOND, int(statistics["system_usec"]) * _MICROSECOND)

    def members(self) -> list[int]:
        return [int(line) for line in Path(self.procs_file()).read_text().split()]

    def add(self, process: int) -> None:
        # It may just have ended.
        with suppress(ProcessLookupError):
            Path(self.procs_file()).write_text(str(process))

    def child(self, name: str) -> "ControlGroup":
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return ControlGroup(folder)

    def procs_file(self) -> str:
        return str(self.folder / "cgroup.procs")

    def remove(self) -> None:
        """Remove it with all within; what still runs in it is put into its parent."""
        for inner in [path for path in self.folder.iterdir() if path.is_dir()]:
            ControlGroup(inner).remove()
        for process in self.members():
            with suppress(OSError):
                (self.folder.parent / "cgroup.procs").write_text(str(process))
        with suppress(OSError):
            self.folder.rmdir()


class MachineClock:
    """Everything that the machine does, by its own clock: useful only on a machine that does nothing else."""

    exact = False

    def __init__(self) -> None:
        self._before = _machine_time()

    def spent(self) -> CPU:
        return _machine_time() - self._before

    def members(self) -> list[int]:
        return []

    def add(self, process: int) -> None:
        pass

    def child(self, name: str) -> "Account":
        raise NotImplementedError(f"the machine's clock knows no {name}")

    def procs_file(self) -> str:
        return ""


@contextmanager
def account() -> Iterator[Account]:
    """Open an account: a control group of its own where one can be made."""
    group = None
    for parent in _parents():
        folder = parent / f"benchmark-{uuid4().hex[:12]}"
        with suppress(OSError):
            folder.mkdir()
            if (folder / "cpuacct.usage_user").is_file() or (folder / "cpu.stat").is_file():
                group = ControlGroup(folder)
                break
            folder.rmdir()
    try:
        yield group or MachineClock()
    finally:
        if group is not None:
            # The last processes are still ending.
            time.sleep(0.1)
            group.remove()


def _parents() -> Iterator[Path]:
    """The control groups in which this process is, and that may count CPU time."""
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    for fields in mounts:
        kind, options = fields[fields.index("-") + 1], fields[-1].split(",")
        for _, controllers, path in own:
            counts = kind == "cgroup" and "cpuacct" in options and "cpuacct" in controllers.split(",")
            if counts or (kind == "cgroup2" and not controllers):
                yield Path(fields[4], os.path.relpath(path, fields[3]))


def _machine_time() -> CPU:
    ticks = os.sysconf("SC_CLK_TCK")
    user, nice, system, _, _, interrupts, soft, *_ = (
        int(field) / ticks for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return CPU(user + nice, system + interrupts + soft)
