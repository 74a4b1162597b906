from pathlib import Path

import pytest

from autograder.grading.level_store import LevelStore
from autograder.verdicts import Level, TestLevel

BESIDE = TestLevel("plot", Level.BESIDE, "it hands over an Axes", "Pass plain data.")
UNFIT = TestLevel("lost", Level.NONE, "NameError")


def test_levels_are_found_again_by_lab_and_notebook(tmp_path: Path) -> None:
    store = LevelStore(tmp_path)
    store.keep("lab", "one", (BESIDE, UNFIT))
    store.keep("lab", "two", (UNFIT,))
    store.keep("other", "one", ())
    again = LevelStore(tmp_path)
    assert again.find("lab", ["one", "two", "three"]) == (BESIDE, UNFIT, UNFIT)
    assert again.find("other", ["one"]) == ()


def test_a_mended_test_is_forgotten_and_what_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    store = LevelStore(tmp_path)
    store.keep("lab", "one", (BESIDE,))
    (path,) = tmp_path.rglob("*.json")
    before = path.stat().st_mtime_ns
    store.keep("lab", "one", (BESIDE,))
    assert path.stat().st_mtime_ns == before
    store.keep("lab", "one", ())
    assert store.find("lab", ["one"]) == ()


@pytest.mark.parametrize("damage", ["{", "{}", "[7]", '[{"grade_id": "t", "level": "moon"}]'])
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage: str) -> None:
    store = LevelStore(tmp_path)
    store.keep("lab", "one", (BESIDE,))
    (path,) = tmp_path.rglob("*.json")
    path.write_text(damage)
    assert store.find("lab", ["one"]) == ()
    store.keep("lab", "one", (BESIDE,))
    assert store.find("lab", ["one"]) == (BESIDE,)
