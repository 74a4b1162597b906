"""What a student waits for, ``python -m benchmarks.labs``: importing gradlab, a whole lab, a check's answer.

Every lab's worked solution is run in a kernel of its own, as CI does, and each of its tests in one process.
"""

import io
import statistics
import subprocess
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Annotated

import nbformat
import typer
from nbclient import NotebookClient

from autograder.build.lab_text import lab_names, read_lab_text
from benchmarks import machine
from benchmarks.report import Target, table, targets_table, write_chapter

ROOT = Path(__file__).resolve().parents[1]
LABS_SECONDS = 60.0
IMPORT_SECONDS = 0.5
CHECK_SECONDS = 0.2
_HIDDEN = "### BEGIN HIDDEN TESTS"
_IMPORTS = "import gradlab; from gradlab import check, figures, graph; figures.contour, graph.draw"


@dataclass(frozen=True)
class Cost:
    """What a lab costs.

    Attributes:
        lab: its name.
        seconds: running its worked solution, the kernel's start included.
        checks: grade id of a test → seconds of its visible part, on the worked solution.
    """

    lab: str
    seconds: float
    checks: dict[str, float]


def import_seconds(repeats: int) -> tuple[float, float]:
    """Seconds to import torch, and to import gradlab with its checks and figures after it: medians."""
    program = (
        "import time; a = time.perf_counter(); import torch; b = time.perf_counter(); "
        f"{_IMPORTS}; print(b - a, time.perf_counter() - b)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(repeats)
    ]
    alone, more = (statistics.median(float(run[part]) for run in runs) for part in (0, 1))
    return alone, more


def run_solution(lab: str) -> float:
    """Seconds that the worked solution takes in a kernel of its own."""
    notebook = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    begin = time.perf_counter()
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    return time.perf_counter() - begin


def check_seconds(lab: str, repeats: int) -> dict[str, float]:
    """Seconds that the visible part of each test takes on the worked solution: medians, after one run to warm up."""
    names: dict[str, object] = {"__name__": "__main__"}
    found = {}
    with redirect_stdout(io.StringIO()):
        for cell in read_lab_text(ROOT, lab).notebook.cells:
            if cell.cell_type != "code" or "nbgrader" not in cell.metadata:
                continue
            role = cell.metadata.nbgrader
            code = compile(cell.source.split(_HIDDEN)[0], role["grade_id"], "exec")
            exec(code, names)
            if role["grade"]:
                found[role["grade_id"]] = statistics.median(_timed(code, names) for _ in range(repeats))
    return found


def _timed(code: CodeType, names: dict[str, object]) -> float:
    begin = time.perf_counter()
    exec(code, names)
    return time.perf_counter() - begin


def targets(costs: list[Cost], more: float) -> list[Target]:
    """What was to be reached, and whether it was."""
    total = sum(cost.seconds for cost in costs)
    slowest = max((seconds, check) for cost in costs for check, seconds in cost.checks.items())
    return [
        Target("all solutions, one after another", f"≤ {LABS_SECONDS:.0f} s", f"{total:.0f} s", total <= LABS_SECONDS),
        Target("import gradlab beyond torch", f"≤ {IMPORT_SECONDS} s", f"{more:.2f} s", more <= IMPORT_SECONDS),
        Target(
            "the slowest check's answer",
            f"≤ {CHECK_SECONDS} s",
            f"{slowest[0]:.3f} s ({slowest[1]})",
            slowest[0] <= CHECK_SECONDS,
        ),
    ]


def chapter(costs: list[Cost], alone: float, more: float) -> list[str]:
    """What was found, as Markdown."""
    rows = [
        [cost.lab, f"{cost.seconds:.1f} s", str(len(cost.checks)), f"{1000 * max(cost.checks.values()):.0f} ms"]
        for cost in costs
    ]
    return [
        "## What a student waits for",
        "",
        *machine.describe(),
        "",
        "`python -m benchmarks.labs --write`: each worked solution in a kernel of its own, start included; each check "
        f"on the worked solution, in one process. Importing torch takes {alone:.2f} s, gradlab after it {more:.2f} s.",
        "",
        *targets_table(targets(costs, more)),
        "",
        *table(["lab", "the whole solution", "checks", "the slowest"], rows),
    ]


def main(
    repeats: Annotated[int, typer.Option(help="How often each check and each import is timed.")] = 5,
    write: Annotated[bool, typer.Option("--write", help="Write the chapter in benchmarks/RESULTS.md.")] = False,
) -> None:
    """Time imports, labs and checks; print what they took."""
    costs = [Cost(lab, run_solution(lab), check_seconds(lab, repeats)) for lab in lab_names(ROOT)]
    lines = chapter(costs, *import_seconds(repeats))
    print("\n".join(lines))
    if write:
        write_chapter("labs", lines)


if __name__ == "__main__":
    typer.run(main)
