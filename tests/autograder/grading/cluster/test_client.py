"""Waiting for a worker's answer, on a real cluster."""

import threading
import time
from collections.abc import Iterator

import pytest
from distributed import Client

from autograder.grading.cluster import client as module
from autograder.grading.cluster import worker
from autograder.grading.cluster.client import Cluster, WorkerLostError
from tests.dask_cluster import cluster

POLL_SECONDS = 0.002


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with (
        cluster(tmp_path_factory.mktemp("cluster"), 1) as started,
        Client(started.address, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def reached(client: Client, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(module, "_POLL_SECONDS", POLL_SECONDS)
    found = Cluster(client, client.scheduler.address)
    found.slots.update(client.nthreads())
    return found


def judge_all(reached: Cluster, client: Client, *cases: bytes) -> list[bytes]:
    (address,) = client.nthreads()
    context = reached.hold(b"context")
    return [reached.judge(address, context, "key", case) for case in cases]


@pytest.mark.slow
def test_an_answer_that_comes_when_the_time_is_just_up_is_an_answer(
    reached: Cluster, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(_: object, __: str, case: bytes, *___: object) -> bytes:
        # All around the moment at which the caller looks.
        time.sleep(POLL_SECONDS * int(case) / 100)
        return b"verdicts " + case

    monkeypatch.setattr(worker, "judge", judge)
    cases = [str(number).encode() for number in range(400)]
    assert judge_all(reached, client, *cases) == [b"verdicts " + case for case in cases]


def test_a_worker_that_runs_out_of_time_itself_is_told(
    reached: Cluster, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(*_: object) -> bytes:
        time.sleep(3 * POLL_SECONDS)
        raise TimeoutError("the worker's own")

    monkeypatch.setattr(worker, "judge", judge)
    with pytest.raises(TimeoutError, match="the worker's own"):
        judge_all(reached, client, b"case")


def test_a_worker_that_is_gone_is_not_waited_for(
    reached: Cluster, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(*_: object) -> bytes:
        time.sleep(1)
        return b"too late"

    monkeypatch.setattr(worker, "judge", judge)
    threading.Timer(3 * POLL_SECONDS, lambda: reached.slots.update({})).start()
    with pytest.raises(WorkerLostError):
        judge_all(reached, client, b"case")
