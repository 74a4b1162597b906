"""The coordinator's watch over how much of the GPU's memory each submission holds, as the driver tells it.

It runs outside of the sandbox: there the driver's numbers of processes are those that this process sees, and nothing
that runs inside can get at it. What a submission's processes hold counts together, with what CUDA itself needs in each.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from autograder.sandbox.nvml import Driver, NvmlError
from autograder.sandbox.processes import View

_INTERVAL_SECONDS: Final = 0.2
_FREED_SECONDS: Final = 10.0
_MOST_FAILURES: Final = 3
_PARENT: Final = 1
_NUMBERS: Final = "NSpid:"


class GpuWatch:
    """Looks at intervals at who holds memory of a GPU, and has those ended that hold too much.

    Args:
        driver: the driver.
        identity: the GPU.
        share_bytes: bytes of its memory that one submission may hold.
        zygote: the number of the process, started by this one, from which all submissions descend.
        walled: whether submissions, and the zygote, have namespaces of their own.
        end: ends a submission: its number, and why, a sentence that lacks its subject.
    """

    def __init__(
        self,
        driver: Driver,
        identity: str,
        share_bytes: int,
        zygote: int,
        end: Callable[[int, str], None],
        *,
        walled: bool,
    ) -> None:
        self._driver = driver
        self._identity = identity
        self._share_bytes = share_bytes
        self._zygote = zygote
        self._end = end
        self._walled = walled
        self._view = View.of_here()
        self._lock = threading.Lock()
        self._keepers: dict[int, int] = {}
        self._seen: dict[int, set[int]] = {}
        self._failures = 0
        self._over = threading.Event()
        self.overdrawn = 0
        """How often a submission held more than its share: others may then have found too little."""
        self.failure = ""
        """Why it can't see any more; empty while it can."""
        self._thread = threading.Thread(target=self._watch, name="gpu watch", daemon=True)
        self._thread.start()

    def begin(self, submission: int, keeper: int) -> None:
        """Watch a submission.

        Args:
            submission: its number.
            keeper: the number that its first process has for the process that forked it.
        """
        with self._lock:
            self._keepers[keeper] = submission

    def held(self, submission: int) -> int | None:
        """Bytes that a submission holds now; None where the driver doesn't say how many.

        Raises:
            NvmlError: the driver doesn't answer.
        """
        return self._holdings().get(submission, 0)

    def freed(self, submission: int) -> bool:
        """Whether nothing is left of what a submission that has ended held; it is waited for, for a while."""
        with self._lock:
            self._keepers = {keeper: owner for keeper, owner in self._keepers.items() if owner != submission}
            processes = self._seen.pop(submission, set())
        end = time.monotonic() + _FREED_SECONDS
        while processes and self._still_hold(processes):
            if self._over.is_set() or time.monotonic() > end:
                return False
            time.sleep(_INTERVAL_SECONDS / 4)
        return True

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()
        os.close(self._view.descriptor)

    def _watch(self) -> None:
        while not self._over.wait(_INTERVAL_SECONDS):
            try:
                holdings = self._holdings()
            except NvmlError as error:
                self._failures += 1
                if self._failures >= _MOST_FAILURES:
                    self.failure = str(error)
                continue
            self._failures, self.failure = 0, ""
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
        for process, memory in self._driver.holders(self._identity).items():
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
        depth = len(self._numbers(self._zygote)) + (2 if self._walled else 0)
        found = None
        for ancestor in self._line(process):
            if ancestor == self._zygote:
                return found
            numbers = self._numbers(ancestor)
            if found is None and len(numbers) == depth and (not self._walled or numbers[-1] == 1):
                found = keepers.get(numbers[-2] if self._walled else numbers[-1])
        return None

    def _line(self, process: int) -> Iterator[int]:
        """A process and those that it descends from, the nearest first."""
        while process > 0:
            yield process
            state = self._view.state(process)
            process = int(state[_PARENT]) if state else 0

    def _numbers(self, process: int) -> list[int]:
        """A process's numbers, from this process's namespace inwards; none if it is gone."""
        lines = self._view.read(process, "status").splitlines()
        return next(([int(number) for number in line.split()[1:]] for line in lines if line.startswith(_NUMBERS)), [])

    def _still_hold(self, processes: set[int]) -> bool:
        try:
            return not processes.isdisjoint(self._driver.holders(self._identity))
        except NvmlError:
            # Whoever can't see can't say that it is free.
            return True
