"""The benchmark's findings as Markdown: tables, targets, and one file in which each benchmark has its chapter."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, OTTER
from benchmarks.summary import GraderCost

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
CLASS = 100
"""The size of the class for which targets are set."""

_TITLE = """# What grading costs

Each chapter is written by the benchmark that it names: run that again, and it is replaced. What was not measured
says so.
"""
MOST_OVERHEAD_SECONDS = 0.060
FIRST_SECONDS = 6.0
LEAST_RATIO = {"small": 40.0, "06_minimum": 12.0}
"""Lab → how many times nbgrader's throughput is the target."""


@dataclass(frozen=True)
class Target:
    """A figure and what it should be.

    Attributes:
        what: what is measured.
        wanted: what it should be, in words.
        found: what it is; None if it was not measured.
        met: whether that is enough; None if it was not measured.
    """

    what: str
    wanted: str
    found: str | None
    met: bool | None

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return "not measured" if self.met is None else "met" if self.met else "**not met**"


def targets(lab: str, costs: Mapping[str, GraderCost]) -> list[Target]:
    """The targets for one lab."""
    ours, nbgrader, floor = (costs.get(name) for name in (AUTOGRADER, NBGRADER, FLOOR))
    if ours is None:
        return []
    complete = ours.submissions >= CLASS
    wanted = LEAST_RATIO[lab]
    ratio = nbgrader.seconds_for(CLASS) / ours.seconds_for(CLASS) if nbgrader and complete else None
    overhead = ours.each_cpu_seconds - floor.each_cpu_seconds if floor else None
    return [
        Target(
            f"{lab}: throughput, {CLASS} submissions, start included",
            f"≥ {wanted:.0f} × nbgrader's",
            None if ratio is None else f"{ratio:.1f} ×",
            None if ratio is None else ratio >= wanted,
        ),
        Target(
            f"{lab}: CPU over the floor, each submission",
            f"≤ {1000 * MOST_OVERHEAD_SECONDS:.0f} ms",
            None if overhead is None else f"{1000 * overhead:.0f} ms",
            None if overhead is None else overhead <= MOST_OVERHEAD_SECONDS,
        ),
        Target(
            f"{lab}: first result after a cold start",
            f"≤ {FIRST_SECONDS:.0f} s",
            f"{ours.first_seconds:.1f} s",
            ours.first_seconds <= FIRST_SECONDS,
        ),
    ]


def costs_table(costs: Mapping[str, GraderCost]) -> list[str]:
    """One line for each grader."""
    rows = [
        [
            name,
            str(found.submissions),
            f"{found.seconds:.1f} s",
            f"{found.first_seconds:.1f} s" if name in (AUTOGRADER, NBGRADER) else "–",
            f"{1000 * found.each_seconds:.0f} ms",
            f"{1000 * found.each_cpu_seconds:.0f} ms",
            f"{found.seconds_for(CLASS):.0f} s",
        ]
        for name, found in costs.items()
    ]
    head = ["", "graded", "all of them", "first result", "each: wall", "each: CPU", f"a class of {CLASS}"]
    return table(head, rows)


def ratios(costs: Mapping[str, GraderCost]) -> list[str]:
    """How many times faster than each peer, in one sentence each."""
    ours = costs.get(AUTOGRADER)
    if ours is None:
        return []
    sentences = [
        f"Against {name}: {peer.seconds_for(CLASS) / ours.seconds_for(CLASS):.1f} × the throughput for a class of "
        f"{CLASS}, {peer.each_cpu_seconds / ours.each_cpu_seconds:.1f} × less CPU for each submission."
        for name in (NBGRADER, OTTER)
        if (peer := costs.get(name)) is not None
    ]
    floor, nbgrader = costs.get(FLOOR), costs.get(NBGRADER)
    if floor is not None and nbgrader is not None:
        cores = len(os.sched_getaffinity(0))
        # By CPU time: other programs stretch wall-clock times more than they stretch this.
        most = cores * nbgrader.each_cpu_seconds / floor.each_cpu_seconds
        sentences.append(
            f"The cells alone need {1000 * floor.each_cpu_seconds:.0f} ms of CPU: a grader that costs nothing and "
            f"keeps {cores} cores busy would have about {most:.0f} × the throughput of {NBGRADER}, which works on one "
            "submission at a time."
        )
    return sentences


def breakdown(costs: GraderCost) -> list[str]:
    """Where the autograder's CPU time goes: for one more submission, and for the start and the end."""
    rows = []
    for kind, each in sorted(costs.each_by_kind.items()):
        rest = costs.by_kind[kind].total - costs.submissions * each.total
        rows.append([kind, f"{1000 * each.user:.0f} ms", f"{1000 * each.system:.0f} ms", f"{rest:.1f} s"])
    return table(["processes", "each: user", "each: system", "start and end"], rows)


def targets_table(found: Sequence[Target]) -> list[str]:
    """One line for each target."""
    rows = [[target.what, target.wanted, target.found or "–", target.verdict] for target in found]
    return table(["", "target", "measured", ""], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def tell(text: str) -> None:
    """Print a line on stderr: how far a benchmark is."""
    print(text, file=sys.stderr, flush=True)


def write_chapter(name: str, lines: Sequence[str], path: Path = RESULTS) -> None:
    """Put a chapter into the file of results, instead of the last one of that name."""
    text = path.read_text(encoding="utf-8") if path.is_file() else _TITLE
    chapter = "\n".join([f"<!-- begin {name} -->", *lines, f"<!-- end {name} -->"])
    old = re.compile(rf"<!-- begin {re.escape(name)} -->.*<!-- end {re.escape(name)} -->", re.DOTALL)
    new = old.sub(lambda _: chapter, text) if old.search(text) else f"{text.rstrip()}\n\n{chapter}\n"
    path.write_text(new, encoding="utf-8")
