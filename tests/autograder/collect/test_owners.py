"""The owner of a file, by its path."""

from pathlib import Path

import pytest

from autograder.collect.notebooks import Labs
from autograder.collect.owners import OwnerFinder, SubmittedFile
from autograder.collect.records import Found
from autograder.roster.matching import Platform

LABS = Labs({"06_minimum": ["06_minimum"], "05_descent": ["05_descent"]})


def read(*names: str, known: tuple[str, ...] = (), owned: int | None = None) -> list[SubmittedFile]:
    files = [Found(tuple(name.split("/")), Path(), None, owned or name.count("/") + 1) for name in names]
    return OwnerFinder(known.__contains__, LABS.names, LABS.without_notebook).find(files)


def told(handed: SubmittedFile) -> tuple[str, str, str, str]:
    assert handed.owner is not None
    return handed.owner.platform.value, handed.owner.name, handed.owner.number, "/".join(handed.inside)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Ada Lovelace_901_assignsubmission_file_/06.ipynb", ("moodle", "Ada Lovelace", "901", "06.ipynb")),
        ("Ada Lovelace_901_assignsubmission_file/a/06.ipynb", ("moodle", "Ada Lovelace", "901", "a/06.ipynb")),
        ("Ada Lovelace_901_assignsubmission_file_06_x.ipynb", ("moodle", "Ada Lovelace", "901", "06_x.ipynb")),
        ("Ada_Lovelace_901_assignsubmission_file_06.ipynb", ("moodle", "Ada_Lovelace", "901", "06.ipynb")),
        ("Participant_901_assignsubmission_file_/06.ipynb", ("moodle", "", "901", "06.ipynb")),
        ("lovelaceada_12345_67890_06_minimum-1.ipynb", ("canvas", "lovelaceada", "12345", "06_minimum-1.ipynb")),
        ("lovelaceada_LATE_12345_67890_06.ipynb", ("canvas", "lovelaceada", "12345", "06.ipynb")),
        ("lovelace_ada_LATE_12345_67890_06.ipynb", ("canvas", "lovelace_ada", "12345", "06.ipynb")),
    ],
)  # fmt: skip
def test_names_of_platforms(path: str, expected: tuple[str, str, str, str]) -> None:
    assert told(read(path)[0]) == expected


def test_canvas_s_mark_and_upload() -> None:
    handed = read("lovelaceada_LATE_12345_67890_06.ipynb")[0]
    assert (handed.late, handed.upload, handed.timed) == (True, 67890, False)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ada_06_minimum.ipynb", "ada"),
        ("06_minimum_ada.ipynb", "ada"),
        ("06_minimum - Ada Lovelace.ipynb", "Ada Lovelace"),
        ("Copy of 06_minimum_ada (1).ipynb", "ada (1)"),
        ("ada.zip", "ada"),
        ("06_minimum_ada_attempt_2026-11-20-10-00-00.ipynb", "ada"),
    ],
)
def test_loose_files(name: str, label: str) -> None:
    (handed,) = read(name)
    assert handed.owner is not None
    assert handed.owner.label == label


@pytest.mark.parametrize("name", ["06_minimum.ipynb", "06_minimum (1).ipynb", "Copy of 06_minimum.ipynb"])
def test_a_loose_notebook_without_a_name_is_nobody_s(name: str) -> None:
    assert read(name)[0].owner is None


@pytest.mark.parametrize("inner", ["ben", "Ben B_1_assignsubmission_file_", "submitted/ben"])
def test_no_folder_inside_a_student_s_names_another_student(inner: str) -> None:
    handed = read(
        f"ada/{inner}/06_minimum.ipynb", f"ada/{inner}/b_12_34_06_minimum.ipynb", "ben/x.ipynb", known=("ada", "ben")
    )
    assert [it.owner.name for it in handed if it.owner] == ["ada", "ada", "ben"]
    handed = read(f"Ada_9_assignsubmission_file_/{inner}/06_minimum.ipynb", known=("ben",))
    assert [it.owner.name for it in handed if it.owner] == ["Ada"]


def test_wrappers_are_no_students() -> None:
    handed = read("submitted/ada/06_minimum/06_minimum.ipynb", "submitted/ben/06_minimum/06_minimum.ipynb")
    assert [told(it)[1:] for it in handed] == [
        ("ada", "", "06_minimum/06_minimum.ipynb"),
        ("ben", "", "06_minimum/06_minimum.ipynb"),
    ]
    handed = read("06_minimum/ada/06_minimum.ipynb", "05_descent/ada/05_descent.ipynb")
    assert [it.owner.name for it in handed if it.owner] == ["ada", "ada"]
    handed = read("download of today/ada/06_minimum.ipynb", "download of today/eve/06_minimum.ipynb", known=("ada",))
    assert [it.owner.name for it in handed if it.owner] == ["ada", "eve"]


def test_an_archive_s_contents_are_its_owner_s() -> None:
    (handed,) = read("ada.zip/ben/06_minimum.ipynb", known=("ada", "ben"), owned=1)
    assert handed.owner is not None
    assert (handed.owner.platform, handed.owner.name) == (Platform.NONE, "ada")
