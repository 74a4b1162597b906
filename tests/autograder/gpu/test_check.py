"""The GPU is tried in a student's process, and its own failure is not held against a submission."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.cells import Cell, Role
from autograder.errors import ExpectedError
from autograder.gpu import check
from autograder.gpu.check import GpuCheck
from autograder.limits import Limits
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult
from tests.autograder.gpu.fake_driver import GIBIBYTE, FakeDriver, accelerator_of

pytestmark = pytest.mark.slow

LIMITS = Limits(gpu_bytes=2 * GIBIBYTE)
LOST = "Your code made the GPU fail.\nYour code raised AcceleratorError: CUDA error: unspecified launch failure"
CELLS = (
    Cell("code", Role.SOLUTION, "x = 1", "x"),
    *(Cell("code", Role.TEST, "assert x", f"t{number}", 2.0) for number in range(3)),
)


class Generous(FakeDriver):
    """A driver that says of every process that it holds memory: the one that tries is among them."""

    def holders(self, uuid: str) -> dict[int, int | None]:
        super().holders(uuid)
        return {int(entry.name): 2**26 for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def result(*statuses: CellStatus, message: str = LOST) -> NotebookResult:
    verdicts = [
        CellVerdict(f"t{number}", 2.0 if status is CellStatus.PASSED else 0.0, 2.0, status, message)
        for number, status in enumerate(statuses)
    ]
    return NotebookResult("lab", (CellOutcome(), *(CellOutcome(verdict=verdict) for verdict in verdicts)))


@pytest.fixture(scope="module")
def driver() -> FakeDriver:
    return Generous()


@pytest.fixture(scope="module")
def gpu_check(driver: FakeDriver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GpuCheck]:
    accelerator = accelerator_of(driver, tmp_path_factory.mktemp("machine"), LIMITS.gpu_bytes)
    with Zygote(Mode.NONE, LIMITS, accelerator=accelerator) as zygote:
        yield accelerator.check(zygote.fork)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the GPU that isn't there work."""
    monkeypatch.setattr(check, "_PROGRAM", "held = bytearray(100)")


def test_a_gpu_on_which_nothing_computes_is_refused(gpu_check: GpuCheck) -> None:
    with pytest.raises(
        ExpectedError, match=r"The GPU can't be used for grading: in the sandbox PyTorch says \w+: "
    ) as no:
        gpu_check.before_grading()
    assert "autograder doctor" in no.value.cure


@pytest.mark.usefixtures("works")
def test_a_driver_that_does_not_say_who_holds_memory_is_refused(
    gpu_check: GpuCheck, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "_REPORT_SECONDS", 0.3)
    monkeypatch.setattr(driver, "holders", lambda _: {os.getpid(): 2**26})
    with pytest.raises(ExpectedError, match="does not say how much of its memory a submission holds") as no:
        gpu_check.before_grading()
    assert "--pid=host" in no.value.cure


@pytest.mark.usefixtures("works")
def test_a_failure_under_a_gpu_that_works_is_the_students(gpu_check: GpuCheck) -> None:
    given = result(CellStatus.PASSED, CellStatus.ERROR, CellStatus.FAILED)
    assert gpu_check.without_device_failures(given, CELLS) == given


def test_a_failure_of_the_gpu_itself_is_nobodys(gpu_check: GpuCheck) -> None:
    given = result(CellStatus.PASSED, CellStatus.ERROR, CellStatus.FAILED)
    passed, *others = gpu_check.without_device_failures(given, CELLS).verdicts
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
        assert GpuCheck(never).without_device_failures(given, CELLS) == given
    failed = result(CellStatus.ERROR)
    without = accelerator_for(Limits()).check(never)
    assert without.without_device_failures(failed, CELLS) == failed
    without.before_grading()
