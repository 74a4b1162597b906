"""Names as people write them, and ids that name folders."""

import pytest

from autograder.roster.names import folded, name_keys
from autograder.untrusted.student_ids import unsafe_id


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Søren Ångström", "sorenangstrom"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("O’Neill-Łuczak", "oneillluczak"),
        ("が", "が"),
        ("か\u3099", "が"),
        ("Йод", "иод"),
        ("हिन्दी", "हिन्दी"),
        ("علی\u200cزاده", "علیزاده"),
        (" - ", ""),
    ],
)
def test_a_folded_name(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_a_name_in_any_order() -> None:
    assert {"adalovelace", "lovelaceada"} <= set(name_keys("Ada", "Lovelace"))
    assert {"garciamariacarmen", "mariacarmengarcia"} <= set(name_keys("María Carmen", "García"))
    assert not list(name_keys("", " "))


@pytest.mark.parametrize(
    "identity", ["ada", "ada@example.org", "12345", "o'neill", "ada.l_1-2", "관리", "a+b@c.de", "é"]
)
def test_ids_that_name_folders(identity: str) -> None:
    assert not unsafe_id(identity)


@pytest.mark.parametrize("identity", ["", "..", "a/b", " ada", "e\u0301", "com1", "a\nb", "a|b", "-x", "a\u202eb"])
def test_ids_that_do_not(identity: str) -> None:
    assert unsafe_id(identity)
