"""Tests that run again as an ordinary user in a process tree without namespaces."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.sandbox.mode import Mode
from tests.autograder.sandbox import machines
from tests.sandbox_mode import VARIABLE


def run_without_namespaces(*arguments: str) -> str:
    """Run pytest there, with the sandbox that needs no namespaces; returns the last line that it prints."""
    with tempfile.TemporaryDirectory(prefix="inner-", dir="/tmp") as place:
        Path(place).chmod(0o777)
        environment = [f"HOME={place}", f"PATH={os.environ['PATH']}", f"{VARIABLE}={Mode.LANDLOCK.value}"]
        options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", f"--basetemp={place}/pytest"]
        done = subprocess.run(
            [*machines.without_namespaces(), "env", *environment, sys.executable, "-m", "pytest", *options, *arguments],
            capture_output=True,
            text=True,
            cwd=machines.CHECKOUT,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
    return done.stdout.strip().splitlines()[-1]
