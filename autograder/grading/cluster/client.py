"""A Dask cluster: reached, looked at, asked, and left as it was found."""

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from concurrent.futures import Future as Answer
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
from autograder.grading.cluster.worker_slots import Places

_REACH_SECONDS: Final = 5.0
_WORKERS_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.5
_LOST_LOOKS: Final = 10
_FINISH_SECONDS: Final = 30.0


class WorkerLostError(Exception):
    """The worker that was asked is no longer there."""


class Cluster:
    """A cluster that has workers with the same programs as here; see `connect`.

    Attributes:
        address: the scheduler's.
        places: the places at its workers.
        run: names this run to the workers.
    """

    def __init__(self, client: Client, address: str) -> None:
        self.address = address
        self.places = Places()
        self.run = uuid.uuid4().hex
        self._client = client
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look_on, name="cluster", daemon=True)

    def begin(self) -> None:
        """Look at the workers, now and from now on.

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
            time.sleep(_LOOK_SECONDS)
        for address, found in self._introductions().items():
            problem, cure = worker.other_programs(programs(), found)
            if problem:
                raise ExpectedError(f"The Dask worker {self._name(address)} can't be used. {problem}", cure)
        self.places.update(threads)
        self._watch.start()

    @property
    def threads(self) -> int:
        """How many submissions its workers judge at once, as many of them as there are now."""
        return sum(self._client.nthreads().values())

    def hold(self, parcel: bytes) -> Future:
        """Have the cluster keep a parcel for as long as the future lives; if a worker is lost, it is sent again."""
        return self._client.submit(worker.hold, parcel, key=f"lesson-{uuid.uuid4().hex}", pure=False)

    def ask(self, address: str, lesson: Future, key: str, case: bytes) -> bytes:
        """Have a worker judge a notebook, and wait for what it says.

        Raises:
            WorkerLostError: it is gone.
            ExpectedError: the scheduler is gone, the worker lacks gradlab, or grading was stopped.
        """
        future = self._client.submit(
            worker.judge,
            lesson,
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
        self.places.close(ExpectedError("Grading was stopped."))
        self._over.set()
        if self._watch.is_alive():
            self._watch.join()
        if self._client.status == "running":
            _in_time(lambda: self._client.run(worker.finish, self.run, on_error="ignore"))

    def _wait(self, future: Future, address: str) -> bytes:
        # Not the future's own time limit: when that is up just as the answer comes, the answer can be lost.
        answer = asyncio.run_coroutine_threadsafe(_answer(future), self._client.loop.asyncio_loop)
        try:
            while not wait([answer], _LOOK_SECONDS).done:
                self.places.check()
                if not self.places.has(address):
                    future.cancel(force=True)
                    raise WorkerLostError(address)
            return self._read(answer, address)
        finally:
            answer.cancel()

    def _read(self, answer: Answer[bytes], address: str) -> bytes:
        try:
            return answer.result()
        except KilledWorker:
            # It came back under the same address, and was lost again.
            raise WorkerLostError(address) from None
        except CancelledError:
            self.places.check()
            raise self._lost() from None
        except ImportError as error:
            raise ExpectedError(f"The Dask worker {self._name(address)} can't be used: {error}.", _INSTALL) from error

    def _introductions(self) -> dict[str, list[str]]:
        try:
            found: dict[str, list[str]] = self._client.run(worker.introduce)
        except ImportError as error:
            raise ExpectedError(
                f"A worker of the Dask cluster {self.address} lacks gradlab: {error}.", _INSTALL
            ) from error
        return found

    def _name(self, address: str) -> str:
        about: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"].get(address, {})
        name = about.get("name", address)
        return address if name == address else f"{name} ({address})"

    def _look_on(self) -> None:
        """Note which workers come and go, until all is over or the scheduler is lost."""
        missed = 0
        while not self._over.wait(_LOOK_SECONDS):
            try:
                threads = self._client.nthreads() if self._client.status == "running" else None
            except Exception:  # noqa: BLE001 - whatever the library says: it can't be reached
                threads = None
            if threads is not None:
                missed = 0
                self.places.update(threads)
                continue
            missed += 1
            if missed >= _LOST_LOOKS:
                self.places.close(self._lost())
                return

    def _lost(self) -> ExpectedError:
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
    """Reach a cluster, as Dask's own configuration has it (certificates for ``tls://`` among it).

    Args:
        address: the scheduler's, as ``dask scheduler`` prints it: tcp://HOST:8786.

    Raises:
        ExpectedError: it can't be reached, has no workers, or one of them has other programs.
    """
    _check_address(address)
    # What goes wrong is said by this program, once, and not by the library as often as it tries.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_REACH_SECONDS, set_as_default=False, name="autograder")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ExpectedError(
            f"The Dask scheduler {address} can't be reached ({str(error) or type(error).__name__}).",
            "Start it (dask scheduler), and give the address that it prints: --dask tcp://HOST:8786",
        ) from error
    try:
        cluster = Cluster(client, address)
        try:
            cluster.begin()
            yield cluster
        finally:
            cluster.end()
    finally:
        _in_time(client.close)


def _check_address(address: str) -> None:
    """See that there is a way to an address, since a client without one takes its time to give up."""
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


def _in_time(work: Callable[[], object]) -> None:
    """Do something over a network that may have gone: not for ever."""

    def do() -> None:
        with suppress(Exception):
            work()

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(_FINISH_SECONDS)
