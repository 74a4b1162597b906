"""Which ids of students are refused: one rule for folders, archives, class lists and gradebooks.

An id names a folder, and nbgrader's pages show it as it is: one with HTML in it would run in formgrader.
"""

import unicodedata

from autograder.untrusted.paths import UnsafePathError, check_part

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


def shown_id(student: str) -> str:
    """An id as it can be printed: quoted, cut short, and without what a terminal would act upon."""
    return repr(student[:_LONGEST_ID])
