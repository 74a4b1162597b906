"""Who is blamed when a worker is lost: nobody for being there, and whoever takes it along each time."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.cluster.client import Cluster, WorkerLostError
from autograder.grading.cluster.executor import RemoteBench
from autograder.grading.cluster.messages import Answer, pack_answer, unpack_case, unpack_lesson
from autograder.grading.cluster.worker import other_programs
from autograder.grading.cluster.worker_slots import Places
from autograder.grading.secret import open_secret
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult

TEST = Cell("code", Role.TEST, "assert f() == 1", "f-test", 2.0)
LESSON = LabNotebook("lab", (Cell("code", Role.SOLUTION, "f = 1", "f"), TEST), (TEST,))
FILES = {"data.csv": b"1,2"}


class Workers:
    """Stands for a cluster of two workers whose processes are at this test's mercy: `answer` decides what one says."""

    def __init__(self, answer: Callable[[str, str, bool], bytes]) -> None:
        self.places = Places()
        self.places.update({"one": 2, "other": 2})
        self.parcels: list[bytes] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._at_work: dict[str, int] = {"one": 0, "other": 0}

    def hold(self, parcel: bytes) -> bytes:
        self.parcels.append(parcel)
        return parcel

    def ask(self, address: str, lesson: bytes, _: str, case: bytes) -> bytes:
        self.parcels.append(case)
        student = unpack_case(case, unpack_lesson(lesson)).submitted.cells[0].source
        with self._lock:
            self._at_work[address] += 1
            alone = self._at_work[address] == 1
        try:
            return self._answer(student, address, alone)
        finally:
            with self._lock:
                self._at_work[address] -= 1

    def end(self) -> None:
        self.places.close(ExpectedError("Grading was stopped."))


def bench(state: Path, workers: Workers) -> RemoteBench:
    return RemoteBench(state, Limits(), Mode.BUBBLEWRAP, cast(Cluster, workers))


def submitted(student: str) -> SubmittedNotebook:
    return SubmittedNotebook("lab", (Cell("code", Role.SOLUTION, student, "f"), TEST))


def passed() -> bytes:
    verdict = CellVerdict("f-test", 2.0, 2.0, CellStatus.PASSED)
    return pack_answer(Answer(NotebookResult("lab", (CellOutcome(), CellOutcome(verdict=verdict)))))


def test_who_takes_a_worker_along_three_times_is_broken_and_the_others_go_on(tmp_path: Path) -> None:
    asked: list[tuple[str, bool]] = []

    def answer(student: str, _: str, alone: bool) -> bytes:
        asked.append((student, alone))
        if student == "killer" or (student == "bystander" and len([it for it in asked if it[0] == student]) == 1):
            raise WorkerLostError
        return passed()

    remote = bench(tmp_path, Workers(answer))
    found = {
        student: remote.grade(LESSON, submitted(student), FILES, student, "lab")
        for student in ("killer", "bystander", "other")
    }
    (verdict,) = found["killer"].verdicts
    assert (verdict.status, verdict.points, verdict.max_points) == (CellStatus.BROKE, None, 2.0)
    assert "lost while this notebook ran, 3 times in a row" in verdict.message
    assert [name for name, _ in asked].count("killer") == 3
    for student in ("bystander", "other"):
        assert [verdict.status for verdict in found[student].verdicts] == [CellStatus.PASSED]


def test_after_a_loss_a_notebook_runs_alone_on_its_worker(tmp_path: Path) -> None:
    together = threading.Barrier(4)
    lost = threading.Event()
    alone: list[bool] = []

    def answer(student: str, _: str, by_itself: bool) -> bytes:
        if student == "suspect" and not lost.is_set():
            lost.set()
            raise WorkerLostError
        if student == "suspect":
            alone.append(by_itself)
        else:
            together.wait(30)
        return passed()

    remote = bench(tmp_path, Workers(answer))
    names = ["suspect", *(f"s{number}" for number in range(8))]
    threads = [
        threading.Thread(target=remote.grade, args=(LESSON, submitted(name), FILES, name, "lab")) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert alone == [True]


def test_what_was_given_before_is_not_asked_for_again_and_what_broke_is(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(student: str, _: str, __: bool) -> bytes:
        asked.append(student)
        if student == "killer":
            raise WorkerLostError
        return passed()

    for _ in range(2):
        remote = bench(tmp_path, Workers(answer))
        for student in ("ann", "killer"):
            remote.grade(LESSON, submitted(student), FILES, student, "lab")
    assert asked.count("ann") == 1
    assert asked.count("killer") == 6


def test_a_worker_that_refuses_is_named(tmp_path: Path) -> None:
    def answer(_: str, __: str, ___: bool) -> bytes:
        return pack_answer(Answer(None, "No sandbox.", "Install bubblewrap.", "w1 on host"))

    with pytest.raises(ExpectedError, match=r"The Dask worker w1 on host \((one|other)\).* No sandbox\.") as told:
        bench(tmp_path, Workers(answer)).grade(LESSON, submitted("ann"), FILES, "ann", "lab")
    assert told.value.cure == "Install bubblewrap."


def test_the_course_s_own_secret_never_leaves(tmp_path: Path) -> None:
    workers = Workers(lambda *_: passed())
    bench(tmp_path, workers).grade(LESSON, submitted("ann"), FILES, "ann", "lab", {**FILES, "own.txt": b"mine"})
    assert len(workers.parcels) == 2
    assert not any(open_secret(tmp_path) in parcel for parcel in workers.parcels)
    case = unpack_case(workers.parcels[1], unpack_lesson(workers.parcels[0]))
    assert case.files == {**FILES, "own.txt": b"mine"}
    assert workers.parcels[1].count(b"1,2") == 0


def test_without_workers_grading_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.cluster.worker_slots._WITHOUT_WORKERS_SECONDS", 0.0)
    workers = Workers(lambda *_: passed())
    workers.places.update({})
    with pytest.raises(ExpectedError, match="lost all of its workers"):
        bench(tmp_path, workers).grade(LESSON, submitted("ann"), FILES, "ann", "lab")


def test_other_programs_are_named() -> None:
    here = ["3.11.7", "torch 2.13.0", "abc"]
    assert other_programs(here, list(here)) == ("", "")
    assert "torch 2.4.0, and here is torch 2.13.0" in other_programs(here, ["3.11.7", "torch 2.4.0", "abc"])[0]
    problem, cure = other_programs(here, [*here[:2], "def"])
    assert "its gradlab is another one" in problem
    assert "Install the same versions" in cure
