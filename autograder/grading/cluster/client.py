"""The connection to a Dask cluster: its workers are watched, and asked to judge."""

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from concurrent.futures import Future as PendingAnswer
from contextlib import contextmanager, suppress
from typing import Any, Final

from distributed import Client, Future, KilledWorker
from distributed.comm import parse_address
from distributed.comm.addressing import parse_host_port
from distributed.comm.registry import get_backend
from distributed.security import Security

from autograder.errors import ExpectedError
from autograder.grading.cache_keys import programs
from autograder.grading.cluster import worker
from autograder.grading.cluster.worker_slots import WorkerSlots

_CONNECT_SECONDS: Final = 5.0
_WORKERS_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.5
_MOST_MISSED_POLLS: Final = 10
_FINISH_SECONDS: Final = 30.0


class WorkerLostError(Exception):
    """The worker that was asked to judge is no longer there."""


class Cluster:
    """A cluster that has workers with the same programs as here; see `connect`.

    Attributes:
        address: the scheduler's.
        slots: the slots of its workers.
        run: identifies this run to the workers.
    """

    def __init__(self, client: Client, address: str) -> None:
        self.address = address
        self.slots = WorkerSlots()
        self.run = uuid.uuid4().hex
        self._client = client
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_workers, name="cluster", daemon=True)

    def start(self) -> None:
        """Check the workers, and watch from now on which are there.

        Raises:
            ExpectedError: there are none, or one has other programs.
        """
        end = time.monotonic() + _WORKERS_SECONDS
        while not (threads := self._client.nthreads()):
            if time.monotonic() > end:
                raise ExpectedError(
                    f"The Dask scheduler {self.address} has no workers.",
                    f"Start one on each machine: dask worker {self.address} --nthreads 4",
                )
            time.sleep(_POLL_SECONDS)
        for address, found in self._installed_programs().items():
            problem, cure = worker.different_programs(programs(), found)
            if problem:
                raise ExpectedError(f"The Dask worker {self._name(address)} can't be used. {problem}", cure)
        self.slots.update(threads)
        self._watch.start()

    @property
    def threads(self) -> int:
        """How many submissions the workers that are there now judge at once."""
        return sum(self._client.nthreads().values())

    def hold(self, message: bytes) -> Future:
        """Have the cluster keep a message while the future is referenced; Dask sends it again if a worker is lost."""
        return self._client.submit(worker.hold, message, key=f"notebook-{uuid.uuid4().hex}", pure=False)

    def judge(self, address: str, context: Future, key: str, case: bytes) -> bytes:
        """Have a worker judge a notebook, and wait for its answer.

        Args:
            address: the worker's.
            context: the notebook's packed context, as `hold` returned it.
            key: the context's key.
            case: the packed case.

        Raises:
            WorkerLostError: it is gone.
            ExpectedError: the scheduler is gone, the worker lacks gradlab, or grading was stopped.
        """
        future = self._client.submit(
            worker.judge,
            context,
            key,
            case,
            self.run,
            programs(),
            key=f"judge-{uuid.uuid4().hex}",
            workers=[address],
            allow_other_workers=False,
            pure=False,
        )
        try:
            return self._wait(future, address)
        finally:
            future.release()

    def end(self) -> None:
        """End all that belongs to this run, here and at the workers."""
        self.slots.close(ExpectedError("Grading was stopped."))
        self._closed.set()
        if self._watch.is_alive():
            self._watch.join()
        if self._client.status == "running":
            _for_limited_time(lambda: self._client.run(worker.finish, self.run, on_error="ignore"))

    def _wait(self, future: Future, address: str) -> bytes:
        # Not the future's own time limit: if that expires just as the answer comes, the answer can be lost.
        answer = asyncio.run_coroutine_threadsafe(_answer(future), self._client.loop.asyncio_loop)
        try:
            while not wait([answer], _POLL_SECONDS).done:
                self.slots.raise_failure()
                if not self.slots.has_worker(address):
                    future.cancel(force=True)
                    raise WorkerLostError(address)
            return self._read(answer, address)
        finally:
            answer.cancel()

    def _read(self, answer: PendingAnswer[bytes], address: str) -> bytes:
        try:
            return answer.result()
        except KilledWorker:
            # It came back under the same address and was lost again, so that its slots never went away.
            raise WorkerLostError(address) from None
        except CancelledError:
            self.slots.raise_failure()
            raise self._scheduler_lost() from None
        except ImportError as error:
            raise ExpectedError(f"The Dask worker {self._name(address)} can't be used: {error}.", _INSTALL) from error

    def _installed_programs(self) -> dict[str, list[str]]:
        try:
            found: dict[str, list[str]] = self._client.run(worker.installed_programs)
        except ImportError as error:
            raise ExpectedError(
                f"A worker of the Dask cluster {self.address} lacks gradlab: {error}.", _INSTALL
            ) from error
        return found

    def _name(self, address: str) -> str:
        about: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"].get(address, {})
        name = about.get("name", address)
        return address if name == address else f"{name} ({address})"

    def _watch_workers(self) -> None:
        """Note which workers come and go, until the run is over or the scheduler is lost."""
        missed = 0
        while not self._closed.wait(_POLL_SECONDS):
            try:
                threads = self._client.nthreads() if self._client.status == "running" else None
            except Exception:  # noqa: BLE001 - the library raises many kinds: each means that it can't be reached
                threads = None
            if threads is not None:
                missed = 0
                self.slots.update(threads)
                continue
            missed += 1
            if missed >= _MOST_MISSED_POLLS:
                self.slots.close(self._scheduler_lost())
                return

    def _scheduler_lost(self) -> ExpectedError:
        return ExpectedError(
            f"The Dask scheduler {self.address} was lost.",
            "Start it and its workers again, then run the same command: what was written is kept.",
        )


