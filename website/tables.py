"""The front page's tables of speed and security, from what the benchmarks have written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import ExpectedError

SPEED = Path("benchmarks/RESULTS.md")
SECURITY = Path("benchmarks/ATTACKS.md")
_CHAPTER = re.compile(r"<!-- begin grading -->(.*?)<!-- end grading -->", re.DOTALL)
_SHOWN = re.compile(r"lab|class of \d+.*|nbgrader|otter|× \w+")
_EARNED = re.compile(r"(\d+(?:\.\d+)?) of")
_NOT_RUN = "–"

Rows = list[list[str]]


@dataclass
class _Tally:
    """Of one class of attacks on one grader: how many were run, and how many earned points."""

    run: int = 0
    earned: int = 0


@dataclass
class _Class:
    """One class of attacks: how many there are, and what came of them on each grader."""

    attacks: int = 0
    graders: dict[str, _Tally] = field(default_factory=dict)


def speed(root: Path) -> str:
    """How long a class takes with this grader and with others: a Markdown table.

    Raises:
        ExpectedError: the file has no such table.
    """
    chapter = _CHAPTER.search(_read(root / SPEED))
    header, *rows = _table(chapter[1] if chapter else "", root / SPEED, "python -m benchmarks.grading --write")
    # Targets in parentheses and columns of other quantities are for the page that has all of them.
    names = [re.sub(r"\s*\(.*\)", "", name).strip() for name in header]
    columns = [
        place
        for place, name in enumerate(names)
        if _SHOWN.fullmatch(name) and any(row[place] not in ("", _NOT_RUN) for row in rows)
    ]
    shown = [[row[place].replace("*", "") for place in columns] for row in rows]
    return _markdown([names[place] for place in columns], shown)


def security(root: Path) -> str:
    """How many attacks of each class earned a point on each grader: a Markdown table.

    Raises:
        ExpectedError: the file has no such table.
    """
    header, *rows = _table(_read(root / SECURITY), root / SECURITY, "python -m benchmarks.attacks --write")
    graders = header[2:]
    classes: dict[str, _Class] = {}
    for kind, _, *cells in rows:
        found = classes.setdefault(kind, _Class(graders={grader: _Tally() for grader in graders}))
        found.attacks += 1
        for grader, cell in zip(graders, cells, strict=True):
            if cell.strip() != _NOT_RUN:
                earned = _EARNED.match(cell.replace("*", "").strip())
                found.graders[grader].run += 1
                found.graders[grader].earned += bool(earned and float(earned[1]) > 0)
    body = [
        [kind, str(found.attacks), *(_told(found.graders[grader]) for grader in graders)]
        for kind, found in classes.items()
        if any(tally.run for tally in found.graders.values())
    ]
    return _markdown(["Class of attack", "In the corpus", *graders], body)


def _told(tally: _Tally) -> str:
    return f"{tally.earned} of {tally.run}" if tally.run else _NOT_RUN


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExpectedError(f"{path} cannot be read: {error.strerror}.", "Restore it from the repository.") from error


def _table(text: str, path: Path, command: str) -> Rows:
    """The first Markdown table of a text, header first."""
    lines = [line for line in text.split("\n\n") if line.lstrip().startswith("|")][:1]
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in "".join(lines).strip().split("\n")
    ]
    if len(rows) < 3 or any(len(row) != len(rows[0]) for row in rows):
        raise ExpectedError(f"{path} holds no table for the front page.", f"Write it again: {command}")
    return [rows[0], *rows[2:]]


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
