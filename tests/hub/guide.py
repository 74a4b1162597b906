"""docs/hub.md as a reader follows it: its blocks, with this machine's names in place of those that it shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "hub.md"
_HEADING = re.compile(r"^#{2,3} (.*)$", flags=re.MULTILINE)
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@dataclass
class Guide:
    """The page.

    Attributes:
        instead: what stands for what the page shows; regular expressions, tried one after another.
        unread: the chapters whose blocks nobody has asked for.
    """

    instead: Mapping[str, str]
    unread: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.unread = {chapter for chapter, blocks in _chapters().items() if blocks}

    def blocks(self, chapter: str) -> list[str]:
        """The blocks of a chapter, in their order."""
        self.unread.discard(chapter)
        return [self.here(block) for block in _chapters()[chapter]]

    def commands(self, chapter: str) -> list[str]:
        """The commands of a chapter, each on a line, without what is said about them."""
        lines = "".join(self.blocks(chapter)).splitlines()
        return [command for line in lines if (command := re.sub(r"(?:^|\s)#\s.*", "", line).rstrip())]

    def here(self, text: str) -> str:
        """A text of the page with this machine's names in it."""
        for shown, ours in self.instead.items():
            text = re.sub(shown, ours, text)
        return text


def _chapters() -> dict[str, list[str]]:
    """The blocks of each chapter, by its title."""
    titles, parts = [], _HEADING.split(PAGE.read_text(encoding="utf-8"))
    titles = parts[1::2]
    return {title: _BLOCK.findall(part) for title, part in zip(titles, parts[2::2], strict=True)}
