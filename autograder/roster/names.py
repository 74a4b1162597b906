"""Names of students, compared in the ways in which people write them."""

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode's decomposition does not split into a letter and an accent.
_WITHOUT_ACCENT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")


def folded(text: str) -> str:
    """A name without accents, case, spaces and punctuation; letters of other scripts stay as they are."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_ACCENT))
    composed = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
    return "".join(letter for letter in composed if unicodedata.category(letter)[0] in "LMN")


def name_keys(first: str, last: str) -> Iterator[str]:
    """The ways to write a name, folded: platforms put the family name first or last, with or without spaces."""
    words = [word for word in re.split(r"[\s,]+", f"{first} {last}") if folded(word)]
    for start in range(len(words)):
        # All rotations: a full name in one text does not show where the family name begins.
        yield folded("".join(words[start:] + words[:start]))
