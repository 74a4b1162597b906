"""The checks of each lab can be imported first, as a notebook does, whatever other labs import."""

import subprocess
import sys

import pytest

NAMES = (
    *("welcome", "autograd", "chain_rule", "accumulation", "jacobians", "training", "surface", "classification"),
    "tensor_engine",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_lab_imports_its_checks_first_and_those_of_no_other(name: str) -> None:
    code = (
        f"import sys; from gradlab.check import {name}; "
        "print(len({module.split('.')[2] for module in sys.modules if module.startswith('gradlab.check.lab_')}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
