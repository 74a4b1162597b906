"""Finds at once that a cell holds nothing but Python, where IPython would parse it once more for each question."""

import re
from collections.abc import Sequence
from typing import Final

from IPython.core.inputtransformer2 import ESCAPE_SINGLES, TransformerManager

_ASSIGNMENT: Final = re.compile(r"=[\s\\]*[%!]")
_KEYWORDS: Final = ("await", "async")


def may_await(cell: str) -> bool:
    """Whether a cell can hold an ``await`` outside of functions; no keyword can be spelt in another way."""
    return any(keyword in cell for keyword in _KEYWORDS)


def _may_hold_commands(lines: Sequence[str]) -> bool:
    """Whether there can be a magic, a shell command or a question for help after the first line of a cell.

    It says so of more than those; of what is left, IPython's own search finds nothing.
    """
    for line in lines:
        text = line.lstrip()
        if text.startswith("#") and '"' not in text and "'" not in text:
            continue
        if text and (text[0] in ESCAPE_SINGLES or "?" in text):
            return True
    return _ASSIGNMENT.search("".join(lines)) is not None


class QuickTransformerManager(TransformerManager):  # type: ignore[misc]  # IPython has no types
    """IPython's rewriting of cells, without splitting a cell into tokens that holds nothing to rewrite."""

    def __init__(self) -> None:
        super().__init__()
        self._known = list(self.token_transformers)

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """Rewrite magics, shell commands and questions for help."""
        # A notebook may add a transformer of its own, which may look for anything.
        if self.token_transformers == self._known and not _may_hold_commands(lines):
            return lines
        rewritten: list[str] = super().do_token_transforms(lines)
        return rewritten
