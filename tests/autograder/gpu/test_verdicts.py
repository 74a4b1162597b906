"""Verdicts on code that uses a GPU, from which nothing is seen but what PyTorch would say.

The student's notebook plays the GPU: tensors that are moved to "cuda" are marked, where a marked one meets another, or
after a failure, it raises what PyTorch raises. All else is real: the judge, the wall, the processes.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.gpu import accelerator, check
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellStatus, CellVerdict, Result
from tests.autograder.gpu.fake_driver import GIBIBYTE, FakeDriver, gpu_of
from tests.graders import lab_of, open_grader

pytestmark = pytest.mark.slow

LIMITS = Limits(gpu_bytes=2 * GIBIBYTE, cell_seconds=20.0)
PLAYED = """
import os, torch
_cpu, failed, drawn = torch.Tensor.to, [], []
def to(self, *args, **options):
    moved = _cpu(self, "cpu").clone() if args == ("cuda",) else _cpu(self, *args, **options)
    moved.on_gpu = args == ("cuda",)
    return moved
torch.Tensor.to = to
def compute(x):
    if failed:
        raise RuntimeError("CUDA error: device-side assert triggered")
    if not getattr(x, "on_gpu", False):
        raise RuntimeError("Expected all tensors to be on the same device, but found at least two, cuda:0 and cpu!")
    return x * 3
def fail():
    failed.append(1)
    raise RuntimeError("CUDA error: device-side assert triggered")
"""
ANSWERS = {
    "stay": "def stay(x):\n    return compute(x)",
    "bring": 'def bring(x):\n    return compute(x.to("cuda"))',
    "where": "def where(x, device):\n    return (str(device), torch.device('cuda'))",
    "again": 'def again(x):\n    return compute(x.to("cuda"))',
}
TESTS = {
    "stay": "x = torch.randn(3)\nassert torch.equal(stay(x), 3 * x)",
    "bring": "x = torch.randn(3)\nassert torch.equal(bring(x), 3 * x)",
    "where": "assert where(torch.ones(1), torch.device('cpu'))[1] == torch.device('cpu')",
    "again": "x = torch.randn(3)\nassert torch.equal(again(x), 3 * x)",
}


class Generous(FakeDriver):
    """A driver that says of every process that it holds memory."""

    def holders(self, uuid: str) -> dict[int, int | None]:
        super().holders(uuid)
        return {int(entry.name): 2**26 for entry in Path("/proc").iterdir() if entry.name.isdigit()}


CELLS = [
    Cell("code", Role.LOCKED, "import torch", "imports"),
    # The solution plays, too: its notebook is run in the judge, where no tensor is moved.
    Cell("code", Role.LOCKED, PLAYED, "played"),
]
for name, answer in ANSWERS.items():
    CELLS += [Cell("code", Role.SOLUTION, answer, name), Cell("code", Role.TEST, TESTS[name], f"{name}-test", 1.0)]
LAB = lab_of("lab", CELLS)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    shown = gpu_of(Generous(), tmp_path_factory.mktemp("machine"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accelerator, "find_gpu", lambda: shown)
        patch.setattr(check, "_PROGRAM", "")
        with open_grader(tmp_path_factory.mktemp("state"), LIMITS, Mode.NONE) as grader:
            yield grader


def grade(grader: NotebookGrader, **answers: str) -> dict[str, CellVerdict]:
    changed = tuple(replace(cell, source=answers.get(cell.grade_id or "", cell.source)) for cell in CELLS)
    result = grader.grade(LAB, SubmittedNotebook("lab", changed), "ann")
    return {verdict.grade_id.removesuffix("-test"): verdict for verdict in result.verdicts}


def test_an_answer_that_expects_its_arguments_on_the_gpu_gets_them_there(grader: NotebookGrader) -> None:
    verdicts = grade(grader)
    assert {name: (verdict.points, verdict.message) for name, verdict in verdicts.items()} == dict.fromkeys(
        ANSWERS, (1.0, "")
    )


def test_the_second_run_has_other_numbers(grader: NotebookGrader) -> None:
    """Asking for another run does not show the hidden numbers."""
    recording = (
        "def stay(x):\n    drawn.append(x.tolist())\n    if len(drawn) == 1:\n        return compute(x)\n"
        "    return torch.zeros(3) if drawn[0] == drawn[1] else compute(x)"
    )
    assert grade(grader, stay=recording)["stay"].points == 1.0


def test_a_wrong_answer_stays_wrong_on_the_gpu(grader: NotebookGrader) -> None:
    verdicts = grade(grader, stay="def stay(x):\n    return compute(x) + 1")
    assert verdicts["stay"].status is CellStatus.FAILED
    always = 'def stay(x):\n    raise RuntimeError("Expected all tensors to be on the same device")'
    assert grade(grader, stay=always)["stay"].status is CellStatus.ERROR


def test_a_call_that_makes_the_gpu_fail_costs_its_own_exercise(grader: NotebookGrader) -> None:
    verdicts = grade(grader, bring="def bring(x):\n    fail()")
    assert [verdict.points for verdict in verdicts.values()] == [1.0, 0.0, 1.0, 1.0]
    assert "Your code made the GPU fail. An index or a class label" in verdicts["bring"].message
    assert "device-side assert triggered" in verdicts["bring"].message


def test_a_cell_that_makes_the_gpu_fail_costs_its_own_exercise(grader: NotebookGrader) -> None:
    verdicts = grade(grader, bring="fail()\ndef bring(x):\n    return 3 * x")
    assert [verdict.points for verdict in verdicts.values()] == [1.0, 0.0, 1.0, 1.0]
    assert "The cell of the exercise 'bring' made the GPU fail." in verdicts["bring"].message


def test_memory_of_the_gpu_that_runs_out_is_told_as_such(grader: NotebookGrader) -> None:
    greedy = 'def bring(x):\n    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9.00 GiB.")'
    message = grade(grader, bring=greedy)["bring"].message
    assert message.startswith("Your code needed more than the 2 GiB of GPU memory that a submission may use.")


@pytest.mark.parametrize(("beside", "points"), [(1, 1.0), (0, 0.0)])
def test_who_found_too_little_beside_a_greedy_one_runs_again(
    grader: NotebookGrader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, beside: int, points: float
) -> None:
    seen = itertools.count(step=beside)
    monkeypatch.setattr(Zygote, "overdrawn", property(lambda _: next(seen)))
    once = (
        f"def bring(x):\n    try:\n        open({str(tmp_path / 'ran')!r}, 'x')\n"
        '    except FileExistsError:\n        return compute(x.to("cuda"))\n'
        '    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9.00 GiB.")'
    )
    assert grade(grader, bring=once)["bring"].points == points


def test_a_result_says_that_it_had_a_gpu() -> None:
    from autograder.autograded.nbgrader_format import submission_metadata
    from autograder.report.records import as_record
    from autograder.verdicts import SubmissionStatus

    result = Result("ann", "lab", SubmissionStatus.GRADED, gpu=True)
    assert json.loads(json.dumps(submission_metadata(result)))["gpu"] is True
    assert as_record(result)["gpu"] is True
