"""The benchmarks' findings as Markdown: tables, targets, and one file in which each benchmark has its chapter."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"

_TITLE = """# What grading costs

Each chapter is written by the benchmark that it names: run that again, and it is replaced. What was not measured
says so.
"""


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


def targets_table(found: Sequence[Target]) -> list[str]:
    """One line for each target."""
    rows = [[target.what, target.wanted, target.found or "–", target.verdict] for target in found]
    return table(["what", "target", "measured", "verdict"], rows)


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
