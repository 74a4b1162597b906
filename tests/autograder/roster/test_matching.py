"""The student whom a name, an id or a number stands for."""

import pytest

from autograder.roster.class_list import Student
from autograder.roster.matching import Matcher, Owner, Platform

CLASS = (
    Student("ada", "Ada", "Lovelace", "ada@example.org", "12345"),
    Student("emmy", "Emmy", "Nœther", "emmy@example.org", "12346"),
    Student("li1", "Wei", "Li", "li1@example.org", "12347", "901"),
    Student("li2", "Wei", "Li", "li2@example.org", "12348", "902"),
    Student("soren", "Søren", "Ångström-Müller", "soren@example.org"),
    Student("seki", "孝和", "関", "seki@example.org"),
    Student("sara", "سارا", "علی\u200cزاده", "sara@example.org"),
    Student("full", "Maria del Carmen García", "", "full@example.org"),
)


def found(platform: Platform, name: str, number: str = "") -> str:
    match = Matcher(CLASS).match(Owner(platform, f"{name}_{number}", name, number))
    assert (match.student is None) == bool(match.reason)
    assert match.student is not None or match.cure
    return match.student.identity if match.student else match.reason


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("ada", "ada"),
        ("ADA", "ada"),
        ("Ada Lovelace", "ada"),
        ("Lovelace, Ada", "ada"),
        ("lovelaceada", "ada"),
        ("Lovelace_Ada", "ada"),
        ("ada@Example.org", "ada"),
        ("12345", "ada"),
        ("Emmy Noether", "emmy"),
        ("Soren Angstrom Muller", "soren"),
        ("So\u0308ren A\u030angstro\u0308m-Mu\u0308ller", "soren"),
        ("関孝和", "seki"),
        ("孝和 関", "seki"),
        ("سارا علیزاده", "sara"),
        ("García, Maria del Carmen", "full"),
        ("garciamariadelcarmen", "full"),
    ],
)
def test_a_text_names_a_student(text: str, identity: str) -> None:
    assert found(Platform.NONE, text) == identity


def test_numbers_tell_namesakes_apart() -> None:
    assert found(Platform.MOODLE, "Wei Li", "902") == "li2"
    assert found(Platform.MOODLE, "", "901") == "li1"
    assert found(Platform.CANVAS, "liwei", "12347") == "li1"
    assert "more than one student (li1, li2)" in found(Platform.MOODLE, "Wei Li", "777")
    assert "more than one student" in found(Platform.NONE, "Wei Li")


def test_moodle_s_number_of_a_participant_is_no_user_s() -> None:
    assert found(Platform.MOODLE, "Emmy Noether", "12345") == "emmy"
    assert "no student" in found(Platform.MOODLE, "Eve", "12345")


def test_canvas_s_number_outweighs_a_name() -> None:
    assert found(Platform.CANVAS, "noetheremmy", "12345") == "ada"
    assert "whose number is 12346 and not 666" in found(Platform.CANVAS, "noetheremmy", "666")
    assert found(Platform.CANVAS, "angstrommullersoren", "666") == "soren"


def test_a_stranger_is_told_whom_it_could_be() -> None:
    match = Matcher(CLASS).match(Owner(Platform.NONE, "Ada Lovelase", "Ada Lovelase"))
    assert match.student is None
    assert "If it is Ada Lovelace (ada)" in match.cure
    assert "no student" in found(Platform.NONE, "")
    assert "no student" in found(Platform.NONE, "---")


def test_without_a_class_only_folders_name_students() -> None:
    empty = Matcher(())
    assert empty.match(Owner(Platform.NONE, "ada", "ada")).student == Student("ada")
    assert "--roster" in empty.match(Owner(Platform.MOODLE, "Ada_901", "Ada", "901")).cure
    assert "--roster" in empty.match(Owner(Platform.NONE, "a*b", "a*b")).cure
