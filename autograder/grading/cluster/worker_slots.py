"""The slots of a cluster's workers: each is lent to one submission at a time."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from autograder.errors import ExpectedError

_WITHOUT_WORKERS_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.5


@dataclass
class _Worker:
    slots: int
    lent: int = 0
    reserved: bool = False


class WorkerSlots:
    """The slots of a cluster. Several threads may borrow; workers may come and go."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._workers: dict[str, _Worker] = {}
        self._failure: ExpectedError | None = None

    def update(self, threads: Mapping[str, int]) -> None:
        """Take note of the workers that are there: address → threads."""
        with self._changed:
            for address in self._workers.keys() - threads.keys():
                del self._workers[address]
            for address, count in threads.items():
                # One more than it has threads: the next submission is there when one is finished.
                self._workers.setdefault(address, _Worker(count + 1)).slots = count + 1
            self._changed.notify_all()

    def close(self, failure: ExpectedError) -> None:
        """Lend no more slots; threads that wait for one get this error."""
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def has_worker(self, address: str) -> bool:
        """Whether a worker is there."""
        with self._changed:
            return address in self._workers

    def raise_failure(self) -> None:
        """Raise what was given to `close`, if it was closed."""
        with self._changed:
            if self._failure is not None:
                raise self._failure

    @contextmanager
    def borrow(self, *, alone: bool) -> Iterator[str]:
        """Borrow a slot.

        Args:
            alone: wait for a worker that does nothing else meanwhile.

        Yields:
            The worker's address.

        Raises:
            ExpectedError: there has been no worker for a while, or the slots are closed.
        """
        address, worker = self._await_slot(alone=alone)
        try:
            yield address
        finally:
            with self._changed:
                worker.lent -= 1
                if alone:
                    worker.reserved = False
                self._changed.notify_all()

    def _await_slot(self, *, alone: bool) -> tuple[str, _Worker]:
        end: float | None = None
        reserved: _Worker | None = None
        with self._changed:
            while True:
                if self._failure is not None:
                    raise self._failure
                if reserved is not None and reserved not in self._workers.values():
                    reserved = None
                if alone and reserved is None:
                    reserved = self._reserve()
                for address, worker in self._workers.items():
                    if worker is reserved and worker.lent == 0:
                        worker.lent = 1
                        return address, worker
                if not alone and (freest := self._freest()) is not None:
                    freest[1].lent += 1
                    return freest
                if self._workers:
                    end = None
                elif end is None:
                    end = time.monotonic() + _WITHOUT_WORKERS_SECONDS
                elif time.monotonic() > end:
                    raise ExpectedError(
                        "The cluster has lost all of its workers.",
                        "Start workers, then run the same command again: what was written is kept.",
                    )
                self._changed.wait(_POLL_SECONDS)

    def _reserve(self) -> _Worker | None:
        """Reserve the worker that is the least busy: it gets no more submissions until the reservation ends."""
        free = [worker for worker in self._workers.values() if not worker.reserved]
        if not free:
            return None
        chosen = min(free, key=lambda worker: worker.lent)
        chosen.reserved = True
        return chosen

    def _freest(self) -> tuple[str, _Worker] | None:
        free = [it for it in self._workers.items() if not it[1].reserved and it[1].lent < it[1].slots]
        return min(free, key=lambda it: it[1].lent / it[1].slots) if free else None
