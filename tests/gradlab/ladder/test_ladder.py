"""The speed ladder: every rung gives the same, its work is counted, and what is missing is said."""

import math
import subprocess
from pathlib import Path

import pytest
import torch

from gradlab import ladder
from gradlab.ladder import compiled
from gradlab.ladder.__main__ import main
from gradlab.ladder.climbing import compare
from gradlab.ladder.descents import descend_by_formula, descend_in_loop
from gradlab.ladder.rungs import TOLERANCE, counted
from gradlab.notebook.computation_errors import ComputationError

CPU = torch.device("cpu")
BY_NAME = {rung.name: rung for rung in ladder.RUNGS}


@pytest.mark.parametrize("name", ["loop", "together", "formula"])
def test_a_rung_agrees_with_float64(name: str) -> None:
    found = compare(BY_NAME[name].descend, CPU, side=3 if name == "loop" else 24)
    assert found.starts > 4
    assert found.same_valley == 1
    assert found.farthest < TOLERANCE


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
@pytest.mark.skipif(compiled.why_not_compiled(CPU) is not None, reason=str(compiled.why_not_compiled(CPU)))
def test_the_compiled_rung_agrees_with_float64() -> None:
    found = compare(compiled.descend_compiled, CPU)
    assert found.same_valley == 1
    assert found.farthest < TOLERANCE


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(compiled.why_not_compiled(CPU) is not None, reason=str(compiled.why_not_compiled(CPU)))
def test_the_compiled_rung_stays_compiled_whatever_it_is_tried_with(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is compiled anew for each number of starts or each rate is not compiled at all after the eighth.
    monkeypatch.setattr("torch._dynamo.config.fail_on_recompile_limit_hit", True)
    for number in range(1, 13):
        starts = 10 * torch.rand(10 * number, 2)
        assert torch.allclose(
            compiled.descend_compiled(starts, number / 10, 2), descend_by_formula(starts, number / 10, 2), atol=1e-4
        )


@pytest.mark.cuda
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
@pytest.mark.parametrize("rung", ladder.RUNGS, ids=lambda rung: rung.name)
def test_a_rung_agrees_with_float64_on_a_gpu(rung: ladder.Rung) -> None:
    device = torch.device("cuda")
    reason = rung.missing(device)
    if reason is not None:
        pytest.skip(reason)
    found = compare(rung.descend, device, side=3 if rung.most else 24)
    assert found.same_valley == 1
    assert found.farthest < TOLERANCE


@pytest.mark.cuda
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rung", ladder.RUNGS, ids=lambda rung: rung.name)
@pytest.mark.parametrize("steps", [1, 20, 47])
def test_a_rung_leaves_its_starts_alone_on_a_gpu(rung: ladder.Rung, steps: int) -> None:
    if rung.missing(torch.device("cuda")) is not None:
        pytest.skip("left out here")
    starts = 10 * torch.rand(5, 2, device="cuda")
    given = starts.clone()
    ends = rung.prepare(starts, 0.1, steps)()
    assert ends.device.type == "cuda"
    assert torch.equal(starts, given)
    assert torch.allclose(ends.cpu(), descend_in_loop(given.cpu(), 0.1, steps), atol=1e-3)


def test_work_is_counted() -> None:
    def twice(starts: torch.Tensor, rate: float, steps: int) -> torch.Tensor:
        moved = starts.clone()
        for _ in range(steps):
            moved = moved.sin() + moved.cos()
        return moved.T

    work = counted(twice)
    # Two coordinates of four bytes: each function reads one and writes one, the sum reads two and writes one.
    assert work.functions_each_step == 4
    assert work.bytes_each_step == 2 * 4 * (2 + 2 + 3)
    assert work.bytes_once == 2 * 4 * 2
    assert work.total(10, 3) == (10 * (3 * 56 + 16), 120)


def test_no_rung_does_more_than_the_one_before() -> None:
    works = [rung.work() for rung in ladder.RUNGS]
    assert works[1].functions_each_step == works[2].functions_each_step == works[3].functions_each_step == 8
    traffic = [work.total(1000, 100)[0] for work in works]
    assert traffic == sorted(traffic, reverse=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
def test_a_climb_tells_what_it_took_and_what_it_left_out() -> None:
    climb = ladder.climb(
        500, 4, device="cpu", repeats=1, rungs=[BY_NAME[name] for name in ("loop", "formula", "fused")]
    )
    assert [each.rung.name for each in climb.measured] == ["loop", "formula"]
    assert [each.starts for each in climb.measured] == [4, 500]
    assert all(each.seconds > 0 and each.least_seconds > 0 for each in climb.measured)
    assert all(each.agreement.same_valley == 1 for each in climb.measured)
    told = ladder.tell(climb)
    assert "500 starts, 4 steps each, on CPU" in told
    assert "Left out: one fused kernel. It needs a CUDA device." in told


@pytest.mark.parametrize(("n", "steps", "rate"), [(0, 1, 0.1), (-1, 1, 0.1), (1, 0, 0.1), (1, 1, math.nan)])
def test_what_makes_no_sense_is_refused(n: int, steps: int, rate: float) -> None:
    with pytest.raises(ComputationError):
        ladder.climb(n, steps, rate=rate, device="cpu")


def test_the_kernel_refuses_float64() -> None:
    with pytest.raises(ComputationError, match="float32"):
        compiled.descend_fused(torch.rand(2, 2, dtype=torch.float64), 0.1, 1)


def test_without_a_compiler_the_rung_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "C++ compiler" in str(compiled.why_not_compiled(CPU))


def test_without_python_s_headers_the_rung_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # So Debian's Python is, until somebody installs python3-dev.
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    assert "python3-dev" in str(compiled.why_not_compiled(CPU))


@pytest.mark.parametrize(
    "error",
    [
        subprocess.CalledProcessError(1, ["gcc", "main.c"]),
        FileNotFoundError(2, "No such file or directory", "cc"),
        RuntimeError("Failed to find C compiler. Please specify via CC environment variable."),
    ],
)
def test_what_triton_cannot_build_is_no_traceback(error: Exception) -> None:
    def kernel() -> None:
        raise error

    with pytest.raises(ComputationError, match="could not be built") as caught, compiled.build_errors_explained():
        kernel()
    assert caught.value.kind == "compiler"


def test_other_errors_of_a_kernel_stay_as_they_are() -> None:
    with pytest.raises(RuntimeError, match="out of memory"), compiled.build_errors_explained():
        raise RuntimeError("CUDA error: out of memory")


def test_the_command_says_what_stands_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--starts", "0", "--device", "cpu"]) == 1
    assert "whole number" in capsys.readouterr().err
