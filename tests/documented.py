"""What the documentation shows: every command of a page, in the order in which it stands there."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
NOT_COMMANDS = {"json", "markdown", "python", "text", "toml"}
"""Languages of fenced blocks that are no shell's; every line of any other block is a command."""

_FENCE = re.compile(
    r"^ *(?P<ticks>`{3,})(?P<language>\w*)\n(?P<text>.*?)^ *(?P=ticks)$", flags=re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAM = re.compile(
    r"(?:\.venv/bin/)?(?:autograder|createdb|dask|jupyter|make|nbgrader|nvidia-smi|pip|python|uv) +\S"
)


@dataclass(frozen=True)
class Command:
    """A command that a page shows.

    Attributes:
        page: the page's name.
        line: the line on which it stands, from 1.
        text: the command, on one line and without a comment.
    """

    page: str
    line: int
    text: str


def commands(page: Path) -> list[Command]:
    """The commands of a page: each line of each block, and what begins like a program in a sentence or a table."""
    text = page.read_text(encoding="utf-8")
    found: list[tuple[int, str]] = []
    for block in _FENCE.finditer(text):
        if block["language"] not in NOT_COMMANDS:
            for line in re.finditer(r"^.+$", block["text"], flags=re.MULTILINE):
                words = re.sub(r"(?:^|\s)#\s.*", "", line[0]).strip()
                found += [(block.start("text") + line.start(), words)] * bool(words)
    prose = _FENCE.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    inline = ((code.start(), " ".join(code[1].split())) for code in _INLINE.finditer(prose))
    found += [(start, words) for start, words in inline if _PROGRAM.match(words)]
    return [Command(page.name, text.count("\n", 0, start) + 1, words) for start, words in sorted(found)]


def snippet(page: str, chapter: str) -> str:
    """The first Python block of a chapter."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (part,) = [it for it in re.split(r"^## ", text, flags=re.MULTILINE) if it.startswith(f"{chapter}\n")]
    return next(block["text"] for block in _FENCE.finditer(part) if block["language"] == "python")
