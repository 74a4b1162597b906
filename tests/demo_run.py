"""One run of ``autograder demo`` on the sample class, shared by all tests and all of pytest's worker processes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

LAB = "06_minimum"
CELL_SECONDS = "10"


@dataclass(frozen=True)
class DemoRun:
    """What ``autograder demo`` wrote and printed.

    Attributes:
        folder: the folder that it filled; tests share it and must not write into it.
        printed: what it printed.
        records: what ``autograder grade --format json`` prints, by student.
    """

    folder: Path
    printed: str
    records: dict[str, dict[str, Any]]


def autograder(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command that is installed beside this Python."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("autograder")), *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
    )


def shared_demo_run(factory: pytest.TempPathFactory) -> DemoRun:
    """Run ``autograder demo``; only the first call of a test session runs it, other processes wait for that one."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, printed, records = (shared / name for name in ("demo", "printed.txt", "records.json"))
    with FileLock(shared / "demo.lock"):
        if not records.is_file():
            done = autograder("demo", "--into", str(folder), "--workers", "2")
            assert done.returncode == 0, done.stdout + done.stderr
            printed.write_text(done.stdout, encoding="utf-8")
            # Nothing is graded again for this: the verdicts lie in the cache.
            graded = autograder(
                "grade", LAB, "--course", str(folder), "--cell-seconds", CELL_SECONDS, "--format", "json", "--quiet"
            )
            assert graded.returncode == 3, graded.stdout + graded.stderr
            records.write_text(graded.stdout, encoding="utf-8")
    return DemoRun(
        folder,
        printed.read_text(encoding="utf-8"),
        {record["student"]: record for record in json.loads(records.read_text(encoding="utf-8"))},
    )
