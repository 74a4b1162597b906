"""Programs of this package find it where it lies, even if it was never installed."""

import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
sys.path.append(sys.argv[1])
from autograder.sandbox import kernel_features
print(len(kernel_features.try_all()))
"""


def test_a_checkout_need_not_be_installed(tmp_path: Path) -> None:
    # A machine with a GPU may have PyTorch and little else.
    venv.create(tmp_path, symlinks=True)
    command = [tmp_path / "bin" / "python", "-P", "-c", PROGRAM, ROOT]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5
    alone = subprocess.run([*command[:2], "-c", "import autograder"], cwd=tmp_path, capture_output=True, check=False)
    assert alone.returncode == 1
