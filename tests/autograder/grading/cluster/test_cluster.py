"""Waiting for a worker's answer."""

from typing import cast

import pytest
from distributed import Client

from autograder.grading.cluster.cluster import Cluster


class Answering:
    """Stands for what is asked of a worker: nothing is known yet at first, and then all at once.

    Args:
        error: what the worker raises; None if it answers.
    """

    def __init__(self, error: Exception | None = None) -> None:
        self.status = "pending"
        self._error = error
        self._looked = 0

    def result(self, timeout: float) -> bytes:
        self._looked += 1
        if self._looked == 1:
            # It is finished just after the time was up.
            self.status = "error" if self._error else "finished"
            raise TimeoutError(f"timed out after {timeout} s.")
        if self._error:
            raise self._error
        return b"verdicts"

    def done(self) -> bool:
        return self.status != "pending"

    def release(self) -> None:
        self.status = "released"


class Asked:
    """Stands for the connection to a scheduler."""

    def __init__(self, future: Answering) -> None:
        self._future = future

    def submit(self, *_: object, **__: object) -> Answering:
        return self._future


def ask(future: Answering) -> bytes:
    cluster = Cluster(cast(Client, Asked(future)), "tcp://scheduler:8786")
    cluster.places.update({"tcp://worker:1": 1})
    return cluster.ask("tcp://worker:1", cast("object", None), "lesson", b"case")


def test_an_answer_that_comes_when_the_time_is_just_up_is_an_answer() -> None:
    assert ask(Answering()) == b"verdicts"


def test_a_worker_that_runs_out_of_time_itself_is_told() -> None:
    with pytest.raises(TimeoutError):
        ask(Answering(TimeoutError("the worker's own")))
