"""The script for a machine with a GPU, rehearsed without one, so that it works at the first try there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_step_is_run_and_leaves_what_it_found(tmp_path: Path) -> None:
    command = [str(ROOT / "benchmarks" / "on_gpu.sh"), str(tmp_path), "--rehearse"]
    environment = {"PYTHON": sys.executable, "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "## The speed ladder" in (tmp_path / "ladder.md").read_text(encoding="utf-8")
    assert (tmp_path / "basins.png").read_bytes().startswith(b"\x89PNG")
    assert "All scores are as they should be." in (tmp_path / "class.txt").read_text(encoding="utf-8")
    assert "skipped" in (tmp_path / "tests.txt").read_text(encoding="utf-8")