async def _answer(future: Future) -> bytes:
    answer: bytes = await future
    return answer


_INSTALL = 'On each machine of the cluster, run: pip install "gradlab[instructor,cluster]"'


@contextmanager
def connect(address: str) -> Iterator[Cluster]:
    """Connect to a cluster, as Dask's own configuration says (certificates for ``tls://`` included).

    Args:
        address: the scheduler's, as ``dask scheduler`` prints it: tcp://HOST:8786.

    Raises:
        ExpectedError: it can't be reached, has no workers, or one of them has other programs.
    """
    _check_address(address)
    # This program reports what goes wrong, once; the library would log each of its attempts.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="autograder")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ExpectedError(
            f"The Dask scheduler {address} can't be reached ({str(error) or type(error).__name__}).",
            "Start it (dask scheduler), and give the address that it prints: --dask tcp://HOST:8786",
        ) from error
    try:
        cluster = Cluster(client, address)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.end()
    finally:
        _for_limited_time(client.close)


def _check_address(address: str) -> None:
    """Check an address at once: a client takes seconds to give up on one that can't work."""
    protocol, location = parse_address(address)
    try:
        get_backend(protocol)
        parse_host_port(location)
    except ValueError:
        raise ExpectedError(
            f"{address!r} is no address of a Dask scheduler.", "Write it as the scheduler prints it: tcp://HOST:8786"
        ) from None
    if protocol == "tls" and Security().get_connection_args("client").get("ssl_context") is None:
        raise ExpectedError(
            f"The Dask scheduler {address} wants certificates, and Dask's configuration names none.",
            "Set distributed.comm.tls in Dask's configuration: ca-file, client.cert and client.key.",
        )


def _for_limited_time(work: Callable[[], object]) -> None:
    """Do something over a network that may be gone, for a limited time."""

    def do() -> None:
        with suppress(Exception):
            work()

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(_FINISH_SECONDS)
