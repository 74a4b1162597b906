"""Notebooks' file names as people, browsers and learning platforms change them: copies, versions, added endings."""

import re
from collections.abc import Iterator

NOTEBOOK = re.compile(r"\.ipynb(?:[._-]?(?:txt|json))?$", re.IGNORECASE)
"""The end of a notebook's file name; systems that hide endings, and browsers, add another one."""

# "x (1)", "x-Copy1", "x - Copy", "x_copy 2", "x.ipynb", "x-1" as platforms number a second upload, "x_final".
_ADDED_BEHIND = re.compile(
    r"(?:[ _-]{0,3}\(\d{1,4}\)|[ _-]{0,3}\b(?:copy|kopie|copie|copia|kopia)[ _-]?\d{0,4}|-\d{1,4}|\.ipynb"
    r"|[ _-](?:final|solved|solution|submission|done|answers?))$"
)
# Colab's "Copy of x" in some of its languages, "Kopie von x".
_ADDED_BEFORE = re.compile(
    r"^(?:copy|kopia|kopie|copie|copia|cópia)[ _]{1,3}(?:(?:of|von|de|di|do|pliku)[ _]{1,3})?", re.IGNORECASE
)
# The same between a notebook's name and other words: "x (1) ada", "x-Copy1_ada", "x 2 ada".
_ADDED_BETWEEN = re.compile(r"^[ _-]*(?:\(\d+\)|copy\d*|\d{1,2}(?!\w))", re.IGNORECASE)
_MOST_ADDED = 8


def rank(file: str, name: str) -> int | None:
    """How well a file's name fits a notebook's name, which has no ``.ipynb``.

    Returns:
        How many additions had to be removed, 0 for the name itself; more where other words come before it, as
        platforms put the student's name there; None if it does not fit.
    """
    wanted = _normalised(name)
    stems = list(_stems(NOTEBOOK.sub("", file).lower()))
    for number, stem in enumerate(stems):
        if _normalised(stem) == wanted:
            return number
    for number, stem in enumerate(stems):
        if _normalised(stem).endswith(f"_{wanted}"):
            return _MOST_ADDED + 1 + number
    return None


def is_notebook_path(path: str) -> bool:
    """Whether a file is called like a notebook, or lies in a folder that is: nbgrader takes both for notebooks."""
    return any(NOTEBOOK.search(part) for part in path.split("/"))


def without_copy_marks(before: str, behind: str) -> tuple[str, str]:
    """Take "Copy of" and the number of a copy out of what stands around a notebook's name in a file's name."""
    return _ADDED_BEFORE.sub("", before), _ADDED_BETWEEN.sub("", behind)


def _stems(stem: str) -> Iterator[str]:
    """The stem, then the stem with one addition after another removed."""
    yield stem
    for _ in range(_MOST_ADDED):
        shorter = _ADDED_BEFORE.sub("", stem)
        shorter = _ADDED_BEHIND.sub("", shorter) if shorter == stem else shorter
        if shorter in (stem, ""):
            return
        stem = shorter
        yield stem


def _normalised(stem: str) -> str:
    return re.sub(r"[ _-]+", "_", stem.strip(" _-")).lower()
