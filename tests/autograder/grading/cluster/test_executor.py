"""A lost worker costs no grade, except that of a notebook that ends its worker each time."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.cluster.client import Cluster, WorkerLostError
from autograder.grading.cluster.executor import ClusterExecutor
from autograder.grading.cluster.messages import Answer, NotebookContext, pack, unpack, unpack_case
from autograder.grading.cluster.worker import different_programs
from autograder.grading.cluster.worker_slots import WorkerSlots
from autograder.grading.secret import open_secret
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, Level, NotebookResult, TestLevel

TEST = Cell("code", Role.TEST, "assert f() == 1", "f-test", 2.0)
FILES = {"data.csv": b"1,2"}
NOTEBOOK = LabNotebook("lab", (Cell("code", Role.SOLUTION, "f = 1", "f"), TEST), (TEST,))
LAB = Lab("lab", (NOTEBOOK,), FILES)


class Workers:
    """A stand-in for a cluster of two workers: `answer` decides what a worker answers, or whether it is lost."""

    def __init__(self, answer: Callable[[str, str, bool], bytes]) -> None:
        self.slots = WorkerSlots()
        self.slots.update({"one": 2, "other": 2})
        self.messages: list[bytes] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._at_work: dict[str, int] = {"one": 0, "other": 0}

    def hold(self, message: bytes) -> bytes:
        self.messages.append(message)
        return message

    def judge(self, address: str, context: bytes, _: str, case: bytes) -> bytes:
        self.messages.append(case)
        student = unpack_case(case, unpack(NotebookContext, context)).submitted.cells[0].source
        with self._lock:
            self._at_work[address] += 1
            alone = self._at_work[address] == 1
        try:
            return self._answer(student, address, alone)
        finally:
            with self._lock:
                self._at_work[address] -= 1

    def end(self) -> None:
        self.slots.close(ExpectedError("Grading was stopped."))


def grader(state: Path, workers: Workers, level: Level = Level.BESIDE) -> NotebookGrader:
    terms = Terms(Limits(), Mode.BUBBLEWRAP, level=level)
    return NotebookGrader(state, terms, ClusterExecutor(state, terms, cast(Cluster, workers)))


def submitted(student: str) -> SubmittedNotebook:
    return SubmittedNotebook("lab", (Cell("code", Role.SOLUTION, student, "f"), TEST))


def passed() -> bytes:
    verdict = CellVerdict("f-test", 2.0, 2.0, CellStatus.PASSED)
    return pack(Answer(NotebookResult("lab", (CellOutcome(), CellOutcome(verdict=verdict)))))


def test_a_notebook_that_ends_its_worker_three_times_is_broken_and_the_others_are_graded(tmp_path: Path) -> None:
    asked: list[tuple[str, bool]] = []

    def answer(student: str, _: str, alone: bool) -> bytes:
        asked.append((student, alone))
        if student == "killer" or (student == "bystander" and len([it for it in asked if it[0] == student]) == 1):
            raise WorkerLostError
        return passed()

    remote = grader(tmp_path, Workers(answer))
    found = {student: remote.grade(LAB, submitted(student), student) for student in ("killer", "bystander", "other")}
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

    remote = grader(tmp_path, Workers(answer))
    names = ["suspect", *(f"s{number}" for number in range(8))]
    threads = [threading.Thread(target=remote.grade, args=(LAB, submitted(name), name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert alone == [True]


def test_what_was_judged_is_not_judged_again_and_what_broke_is(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(student: str, _: str, __: bool) -> bytes:
        asked.append(student)
        if student == "killer":
            raise WorkerLostError
        return passed()

    for _ in range(2):
        remote = grader(tmp_path, Workers(answer))
        for student in ("ann", "killer"):
            remote.grade(LAB, submitted(student), student)
    assert asked.count("ann") == 1
    assert asked.count("killer") == 6


def test_a_worker_that_refuses_is_named(tmp_path: Path) -> None:
    def answer(_: str, __: str, ___: bool) -> bytes:
        return pack(Answer(None, "No sandbox.", "Install bubblewrap.", "w1 on host"))

    with pytest.raises(ExpectedError, match=r"The Dask worker w1 on host \((one|other)\).* No sandbox\.") as told:
        grader(tmp_path, Workers(answer)).grade(LAB, submitted("ann"), "ann")
    assert told.value.cure == "Install bubblewrap."


def test_the_course_s_own_secret_never_leaves(tmp_path: Path) -> None:
    workers = Workers(lambda *_: passed())
    grader(tmp_path, workers).grade(LAB, submitted("ann"), "ann", {**FILES, "own.txt": b"mine"})
    assert len(workers.messages) == 2
    assert not any(open_secret(tmp_path) in message for message in workers.messages)
    case = unpack_case(workers.messages[1], unpack(NotebookContext, workers.messages[0]))
    assert case.files == {**FILES, "own.txt": b"mine"}
    assert workers.messages[1].count(b"1,2") == 0


def test_the_level_goes_to_a_worker_and_the_levels_of_the_tests_come_back(tmp_path: Path) -> None:
    found = (TestLevel("f-test", Level.BESIDE, "it patches a module", "Pass plain data."),)
    verdict = CellVerdict("f-test", 2.0, 2.0, CellStatus.PASSED, level=Level.BESIDE)
    outcomes = (CellOutcome(), CellOutcome(verdict=verdict))
    workers = Workers(lambda *_: pack(Answer(NotebookResult("lab", outcomes, levels=found))))
    for level in (Level.BESIDE, Level.WALL):
        result = grader(tmp_path, workers, level).grade(LAB, submitted("ann"), "ann")
        assert (result.levels, result.verdicts) == (found, (verdict,))
    contexts = [unpack(NotebookContext, message) for message in workers.messages[::2]]
    assert [context.level for context in contexts] == [Level.BESIDE, Level.WALL]
    assert contexts[0].key != contexts[1].key


def test_without_workers_grading_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.cluster.worker_slots._WITHOUT_WORKERS_SECONDS", 0.0)
    workers = Workers(lambda *_: passed())
    workers.slots.update({})
    with pytest.raises(ExpectedError, match="lost all of its workers"):
        grader(tmp_path, workers).grade(LAB, submitted("ann"), "ann")


def test_other_programs_are_named() -> None:
    here = ["3.11.7", "torch 2.13.0", "abc"]
    assert different_programs(here, list(here)) == ("", "")
    assert "torch 2.4.0, and here is torch 2.13.0" in different_programs(here, ["3.11.7", "torch 2.4.0", "abc"])[0]
    problem, cure = different_programs(here, [*here[:2], "def"])
    assert "its gradlab is another one" in problem
    assert "Install the same versions" in cure
