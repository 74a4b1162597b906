"""The demonstration on the sample class: run once for all tests, whichever process asks for it first."""

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
class Demonstration:
    """What the demonstration left.

    Attributes:
        folder: its folder; it is shared, so that nobody writes into it.
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


def demonstrated(factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration; the first call makes it, those of other workers wait for it."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, printed, records = (shared / name for name in ("demonstration", "printed.txt", "records.json"))
    with FileLock(shared / "demonstration.lock"):
        if not records.is_file():
            done = autograder("demo", "--into", str(folder), "--workers", "2")
            assert done.returncode == 0, done.stdout + done.stderr
            printed.write_text(done.stdout, encoding="utf-8")
            # Nothing is graded again for this: the verdicts lie in the cache.
            told = autograder(
                "grade", LAB, "--course", str(folder), "--cell-seconds", CELL_SECONDS, "--format", "json", "--quiet"
            )
            assert told.returncode == 3, told.stdout + told.stderr
            records.write_text(told.stdout, encoding="utf-8")
    return Demonstration(
        folder,
        printed.read_text(encoding="utf-8"),
        {record["student"]: record for record in json.loads(records.read_text(encoding="utf-8"))},
    )
