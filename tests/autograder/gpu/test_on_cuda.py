"""Grading on a GPU, where there is one.

All that needs PyTorch alone runs where nothing else is installed; the last tests grade notebooks.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import ENTRY, PROGRAM, Student, student_of

pytest.importorskip("pynvml", reason="grading on a GPU needs nvidia-ml-py")

pytestmark = pytest.mark.cuda

GIBIBYTE = 1024**3
SHARE = 2 * GIBIBYTE
LIMITS = Limits(gpu_bytes=SHARE, memory_bytes=8 * GIBIBYTE)
TOLD_SECONDS = 10.0
MODES = [
    pytest.param(
        Mode.BUBBLEWRAP, marks=pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
    ),
    Mode.NONE,
]
USE = "import torch; result = torch.arange(4.0, device='cuda').sum().item()"


@pytest.fixture(scope="module", params=MODES)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with Zygote(request.param, LIMITS, readable=[PROGRAM], entry=ENTRY) as started:
        yield started


@pytest.fixture
def bounded(zygote: Zygote) -> None:
    """The driver says who holds memory: in a container it often doesn't."""
    with student_of(zygote) as student:
        student.run("import torch; held = torch.ones(2**26, device='cuda'); result = 0")
        end = time.monotonic() + TOLD_SECONDS
        while not student.process.held_device_bytes():
            if time.monotonic() > end:
                pytest.skip("the driver does not say who holds memory here (a container without --pid=host?)")
            time.sleep(0.1)


@pytest.mark.parametrize("mode", MODES)
def test_the_gpu_is_hidden_by_default(mode: Mode) -> None:
    with Zygote(mode, Limits(), readable=[PROGRAM], entry=ENTRY) as started, student_of(started) as student:
        assert student.run("import torch; result = (torch.cuda.is_available(), torch.cuda.device_count())") == (
            False,
            0,
        )
        assert "RuntimeError" in student.error("import torch; torch.ones(1, device='cuda')")


def test_the_student_is_the_first_to_start_cuda(zygote: Zygote) -> None:
    with student_of(zygote) as student:
        untouched = "import torch; result = (torch.cuda.is_initialized(), torch.cuda._is_in_bad_fork())"
        assert student.run(untouched) == (False, False)
        assert student.run("import torch; result = (torch.cuda.is_available(), torch.cuda.device_count())") == (True, 1)
        assert student.run(USE) == 6.0


def test_gradients_are_computed_there(zygote: Zygote) -> None:
    program = (
        "import torch, gradlab; x = torch.ones(3, device=gradlab.device(), requires_grad=True); "
        "(x**2).sum().backward(); result = (x.grad.tolist(), x.grad.device.type)"
    )
    with student_of(zygote) as student:
        assert student.run(program) == ([2.0, 2.0, 2.0], "cuda")


def test_a_failure_under_one_student_is_not_the_next_ones(zygote: Zygote) -> None:
    with student_of(zygote) as beside, student_of(zygote) as student:
        assert beside.run(USE) == 6.0
        wrong = "import torch\ntorch.zeros(3, device='cuda')[torch.tensor([9], device='cuda')]"
        assert "device-side assert" in student.error(wrong)
        # What failed once fails for ever in this process, and nowhere else.
        assert "CUDA error" in student.error(USE)
        assert beside.run(USE) == 6.0
    with student_of(zygote) as following:
        assert following.run(USE) == 6.0


def test_pytorch_refuses_more_than_the_share(zygote: Zygote) -> None:
    with student_of(zygote) as student:
        message = student.error(f"import torch; much = torch.ones({SHARE}, dtype=torch.uint8, device='cuda')")
        assert "OutOfMemoryError" in message
        assert "out of memory" in message
        assert student.run(USE) == 6.0


@pytest.mark.usefixtures("bounded")
def test_who_lifts_that_bound_is_ended_and_leaves_nothing(zygote: Zygote) -> None:
    free = torch.cuda.mem_get_info()[0]
    greedy = Student(zygote.fork())
    with student_of(zygote) as honest:
        assert honest.run(USE) == 6.0
        greedy.send(
            "import time, torch\ntorch.ones(1, device='cuda')\ntorch.cuda.set_per_process_memory_fraction(1.0)\n"
            f"much = torch.ones({SHARE}, dtype=torch.uint8, device='cuda')\ntime.sleep(1000)"
        )
        assert greedy.process.wait(60) == "used more than 2 GiB of the GPU's memory in all its processes"
        assert honest.run(USE) == 6.0
    greedy.end()
    assert greedy.process.warning == ""
    assert torch.cuda.mem_get_info()[0] > free - SHARE // 4


NOTEBOOK = """
import torch, gradlab
device = gradlab.device()
weights = torch.tensor([1.0, 2.0, 3.0], device=device, requires_grad=True)
"""
ANSWERS = {
    # Computes where its arguments are.
    "follow": "def follow(x):\n    return (x * torch.tensor([1.0, 2.0, 3.0], device=x.device)).sum()",
    # Brings its arguments along.
    "bring": "def bring(x):\n    return (x.to(device) * weights).sum()",
    # Has what it needs on the device, and expects its arguments there.
    "stay": "def stay(x):\n    return (x * weights).sum()",
    # Says on which device it is.
    "choose": "def choose():\n    return torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
    "model": "model = torch.nn.Linear(3, 1, bias=False).to(device)",
}
TESTS = {
    name: f"x = torch.randn(3, requires_grad=True)\ny = {name}(x)\ny.backward()\n"
    "assert torch.allclose(x.grad, torch.tensor([1.0, 2.0, 3.0]))\nassert y.device == x.device"
    for name in ("follow", "bring", "stay")
} | {
    "choose": "assert choose() == torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
    "model": "out = model(torch.ones(5, 3))\nout.sum().backward()\nassert out.shape == (5, 1)\n"
    "assert torch.allclose(next(iter(model.parameters())).grad, torch.full((1, 3), 5.0))",
}


@pytest.mark.parametrize("mode", MODES)
def test_the_same_notebook_has_the_same_score_with_and_without(mode: Mode, tmp_path: Path) -> None:
    for name in ("nbgrader", "msgpack", "IPython"):
        pytest.importorskip(name, reason=f"grading needs {name}")
    from autograder.cells import Cell, Role, SubmittedNotebook
    from tests.graders import lab_of, open_grader

    cells = [Cell("code", Role.LOCKED, NOTEBOOK, "setup")]
    for name, answer in ANSWERS.items():
        cells += [
            Cell("code", Role.SOLUTION, answer, name),
            Cell("code", Role.TEST, TESTS[name], f"{name}-test", 1.0),
        ]
    lab = lab_of("lab", cells)
    # The second one's slip makes the GPU fail; a wrong index on the CPU is an error as well.
    slip = "def bring(x):\n    return weights[torch.tensor([9], device=device)].sum()"
    slipped = tuple(replace(cell, source=slip) if cell.grade_id == "bring" else cell for cell in cells)
    scores = {}
    for limits in (Limits(), LIMITS):
        with open_grader(tmp_path / f"{limits.gpu_bytes}", limits, mode) as grader:
            for student, submitted in (("ann", tuple(cells)), ("ben", slipped)):
                result = grader.grade(lab, SubmittedNotebook("lab", submitted), student)
                scores[limits.gpu_bytes > 0, student] = [verdict.points for verdict in result.verdicts]
    assert scores[False, "ann"] == scores[True, "ann"] == [1.0] * 5
    assert scores[False, "ben"] == scores[True, "ben"] == [1.0, 0.0, 1.0, 1.0, 1.0]
