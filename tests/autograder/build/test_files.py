from pathlib import Path

import pytest

from autograder.build.files import contents, differences, replace_folders


def fill(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_differences_are_missing_added_and_changed_files(tmp_path: Path) -> None:
    left = fill(tmp_path / "left", same="1", changed="1", gone="1")
    right = fill(tmp_path / "right", same="1", changed="2", new="1")
    assert differences(left, right) == ("changed", "gone", "new")
    assert differences(left, left) == ()
    assert differences(left, tmp_path / "nowhere") == ("changed", "gone", "same")


def test_checkpoints_do_not_count(tmp_path: Path) -> None:
    folder = fill(tmp_path / "lab", kept="1")
    fill(folder / ".ipynb_checkpoints", dropped="1")
    assert contents(folder) == {"kept": b"1"}


def test_folders_are_replaced_as_a_whole(tmp_path: Path) -> None:
    place = fill(tmp_path / "course" / "source", old="1")
    new = fill(tmp_path / "new", fresh="1")
    other = fill(tmp_path / "other", first="1")
    aside = fill(tmp_path / "aside")
    replace_folders([(new, place), (other, tmp_path / "course" / "release")], aside)
    assert contents(tmp_path / "course") == {"source/fresh": b"1", "release/first": b"1"}
    assert not aside.exists()


def test_a_move_that_fails_puts_everything_back(tmp_path: Path) -> None:
    first = fill(tmp_path / "course" / "source", old="1")
    second = fill(tmp_path / "course" / "release", old="2")
    new = fill(tmp_path / "new", fresh="1")
    aside = fill(tmp_path / "aside")
    with pytest.raises(OSError, match="nowhere"):
        replace_folders([(new, first), (tmp_path / "nowhere", second)], aside)
    assert contents(tmp_path / "course") == {"source/old": b"1", "release/old": b"2"}
    assert contents(new) == {"fresh": b"1"}
