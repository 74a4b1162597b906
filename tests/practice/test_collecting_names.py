"""Names that a later step does not take are refused at the first one, with the cure."""

import unicodedata
from pathlib import Path

import pytest

from autograder.build.lab_text import lab_names
from autograder.collect.notebooks import Labs
from autograder.course.course import Course
from autograder.course.folder_checks import unsafe_name
from autograder.errors import ExpectedError
from autograder.roster.class_list import read_roster

REFUSED = [
    ("-ps1", "hyphen"),
    ("ps1 ", "space"),
    (" ps1", "space"),
    ("ps1.", "dot"),
    ("aux", "Windows"),
    ("Con", "Windows"),
    ("nul.v2", "Windows"),
    (unicodedata.normalize("NFD", "Übung"), "decomposed"),
    ("ps+1", r"\+"),
    ("ps[1]", "holds"),
    ("what?", "holds"),
    ("a:b", "holds"),
    ("50%", "holds"),
    ("ps\u200b1", "invisible"),
    ("x" * 101, "longer"),
    ("back\\slash", "no name of a file"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "source").mkdir()
    (tmp_path / "course").mkdir()
    return tmp_path


def add(root: Path, lab: str, notebook: str) -> None:
    folder = root / "source" / lab
    folder.mkdir(exist_ok=True)
    (folder / f"{notebook}.ipynb").touch()


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_a_lab_of_such_a_name_is_refused_by_whatever_opens_the_course(root: Path, name: str, why: str) -> None:
    add(root, name, "ps1")
    with pytest.raises(ExpectedError, match=why) as told:
        Course.open(root).labs()
    assert "Rename it" in told.value.cure
    with pytest.raises(ExpectedError, match=why):
        Labs.of(Course.open(root))
    (root / "course" / f"{name}.py").touch()
    with pytest.raises(ExpectedError, match=why):
        lab_names(root)


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_a_notebook_of_such_a_name_is_refused(root: Path, name: str, why: str) -> None:
    add(root, "ps1", name)
    with pytest.raises(ExpectedError, match=why):
        Course.open(root).labs()


@pytest.mark.parametrize("name", ["ps1", "Problem Set 1", "ps1.v2", "Übung_3", "課題1", "06_minimum", "lab (2)", "a&b"])
def test_other_names_are_taken(root: Path, name: str) -> None:
    add(root, name, name)
    assert Course.open(root).labs() == [name]
    assert unsafe_name(name) == ""


def test_names_that_differ_in_capital_letters_alone_are_refused(root: Path, tmp_path: Path) -> None:
    add(root, "ps1", "ps1")
    add(root, "ps1", "PS1")
    with pytest.raises(ExpectedError, match="capital letters"):
        Course.open(root).labs()
    (root / "source" / "ps1" / "PS1.ipynb").unlink()
    add(root, "Ps1", "ps1")
    with pytest.raises(ExpectedError, match="capital letters"):
        Course.open(root).labs()
    listed = tmp_path / "class.csv"
    listed.write_text("id,first_name\nada,Ada\nAda,Ada\n")
    with pytest.raises(ExpectedError, match="capital letters"):
        read_roster(listed)


@pytest.mark.parametrize("name", ["-ada", "ada.", "con", "a/b", "x" * 101])
def test_a_student_of_such_an_id_is_left_out_by_the_first_reader(tmp_path: Path, name: str) -> None:
    listed = tmp_path / "class.csv"
    listed.write_text(f"id,first_name\n{name},Ada\nben,Ben\n")
    found = read_roster(listed)
    assert [it.identity for it in found.students] == ["ben"]
    assert "row 2" in found.refused[0]
