"""Ends submissions that hold too much of the GPU's memory, as the driver reports it.

The monitor runs in the coordinator, outside of the sandbox: there the driver's process numbers are those that this
process sees, and no student code can reach it. What all processes of a submission hold counts together, with what CUDA
itself needs in each.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from autograder.errors import ExpectedError
from autograder.gpu.nvml import Driver, NvmlError
from autograder.sandbox.accelerator import DeviceMonitor
from autograder.sandbox.procfs import ProcFs

_INTERVAL_SECONDS: Final = 0.2
_RELEASE_SECONDS: Final = 10.0
_MAX_FAILURES: Final = 3
_PARENT: Final = 1
_NUMBERS: Final = "NSpid:"


class GpuMemoryMonitor(DeviceMonitor):
    """Asks the driver at intervals, in a thread.

    Args:
        driver: the driver.
        uuid: the GPU's UUID.
        share_bytes: bytes of its memory that one submission may hold.
        zygote: the number of the process, started by this one, from which all submissions descend.
        isolated: whether submissions, and the zygote, have namespaces of their own.
        end: ends a submission: its number, and why, a sentence that lacks its subject.
    """

    def __init__(
        self,
        driver: Driver,
        uuid: str,
        share_bytes: int,
        zygote: int,
        end: Callable[[int, str], None],
        *,
        isolated: bool,
    ) -> None:
        self._driver = driver
        self._uuid = uuid
        self._share_bytes = share_bytes
        self._zygote = zygote
        self._end = end
        self._isolated = isolated
        self._proc = ProcFs.of_here()
        self._lock = threading.Lock()
        self._keepers: dict[int, int] = {}
        self._seen: dict[int, set[int]] = {}
        self._failures = 0
        self._closed = threading.Event()
        self._failure = ""
        self.overdrawn = 0
        self._thread = threading.Thread(target=self._run, name="GPU memory monitor", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """See `DeviceMonitor`."""
        if self._failure:
            raise ExpectedError(
                f"The GPU has gone, or can't be watched any more: {self._failure}.",
                "Look at `nvidia-smi` and at the kernel's log (dmesg); then start the run again: finished work is "
                "kept.",
            )

    def follow(self, submission: int, keeper: int) -> None:
        """See `DeviceMonitor`."""
        with self._lock:
            self._keepers[keeper] = submission

    def held_bytes(self, submission: int) -> int | None:
        """See `DeviceMonitor`.

        Raises:
            NvmlError: the driver doesn't answer.
        """
        return self._holdings().get(submission, 0)

    def await_release(self, submission: int) -> str:
        """See `DeviceMonitor`."""
        with self._lock:
            self._keepers = {keeper: owner for keeper, owner in self._keepers.items() if owner != submission}
            processes = self._seen.pop(submission, set())
        end = time.monotonic() + _RELEASE_SECONDS
        while processes and self._still_hold(processes):
            if self._closed.is_set() or time.monotonic() > end:
                return "memory of the GPU was still held after the end of its process: look at nvidia-smi"
            time.sleep(_INTERVAL_SECONDS / 4)
        return ""

    def close(self) -> None:
        """See `DeviceMonitor`."""
        self._closed.set()
        self._thread.join()
        os.close(self._proc.descriptor)

    def _run(self) -> None:
        while not self._closed.wait(_INTERVAL_SECONDS):
            try:
                holdings = self._holdings()
            except NvmlError as error:
                self._failures += 1
                if self._failures >= _MAX_FAILURES:
                    self._failure = str(error)
                continue
            self._failures, self._failure = 0, ""
            for submission, held in holdings.items():
                if held is not None and held > self._share_bytes:
                    self.overdrawn += 1
                    share = f"{self._share_bytes / 1024**3:.3g} GiB"
                    self._end(submission, f"used more than {share} of the GPU's memory in all its processes")

    def _holdings(self) -> dict[int, int | None]:
        """Bytes that each submission holds."""
        with self._lock:
            if not self._keepers:
                return {}
            keepers = dict(self._keepers)
        held: dict[int, int | None] = {}
        for process, memory in self._driver.holders(self._uuid).items():
            submission = self._owner(process, keepers)
            if submission is None:
                continue
            with self._lock:
                self._seen.setdefault(submission, set()).add(process)
            before = held.get(submission, 0)
            held[submission] = None if memory is None or before is None else before + memory
        return held

    def _owner(self, process: int, keepers: dict[int, int]) -> int | None:
        """The submission that a process belongs to: its keeper and the zygote are among those that it descends from."""
        # The zygote's namespace lies between the keeper's and that of this process.
        depth = len(self._numbers(self._zygote)) + (2 if self._isolated else 0)
        found = None
        for ancestor in self._line(process):
            if ancestor == self._zygote:
                return found
            numbers = self._numbers(ancestor)
            if found is None and len(numbers) == depth and (not self._isolated or numbers[-1] == 1):
                found = keepers.get(numbers[-2] if self._isolated else numbers[-1])
        return None

    def _line(self, process: int) -> Iterator[int]:
        """A process and those that it descends from, the nearest first."""
        while process > 0:
            yield process
            state = self._proc.state(process)
            process = int(state[_PARENT]) if state else 0

    def _numbers(self, process: int) -> list[int]:
        """A process's numbers, from this process's namespace inwards; none if it is gone."""
        lines = self._proc.read(process, "status").splitlines()
        return next(([int(number) for number in line.split()[1:]] for line in lines if line.startswith(_NUMBERS)), [])

    def _still_hold(self, processes: set[int]) -> bool:
        try:
            return not processes.isdisjoint(self._driver.holders(self._uuid))
        except NvmlError:
            # Without an answer it counts as held.
            return True
