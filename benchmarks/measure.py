"""Measures a command: wall clock, CPU time by kind of process, memory, and when each of its results was there."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.accounting import CPU, Account, MachineClock, account

_LOOK_SECONDS: Final = 0.02
_ENTER: Final = 'if [ -n "$0" ]; then echo $$ > "$0"; fi; exec "$@"'

KINDS: Final = {
    b"autograder.judging.server": "judges",
    b"autograder.sandbox.zygote_server": "students",
}
"""Part of a process's command line → the kind of the process and of all that it starts."""


@dataclass(frozen=True)
class Moment:
    """How far a command was at a moment.

    Attributes:
        seconds: wall-clock seconds since it was started.
        results: how many results there were.
        cpu: its CPU time until then.
        by_kind: the same by kind of process, as in `Measurement`.
    """

    seconds: float
    results: int
    cpu: CPU
    by_kind: Mapping[str, CPU] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """What a command took.

    Attributes:
        seconds: wall-clock seconds.
        cpu: CPU time of all its processes.
        by_kind: the same by kind of process; what is of no kind of its own counts as "coordinator".
        results: when each result was written, seconds after the start, in order.
        moments: how far it was, at each new result.
        peak_bytes: the largest resident memory of the command's own process.
        status: its exit status.
        output: what it wrote to stdout.
        errors: what it wrote to stderr.
        exact: False if the CPU time is the whole machine's.
        others: the share of the machine's CPU time that other programs used meanwhile, from 0 to 1.
    """

    seconds: float
    cpu: CPU
    by_kind: Mapping[str, CPU] = field(default_factory=dict)
    results: tuple[float, ...] = ()
    moments: tuple[Moment, ...] = ()
    peak_bytes: int = 0
    status: int = 0
    output: str = ""
    errors: str = ""
    exact: bool = True
    others: float = 0.0


class _Watch:
    """Looks at a running command every few milliseconds.

    Args:
        process: the command's own process.
        counted: the account of it and of all that it starts.
        results: finds the results so far: name → when it was written, in seconds since the epoch.
    """

    def __init__(self, process: int, counted: Account, results: Callable[[], Mapping[str, float]]) -> None:
        self._process = process
        self._counted = counted
        self._results = results
        self._ended = threading.Event()
        self._began = time.time()
        self.found: dict[str, float] = {}
        self.moments: list[Moment] = []
        self.peak_bytes = 0
        self._kinds: dict[str, Account] = {}
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Look for the last time."""
        self._ended.set()
        self._thread.join()
        self._look()

    def by_kind(self) -> dict[str, CPU]:
        """CPU time so far by kind of process; empty if all are of one kind."""
        kinds = {kind: inner.spent() for kind, inner in self._kinds.items()}
        if kinds:
            kinds["coordinator"] = self._counted.spent() - sum(kinds.values(), CPU())
        return kinds

    def _look_on(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        self._sort()
        with suppress(OSError, ValueError):
            status = Path("/proc", str(self._process), "status").read_text(encoding="utf-8")
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM:")) if "VmHWM:" in status else ""
            self.peak_bytes = max(self.peak_bytes, int(peak.split()[1]) * 1024 if peak else 0)
        before = len(self.found)
        # A file may be written more than once; then the last time counts.
        self.found |= {name: when - self._began for name, when in self._results().items()}
        if len(self.found) != before:
            seconds = time.time() - self._began
            self.moments.append(Moment(seconds, len(self.found), self._counted.spent(), self.by_kind()))

    def _sort(self) -> None:
        """Give each process of a kind, which starts as a fork of the command's own, its own account."""
        for process in self._counted.members():
            if process == self._process:
                continue
            with suppress(OSError):
                command = Path("/proc", str(process), "cmdline").read_bytes()
                for sign, kind in KINDS.items():
                    if sign in command:
                        self._kinds.setdefault(kind, self._counted.child(kind)).add(process)


def measure(
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str] | None = None,
    results: Callable[[], Mapping[str, float]] = dict,
) -> Measurement:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        variables: its environment variables; those of this process if left out.
        results: finds its results: name → when it was written, in seconds since the epoch.
    """
    with account() as counted:
        began, machine = time.monotonic(), MachineClock()
        process = subprocess.Popen(
            ["sh", "-c", _ENTER, counted.procs_file(), *command],
            cwd=folder,
            env=dict(os.environ if variables is None else variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watch = _Watch(process.pid, counted, results)
        output, errors = process.communicate()
        seconds = time.monotonic() - began
        watch.finish()
        spent = counted.spent()
        others = (machine.spent() - spent).total / (seconds * (os.cpu_count() or 1))
        return Measurement(
            seconds=seconds,
            cpu=spent,
            by_kind=watch.by_kind(),
            results=tuple(sorted(watch.found.values())),
            moments=tuple(watch.moments),
            peak_bytes=watch.peak_bytes,
            status=process.returncode,
            output=output,
            errors=errors,
            exact=counted.exact,
            others=max(others, 0.0),
        )


def files_written(folder: Path, pattern: str) -> Callable[[], Mapping[str, float]]:
    """Results that are files: their paths, and when they were written."""

    def find() -> dict[str, float]:
        found = {}
        for path in folder.glob(pattern):
            with suppress(OSError):
                found[str(path)] = path.stat().st_mtime
        return found

    return find
