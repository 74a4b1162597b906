"""The GPU is tried in a student's process, and its own failure is nobody's fault."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.cells import Cell, Role
from autograder.errors import ExpectedError
from autograder.grading import gpu_layer, gpu_trial
from autograder.grading.gpu_trial import GpuTrial
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult
from tests.autograder.sandbox.gpus import GIBIBYTE, StandIn, gpu_of

pytestmark = pytest.mark.slow

LIMITS = Limits(gpu_bytes=2 * GIBIBYTE)
LOST = "Your code made the GPU fail.\nYour code raised AcceleratorError: CUDA error: unspecified launch failure"
CELLS = (
    Cell("code", Role.SOLUTION, "x = 1", "x"),
    *(Cell("code", Role.TEST, "assert x", f"t{number}", 2.0) for number in range(3)),
)


class Generous(StandIn):
    """A driver that says of every process that it holds memory: the one that tries is among them."""

    def holders(self, identity: str) -> dict[int, int | None]:
        super().holders(identity)
        return {int(entry.name): 2**26 for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def result(*statuses: CellStatus, message: str = LOST) -> NotebookResult:
    verdicts = [
        CellVerdict(f"t{number}", 2.0 if status is CellStatus.PASSED else 0.0, 2.0, status, message)
        for number, status in enumerate(statuses)
    ]
    return NotebookResult("lab", (CellOutcome(), *(CellOutcome(verdict=verdict) for verdict in verdicts)))


@pytest.fixture(scope="module")
def driver() -> StandIn:
    return Generous()


@pytest.fixture(scope="module")
def trial(driver: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GpuTrial]:
    with Zygote(Mode.NONE, LIMITS, shown_gpu=gpu_of(driver, tmp_path_factory.mktemp("machine"))) as zygote:
        yield GpuTrial(LIMITS, zygote.fork)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the GPU that isn't there work."""
    monkeypatch.setattr(gpu_trial, "_PROGRAM", "held = bytearray(100)")


def test_a_gpu_on_which_nothing_computes_is_refused(trial: GpuTrial) -> None:
    with pytest.raises(
        ExpectedError, match=r"The GPU can't be used for grading: in the sandbox PyTorch says \w+: "
    ) as no:
        trial.begin()
    assert "autograder doctor" in no.value.cure


@pytest.mark.usefixtures("works")
def test_a_driver_that_does_not_say_who_holds_memory_is_refused(
    trial: GpuTrial, driver: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu_trial, "_TOLD_SECONDS", 0.3)
    monkeypatch.setattr(driver, "holders", lambda _: {os.getpid(): 2**26})
    with pytest.raises(ExpectedError, match="does not say how much of its memory a submission holds") as no:
        trial.begin()
    assert "--pid=host" in no.value.cure


@pytest.mark.usefixtures("works")
def test_a_failure_under_a_gpu_that_works_is_the_students(trial: GpuTrial) -> None:
    given = result(CellStatus.PASSED, CellStatus.ERROR, CellStatus.FAILED)
    assert trial.settled(given, CELLS) == given


def test_a_failure_of_the_gpu_itself_is_nobodys(trial: GpuTrial) -> None:
    given = result(CellStatus.PASSED, CellStatus.ERROR, CellStatus.FAILED)
    passed, *others = trial.settled(given, CELLS).verdicts
    assert passed == given.verdicts[0]
    for verdict in others:
        assert (verdict.status, verdict.points) == (CellStatus.BROKE, None)
        assert "The grader itself failed: the GPU has failed: " in verdict.message


def test_nothing_is_tried_without_a_sign_of_a_failure() -> None:
    def never() -> None:
        raise AssertionError("it was tried")

    for given in (
        result(CellStatus.PASSED, CellStatus.PASSED),
        result(CellStatus.ERROR, message="Your code raised ValueError: no"),
    ):
        assert GpuTrial(LIMITS, never).settled(given, CELLS) == given
    failed = result(CellStatus.ERROR)
    assert GpuTrial(Limits(), never).settled(failed, CELLS) == failed
    GpuTrial(Limits(), never).begin()


def test_the_doctor_says_nothing_of_a_gpu_where_there_is_no_sign_of_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gpu_layer, "_CONTROL", tmp_path / "nvidiactl")
    monkeypatch.setattr("autograder.sandbox.nvml.LIBRARY", "libnot-there.so.1")
    assert list(gpu_layer.probe_gpu()) == []
    (tmp_path / "nvidiactl").touch()
    (layer,) = gpu_layer.probe_gpu()
    assert (layer.required, layer.active) == (False, False)
    assert "has no driver for an NVIDIA GPU" in layer.detail
    assert "nvidia-smi" in layer.cure
