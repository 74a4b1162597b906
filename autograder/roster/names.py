"""Names and ids of students: names compared in the ways in which people write them, ids checked as folder names."""

import re
import unicodedata
from collections.abc import Iterator

from autograder.untrusted.paths import UnsafePathError, check_part

# Letters that Unicode's decomposition does not split into a letter and an accent.
_WITHOUT_ACCENT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_SPECIAL = frozenset('*?[]{}<>|":;,`$')
_LONGEST_ID = 100


def unsafe_id(student: str) -> str:
    """Why an id cannot be the name of a student's folder, in one clause; empty if it can."""
    if unicodedata.normalize("NFC", student) != student or student.strip() != student:
        return "it is not in Unicode's composed form, or begins or ends with a space"
    if student.startswith((".", "-")):
        return "it begins with a dot or a hyphen"
    if student.endswith("."):
        return "it ends with a dot, which Windows takes away"
    if any(unicodedata.category(letter) == "Cf" for letter in student):
        return "it holds invisible letters"
    if _SPECIAL.intersection(student):
        return f"it holds one of {' '.join(sorted(_SPECIAL))}"
    if len(student.encode()) > _LONGEST_ID:
        return "it is too long"
    try:
        check_part(student)
    except UnsafePathError as error:
        return str(error)
    return ""


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
