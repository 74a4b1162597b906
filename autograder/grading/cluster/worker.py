"""What runs inside a Dask worker: benches of its own, with a sandbox and a stage on its own machine.

Dask calls these functions by their names; a worker therefore has the same gradlab installed, which is seen to.
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
from autograder.grading.cluster.messages import Answer, Lesson, pack_answer, unpack_case, unpack_lesson
from autograder.grading.local_executor import Bench

_IDLE_SECONDS: Final = 60.0
_MOST_BENCHES: Final = 2
_MOST_RUNS_KNOWN: Final = 1000


@dataclass
class _Warm:
    """A bench, and who uses it."""

    lesson: Lesson
    bench: Bench
    folder: Path
    users: int = 0
    used: float = field(default_factory=time.monotonic)

    def close(self) -> None:
        self.bench.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Benches:
    """The benches of this process, by run and lesson. An idle one ends when others need its place, or after a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._warm: dict[tuple[str, str], _Warm] = {}
        self._finished: dict[str, None] = {}
        self._timer: threading.Timer | None = None
        # At the end of the process, be it a child of a nanny's or not.
        Finalize(None, self.close, exitpriority=10)

    @contextmanager
    def use(self, run: str, parcel: bytes, key: str, folder: Path) -> Iterator[tuple[Bench, Lesson]]:
        """Lend a bench.

        Args:
            run: which run of a coordinator it is for.
            parcel: the packed lesson.
            key: the lesson's key.
            folder: where the bench may keep something while it lives.

        Raises:
            ExpectedError: the run is over.
        """
        with self._lock:
            if run in self._finished:
                raise ExpectedError("The run that asked for this is over.")
            warm = self._warm.get((run, key))
            if warm is None:
                lesson = unpack_lesson(parcel)
                state = Path(mkdtemp(prefix="autograder-", dir=folder))
                bench = Bench(state, lesson.limits, lesson.mode, fresh=True, solution_secret=lesson.solution_secret)
                warm = self._warm[run, key] = _Warm(lesson, bench, state)
            warm.users += 1
            surplus = self._surplus()
        _close(surplus)
        try:
            yield warm.bench, warm.lesson
        finally:
            with self._lock:
                warm.users -= 1
                warm.used = time.monotonic()
                self._wait()

    def finish(self, run: str) -> None:
        """End a run's benches; what is being judged there ends, too, and nothing of that run begins any more."""
        with self._lock:
            self._finished[run] = None
            for old in list(self._finished)[:-_MOST_RUNS_KNOWN]:
                del self._finished[old]
            ended = [self._warm.pop(name) for name in list(self._warm) if name[0] == run]
        _close(ended)

    def close(self) -> None:
        """End all benches."""
        with self._lock:
            ended = list(self._warm.values())
            self._warm.clear()
        _close(ended)

    def _surplus(self) -> list[_Warm]:
        """Take out idle benches, the one that was used last least of all, until there are few enough."""
        idle = sorted((it for it in self._warm.items() if not it[1].users), key=lambda it: it[1].used)
        return [self._warm.pop(name) for name, _ in idle[: max(0, len(self._warm) - _MOST_BENCHES)]]

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(_IDLE_SECONDS, self._close_idle)
        self._timer.daemon = True
        self._timer.start()

    def _close_idle(self) -> None:
        """A coordinator that was killed tells nobody that its run is over."""
        now = time.monotonic()
        with self._lock:
            idle = [name for name, it in self._warm.items() if not it.users and now - it.used >= _IDLE_SECONDS / 2]
            ended = [self._warm.pop(name) for name in idle]
        _close(ended)


_BENCHES = Benches()


def hold(parcel: bytes) -> bytes:
    """A parcel, for Dask to keep and to hand to whichever worker needs it."""
    return parcel


def judge(lesson: bytes, key: str, case: bytes, run: str, expected: Sequence[str]) -> bytes:
    """Judge one notebook of one student.

    Args:
        lesson: the packed lesson.
        key: its key.
        case: the packed case.
        run: which run of a coordinator asks.
        expected: the coordinator's programs.

    Returns:
        A packed answer: the verdicts, or why they are refused.
    """
    worker = get_worker()
    name = f"{worker.name} on {socket.gethostname()}"
    if list(expected) != programs():
        return pack_answer(Answer(None, *other_programs(expected, programs()), name))
    try:
        with _BENCHES.use(run, lesson, key, Path(worker.local_directory)) as (bench, told):
            result = bench.judge(told.notebook, told.files, unpack_case(case, told))
    except ExpectedError as error:
        return pack_answer(Answer(None, error.problem, error.cure, name))
    return pack_answer(Answer(result, worker=name))


def other_programs(here: Sequence[str], there: Sequence[str]) -> tuple[str, str]:
    """In what two machines' programs differ, and the cure; empty if they don't."""
    for ours, theirs in zip(here, there, strict=False):
        if ours != theirs:
            # The last one is a digest of our own code.
            differ = f"it has {theirs}, and here is {ours}" if ours != here[-1] else "its gradlab is another one"
            return (
                f"Its programs would give other verdicts: {differ}.",
                "Install the same versions there as here, start the worker again, then run the same command again.",
            )
    return "", ""


def introduce() -> list[str]:
    """What a worker grades with: see `autograder.grading.cache_keys.programs`."""
    return programs()


async def finish(run: str) -> None:
    """End everything that belongs to a run."""
    await asyncio.to_thread(_BENCHES.finish, run)


def _close(ended: Sequence[_Warm]) -> None:
    for warm in ended:
        warm.close()
