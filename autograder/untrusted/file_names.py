"""Notebooks' file names as people, browsers and learning platforms change them: copies, versions, added endings.

There is one list of the ways to name a copy, for whatever reads the name of a file or a folder.
"""

import re
import unicodedata
from collections.abc import Iterator

NOTEBOOK = re.compile(r"\.ipynb(?:[._-]?(?:txt|json))?$", re.IGNORECASE)
"""The end of a notebook's file name; systems that hide endings, and browsers, add another one."""

# "Copy" in the languages of desktops and of Colab.
_COPY = (
    "copy|copie|copia|cópia|còpia|copiere|kopie|kopia|kopi|kopio|koopia|kópia|kopija|kopyası|kopya|másolata|másolat|salinan|"
    "копия|копія|копие|копија|αντίγραφο|αντιγραφο|نسخة|کپی|עותק|สำเนา|प्रतिलिपि|bản sao"
)
# Without a space before them, and with a particle: "06のコピー", "06的副本", "06의 사본".
_COPY_ATTACHED = "(?:の|的|의)?[ ]?(?:コピー|副本|拷贝|拷貝|複製|사본|복사본)"
_OF = (
    "of|von|vom|de|del|des|du|di|da|do|van|av|af|från|fra|a|à|pliku|notatnika|z|souboru|tiedostosta|pentru|от|блокнота|"
    "файла|файлу|του|של|من|از|của|ของ"
)
_GAP = "[ _—–-]{0,3}"
_PARENTHESES = rf"\(\d{{1,4}}\)|\([^()]{{0,60}}?(?:{_COPY})[^()]{{0,40}}\)"
_WORD = rf"(?<![^\W_])(?:{_COPY})[ _-]?\d{{0,4}}"
_CERTAIN = rf"{_GAP}(?:{_PARENTHESES}|{_WORD})|{_COPY_ATTACHED}[ _-]?\d{{0,4}}"
"""What only the name of a copy has: "x (1)", "x-Copy1", "x - Kopie (2)", "x (another copy)", "x的副本"."""

_CERTAIN_BEHIND = re.compile(rf"(?:{_CERTAIN})$", re.IGNORECASE)
# "x.ipynb", "x-1" as platforms number a second upload, "x 2" as Safari does, "x_final", a checkpoint of Jupyter's.
_ADDED_BEHIND = re.compile(
    rf"(?:{_CERTAIN}|-\d{{1,4}}| \d{{1,2}}|\.ipynb"
    r"|[ _-](?:final|solved|solution|submission|submitted|done|answers?|new|updated|checkpoint))$",
    re.IGNORECASE,
)
_ADDED_BEFORE = re.compile(
    rf"^(?:{_COPY}|コピー|副本|사본)[ _:—–-]{{1,3}}(?:(?:{_OF})[ _]{{1,3}}|d['’])?[\"“„«']?", re.IGNORECASE
)
# The same between a notebook's name and other words: "x (1) ada", "x-Copy1_ada", "x 2 ada".
_ADDED_BETWEEN = re.compile(
    rf"^(?:{_GAP}(?:{_PARENTHESES})|(?:{_CERTAIN}|[ _-]{{1,3}}(?:\d{{1,2}}|final|solved|submission))(?![^\W_]))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{1,4})\)?$")
_QUOTES = "\"“”„«»'’"
_MOST_ADDED = 8


def rank(file: str, name: str) -> int | None:
    """How well a file's name fits a notebook's name, which has no ``.ipynb``.

    Returns:
        How many additions had to be removed, 0 for the name itself; more where other words come before it, as
        platforms put the student's name there; None if it does not fit.
    """
    wanted = _normalised(name)
    stems = list(_stems(NOTEBOOK.sub("", unicodedata.normalize("NFC", file)).lower()))
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
    for _ in range(_MOST_ADDED):
        shorter = _ADDED_BETWEEN.sub("", behind)
        if shorter == behind:
            break
        behind = shorter
    return _ADDED_BEFORE.sub("", before), behind


def copied_names(name: str) -> Iterator[str]:
    """What a name may be the copy of: the name itself, then with one mark of a copy after another removed.

    A number behind a hyphen is no such mark here: ids of students may end so.
    """
    yield name
    for _ in range(_MOST_ADDED):
        shorter = _ADDED_BEFORE.sub("", name)
        shorter = _CERTAIN_BEHIND.sub("", shorter).strip() if shorter == name else shorter
        if shorter in (name, ""):
            return
        name = shorter
        yield name


def copy_number(file: str) -> int:
    """The number of a copy, 1 where it has none of its own, 0 for a name that is no copy's."""
    stem = NOTEBOOK.sub("", unicodedata.normalize("NFC", file))
    mark = _ADDED_BEHIND.search(stem)
    if mark is None:
        return 1 if _ADDED_BEFORE.match(stem) else 0
    number = _NUMBER.search(mark.group())
    return int(number[1]) if number else 1


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
    return re.sub(r"[ _-]+", "_", stem.strip(f" _-{_QUOTES}")).lower()
