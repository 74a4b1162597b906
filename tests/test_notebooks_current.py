"""What is committed under source/ and release/ is what the labs' texts make of them."""

from pathlib import Path

import pytest

from autograder.build.build import build
from autograder.build.lab_text import lab_names

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("lab", lab_names(ROOT))
def test_source_and_release_are_current(lab: str) -> None:
    (built,) = build(ROOT, [lab], check=True).labs
    assert built.outdated == (), f"run: autograder build {lab}"
    assert built.advice == ()


@pytest.mark.parametrize("lab", lab_names(ROOT))
def test_each_lab_has_a_worked_solution(lab: str) -> None:
    assert (ROOT / "solutions" / lab / f"{lab}.ipynb").is_file(), f"run: autograder build {lab}"


def test_no_folder_is_left_of_a_lab_that_is_gone() -> None:
    for step in ("source", "release", "solutions"):
        assert {path.name for path in (ROOT / step).iterdir() if path.is_dir()} <= set(lab_names(ROOT))
