"""Disks that are full or read-only: one message with the cure, nothing lost, and the same command goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.class_course import (
    assert_explained,
    grade,
    grade_by_hand,
    gradebook,
    hand_in,
    make_class,
    submission,
    written,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("disks")]

ROOT = Path(__file__).parents[2]
MOUNT = ("bwrap", "--dev-bind", "/", "/")
DISK_BYTES = 4 * 1024**2


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> tuple[Path, Path]:
    """A class of 6, of which half was graded and seen by a person; and the same class when all of it was graded."""
    if subprocess.run([*MOUNT, "--size", "4096", "--tmpfs", "/mnt", "true"], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    waiting = make_class(tmp_path_factory.mktemp("class") / "waiting", blank_gradebook, 6)
    half = [word for number in range(3) for word in ("--student", f"s00{number}")]
    assert grade(waiting, "--sandbox", "none", *half)[0] == 0
    grade_by_hand(waiting, "s001", "why", 2.5, "Well said.")
    hand_in(waiting, "s001", submission({"half": "def half(x): return x"}, "I thought again."))
    graded = shutil.copytree(waiting, waiting.with_name("graded"))
    assert grade(graded, "--sandbox", "none")[0] == 0
    return waiting, graded


def grade_on(disk: Path, waiting: Path, course: Path, left: int, result: Path) -> dict[str, Any]:
    """Grade a course of which a part lies on a small disk that is full, and once more when there is room."""
    disk.mkdir(parents=True, exist_ok=True)
    command = [*MOUNT, "--size", str(DISK_BYTES), "--tmpfs", str(disk), "--", sys.executable]
    arguments = [str(waiting), str(course), str(disk), str(left), str(result)]
    done = subprocess.run(
        [*command, "-m", "tests.reliability.full_disk", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs: dict[str, Any] = json.loads(done.stdout)
    return runs


@pytest.mark.parametrize(
    ("place", "left", "named"),
    [
        ("course", 60_000, "course"),
        ("course/autograded", 0, "autograded"),
    ],
    ids=["in the middle of a class", "autograded"],
)
def test_a_full_disk_is_told_and_nothing_is_lost(
    graded_class: tuple[Path, Path], tmp_path: Path, place: str, left: int, named: str
) -> None:
    waiting, graded = graded_class
    runs = grade_on(tmp_path / place, waiting, tmp_path / "course", left, tmp_path / "result")
    code, out, err = runs["first"]
    assert (code, out) == (1, ""), err
    assert "No space left on device" in err or "the disk is full" in err
    assert named in err
    assert_explained(err)
    assert not runs["remains"]
    code, out, err = runs["second"]
    assert code == 0, err
    assert written(tmp_path / "result") == written(graded)


def test_a_gradebook_on_a_full_disk_keeps_its_scores(graded_class: tuple[Path, Path], tmp_path: Path) -> None:
    waiting, graded = graded_class
    elsewhere = shutil.copytree(waiting, tmp_path / "waiting")
    (elsewhere / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.db_url = "sqlite:///books/gradebook.db"\n'
    )
    (elsewhere / "books").mkdir()
    (elsewhere / "gradebook.db").rename(elsewhere / "books" / "gradebook.db")
    runs = grade_on(tmp_path / "course" / "books", elsewhere, tmp_path / "course", 0, tmp_path / "result")
    code, out, err = runs["first"]
    assert (code, out) == (1, ""), err
    assert "gradebook.db cannot be written: the disk is full" in err
    assert_explained(err)
    assert runs["second"][0] == 0, runs["second"]
    result = tmp_path / "result"
    (result / "books" / "gradebook.db").rename(result / "gradebook.db")
    assert written(result) == written(graded)


def test_a_full_disk_for_the_caches_does_not_stop_grading(graded_class: tuple[Path, Path], tmp_path: Path) -> None:
    waiting, graded = graded_class
    runs = grade_on(tmp_path / "course" / ".autograder", waiting, tmp_path / "course", 0, tmp_path / "result")
    for code, _, err in (runs["first"], runs["second"]):
        assert code == 0, err
    assert not runs["remains"]
    assert written(tmp_path / "result") == written(graded)


@pytest.mark.parametrize(
    ("place", "named"),
    [("", "course"), ("autograded", "autograded"), ("gradebook.db", "gradebook.db")],
    ids=["course", "autograded", "gradebook"],
)
def test_what_is_read_only_is_told_and_stays_as_it_was(
    graded_class: tuple[Path, Path], tmp_path: Path, place: str, named: str
) -> None:
    root = shutil.copytree(graded_class[0], tmp_path / "course")
    before = gradebook(root)
    protected = str(root / place)
    code, out, err = grade(root, "--sandbox", "none", within=[*MOUNT, "--ro-bind", protected, protected, "--"])
    assert (code, out) == (1, ""), err
    assert named in err
    assert_explained(err)
    if place != "autograded":
        assert gradebook(root) == before


def test_ownership_is_told_where_the_account_may_not_write(graded_class: tuple[Path, Path], tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    root = shutil.copytree(graded_class[0], tmp_path / "course")
    (root / "gradebook.db").chmod(0o400)
    code, _, err = grade(root, "--sandbox", "none")
    assert code == 1
    assert "may not be written" in err
