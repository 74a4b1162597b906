"""The benchmark's findings as Markdown: tables, targets, and one file in which each benchmark has its chapter."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import CLASS, Figures
from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, OTTER

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"

_TITLE = """# What grading costs

Each chapter is written by the benchmark that it names: run that again, and it is replaced. What was not measured
says so.
"""
MOST_OVERHEAD_SECONDS = 0.060
FIRST_SECONDS = 4.0
LEAST_RATIO = 40.0
"""How many times nbgrader's throughput is wanted."""


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


def labs_table(found: Sequence[Figures]) -> list[str]:
    """One line for each lab: what was measured, and whether it is what it should be."""
    head = [
        *("lab", f"class of {CLASS}: ours", "nbgrader", "otter", f"× nbgrader (≥ {LEAST_RATIO:.0f})", "× otter"),
        f"first verdict (≤ {FIRST_SECONDS:.0f} s)",
        *("each: CPU", "the floor"),
        f"above the floor (≤ {1000 * MOST_OVERHEAD_SECONDS:.0f} ms)",
    ]
    rows = [
        [
            it.lab,
            *(_seconds(it.class_seconds.get(name)) for name in (AUTOGRADER, NBGRADER, OTTER)),
            *(_times(it.times(NBGRADER), LEAST_RATIO), _times(it.times(OTTER))),
            _marked(f"{it.first_seconds:.1f} s", met=it.first_seconds <= FIRST_SECONDS),
            *(_milliseconds(it.each_cpu.get(name)) for name in (AUTOGRADER, FLOOR)),
            _marked(_milliseconds(it.over_floor), met=it.over_floor is None or it.over_floor <= MOST_OVERHEAD_SECONDS),
        ]
        for it in found
    ]
    return [*table(head, rows), "", "**Bold**: not what it should be."]


def breakdown(found: Sequence[Figures]) -> list[str]:
    """One line for each lab: CPU time by kind of process, user and system."""
    kinds = sorted({kind for it in found for kind in it.by_kind})
    rows = [
        [
            it.lab,
            *(
                f"{1000 * it.by_kind[kind][0]:.0f} + {1000 * it.by_kind[kind][1]:.0f} ms" if kind in it.by_kind else "–"
                for kind in kinds
            ),
        ]
        for it in found
    ]
    return table(["lab", *(f"{kind}: user + system" for kind in kinds)], rows)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} s"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{1000 * value:.0f} ms"


def _times(value: float | None, least: float = 0.0) -> str:
    return "–" if value is None else _marked(f"{value:.0f} ×", met=value >= least)


def _marked(text: str, *, met: bool) -> str:
    return text if met else f"**{text}**"


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
