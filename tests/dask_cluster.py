"""A Dask scheduler and its workers, each a process of its own, as people start them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Cluster:
    """A scheduler and workers.

    Attributes:
        address: the scheduler's.
        workers: the workers' processes.
    """

    address: str
    workers: tuple["subprocess.Popen[bytes]", ...]


@contextmanager
def cluster(
    folder: Path, workers: int, threads: int = 1, variables: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Start a scheduler and workers; all end with the context.

    Args:
        folder: where they may write.
        workers: how many workers.
        threads: the threads of each.
        variables: environment variables of the workers that differ from this process's.
    """
    with ExitStack() as stack:
        scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        _, log = _start(stack, folder, "scheduler", scheduler)
        address = _await(log, r"Scheduler at:\s+(tcp://\S+)")
        started = []
        for number in range(workers):
            words = ["worker", address, "--no-nanny", "--nthreads", str(threads), "--name", f"worker-{number}"]
            words += ["--no-dashboard", "--local-directory", str(folder / f"worker-{number}")]
            started.append(_start(stack, folder, f"worker-{number}", words, variables))
        for _, log in started:
            _await(log, r"Registered to:\s+(\S+)")
        yield Cluster(address, tuple(process for process, _ in started))


def _start(
    stack: ExitStack, folder: Path, name: str, words: list[str], variables: Mapping[str, str] | None = None
) -> tuple["subprocess.Popen[bytes]", Path]:
    path = folder / f"{name}.log"
    log = stack.enter_context(path.open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    stack.callback(_stop, process)
    return process, path


def _await(log: Path, sign: str) -> str:
    end = time.monotonic() + _START_SECONDS
    while True:
        found = re.search(sign, log.read_text())
        if found:
            return found[1]
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
