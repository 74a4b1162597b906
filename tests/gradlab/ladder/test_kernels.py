"""The last rung's kernel, on a machine without a GPU: what it computes, and what becomes of it for one."""

import os
import re
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(find_spec("triton") is None, reason="Triton is not installed")

KERNEL = """
    import torch
    from gradlab.ladder import compiled
    from gradlab.ladder.climbing import compare
    found = compare(compiled.descend_fused, torch.device("cpu"), side=16)
    assert found.same_valley == 1, found
    assert found.farthest < 1e-4, found
    for count in (1, 1000, 1025):
        starts = 10 * torch.rand(count, 2)
        given = starts.clone()
        assert compiled.descend_fused(starts, 0.1, 2).shape == (count, 2)
        assert torch.equal(starts, given)
    angles = torch.linspace(-60, 60, 1024)
    moved = angles.clone()
    compiled.kernels().only_sines_and_cosines[(1,)](moved, 1024, 1, BLOCK=1024, OWN=True, **compiled.OPTIONS)
    exact = angles.double().sin() + 4 * angles.double().cos()
    assert (moved - exact).abs().max() < 2e-5
"""
COMPILE = """
    import sys
    from triton import compile
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from gradlab.ladder import compiled, kernels
    points = {"points": "*fp32", "count": "i32", "rate": "fp32", "steps": "i32", "BLOCK": "constexpr"}
    source = ASTSource(kernels.descend, points, {"BLOCK": compiled.BLOCK})
    made = compile(source, target=GPUTarget("cuda", int(sys.argv[1]), 32), options=compiled.OPTIONS)
    open(sys.argv[2], "wb").write(made.asm["cubin"])
    from triton import knobs
    print(knobs.nvidia.cuobjdump.path)
"""
T4, A100, H200 = 75, 80, 90


def run(program: str, *arguments: str, **variables: str) -> str:
    """Run a program in a process of its own: Triton reads its settings when it is imported."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_kernel_agrees_with_float64_in_triton_s_interpreter() -> None:
    run(KERNEL, TRITON_INTERPRET="1")


@pytest.mark.parametrize("capability", [T4, A100, H200])
def test_the_kernel_is_compiled_for_a_gpu_and_keeps_its_points_in_registers(capability: int, tmp_path: Path) -> None:
    file = tmp_path / "kernel.cubin"
    inspect = run(COMPILE, str(capability), str(file), TRITON_CACHE_DIR=str(tmp_path)).strip()
    told = subprocess.run([inspect, "-res-usage", file], capture_output=True, text=True, check=True).stdout
    used = {name: int(number) for name, number in re.findall(r"(REG|STACK|LOCAL|SHARED):(\d+)", told)}
    assert (used["STACK"], used["LOCAL"], used["SHARED"]) == (0, 0, 0)
    # With more than 128 fewer than four blocks of four warps have room on a multiprocessor at once.
    assert used["REG"] <= 128
