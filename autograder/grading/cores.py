"""Processor cores, lent out to submissions.

A judge and its student take turns: one of them always waits for the other. On two cores each turn is a message to
another core, which has to be woken; on one core it is none, which takes a fifth off what a submission costs.
"""

import os
import queue
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cores:
    """The cores that this process may use. Several threads may borrow of them."""

    def __init__(self) -> None:
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        cores = list(os.sched_getaffinity(0))
        # Of two programs on one machine each should not take the first few.
        random.shuffle(cores)
        for core in cores:
            self._free.put(core)

    @contextmanager
    def lent(self) -> Iterator[int | None]:
        """Lend a core that nobody else has; None if all are lent."""
        try:
            core = self._free.get_nowait()
        except queue.Empty:
            yield None
            return
        try:
            yield core
        finally:
            self._free.put(core)


def keep_to(core: int | None, process: int) -> None:
    """Have a process run on a core alone, if one is given and both are still there."""
    if core is not None:
        with suppress(OSError):
            os.sched_setaffinity(process, {core})
