"""What runs inside a Dask worker: local executors, with a sandbox and a judge server on the worker's own machine.

Dask calls these functions by their names, so a worker must have the same gradlab installed; that is checked.
"""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from distributed import get_worker

from autograder.errors import ExpectedError
from autograder.grading.cache_keys import programs
from autograder.grading.cluster.messages import Answer, NotebookContext, pack, unpack, unpack_case
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.terms import Terms

_IDLE_SECONDS: Final = 60.0
_MOST_EXECUTORS: Final = 2
_MOST_FINISHED_RUNS: Final = 1000


@dataclass
class _PooledExecutor:
    """An executor, and how many threads use it."""

    context: NotebookContext
    executor: LocalExecutor
    folder: Path
    users: int = 0
    used: float = field(default_factory=time.monotonic)

    def close(self) -> None:
        self.executor.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ExecutorPool:
    """The executors of this process, by run and notebook. Idle ones end after a while, or when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pooled: dict[tuple[str, str], _PooledExecutor] = {}
        self._finished: dict[str, None] = {}
        self._timer: threading.Timer | None = None
        # At the end of the process, also where it is the child of a Dask nanny.
        Finalize(None, self.close, exitpriority=10)

    @contextmanager
    def use(
        self, run: str, packed_context: bytes, key: str, folder: Path
    ) -> Iterator[tuple[LocalExecutor, NotebookContext]]:
        """Lend an executor.

        Args:
            run: the coordinator's run for which it is.
            packed_context: the notebook's context.
            key: the context's key.
            folder: where the executor may keep files while it lives.

        Raises:
            ExpectedError: the run is over.
        """
        with self._lock:
            if run in self._finished:
                raise ExpectedError("The run that asked for this is over.")
            pooled = self._pooled.get((run, key))
            if pooled is None:
                context = unpack(NotebookContext, packed_context)
                state = Path(mkdtemp(prefix="autograder-", dir=folder))
                terms = Terms(context.limits, context.mode, level=context.level)
                executor = LocalExecutor(state, terms, secret_of_solution=context.solution_secret)
                pooled = self._pooled[run, key] = _PooledExecutor(context, executor, state)
            pooled.users += 1
            surplus = self._take_surplus()
        _close(surplus)
        try:
            yield pooled.executor, pooled.context
        finally:
            with self._lock:
                pooled.users -= 1
                pooled.used = time.monotonic()
                self._restart_timer()

    def finish(self, run: str) -> None:
        """End a run's executors and what they judge; nothing of that run begins any more."""
        with self._lock:
            self._finished[run] = None
            for old in list(self._finished)[:-_MOST_FINISHED_RUNS]:
                del self._finished[old]
            ended = [self._pooled.pop(name) for name in list(self._pooled) if name[0] == run]
        _close(ended)

    def close(self) -> None:
        """End all executors."""
        with self._lock:
            ended = list(self._pooled.values())
            self._pooled.clear()
        _close(ended)

    def _take_surplus(self) -> list[_PooledExecutor]:
        """Take out idle executors, the least recently used first, until there are few enough."""
        idle = sorted((it for it in self._pooled.items() if not it[1].users), key=lambda it: it[1].used)
        return [self._pooled.pop(name) for name, _ in idle[: max(0, len(self._pooled) - _MOST_EXECUTORS)]]

    def _restart_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(_IDLE_SECONDS, self._close_idle)
        self._timer.daemon = True
        self._timer.start()

    def _close_idle(self) -> None:
        """A coordinator that was killed never says that its run is over."""
        now = time.monotonic()
        with self._lock:
            idle = [name for name, it in self._pooled.items() if not it.users and now - it.used >= _IDLE_SECONDS / 2]
            ended = [self._pooled.pop(name) for name in idle]
        _close(ended)


_EXECUTORS = ExecutorPool()


def hold(message: bytes) -> bytes:
    """A message, for Dask to keep and to pass to each worker that needs it."""
    return message


def judge(packed_context: bytes, key: str, packed_case: bytes, run: str, expected: Sequence[str]) -> bytes:
    """Judge one notebook of one student.

    Args:
        packed_context: the notebook's context.
        key: the context's key.
        packed_case: the student's notebook.
        run: the coordinator's run.
        expected: the coordinator's programs.

    Returns:
        A packed `Answer`: the verdicts, or why the worker refuses.
    """
    worker = get_worker()
    name = f"{worker.name} on {socket.gethostname()}"
    if list(expected) != programs():
        return pack(Answer(None, *different_programs(expected, programs()), name))
    try:
        with _EXECUTORS.use(run, packed_context, key, Path(worker.local_directory)) as (executor, context):
            result = executor.judge(context.notebook, context.files, unpack_case(packed_case, context))
    except ExpectedError as error:
        return pack(Answer(None, error.problem, error.cure, name))
    return pack(Answer(result, worker=name))


def different_programs(here: Sequence[str], there: Sequence[str]) -> tuple[str, str]:
    """How two machines' programs differ, and the cure; empty texts if they don't."""
    for ours, theirs in zip(here, there, strict=False):
        if ours != theirs:
            # The last one is a digest of our own code.
            differ = f"it has {theirs}, and here is {ours}" if ours != here[-1] else "its gradlab is another one"
            return (
                f"Its programs would give other verdicts: {differ}.",
                "Install the same versions there as here, start the worker again, then run the same command again.",
            )
    return "", ""


def installed_programs() -> list[str]:
    """The programs with which a worker grades; see `autograder.grading.cache_keys.programs`."""
    return programs()


async def finish(run: str) -> None:
    """End everything that belongs to a run."""
    await asyncio.to_thread(_EXECUTORS.finish, run)


def _close(ended: Sequence[_PooledExecutor]) -> None:
    for pooled in ended:
        pooled.close()
