"""``autograder demo``: the whole path on the sample class, and the second time nothing is graded again."""

import shutil
from pathlib import Path

import pytest

from tests.demo_run import LAB, DemoRun, autograder
from tests.submissions.make import CLASS

pytestmark = pytest.mark.xdist_group("demo")


def verdicts_kept(folder: Path) -> dict[str, int]:
    """The files of the cache, with the time at which each was written."""
    cache = folder / ".autograder" / "cache"
    return {path.name: path.stat().st_mtime_ns for path in cache.rglob("*.json")}


def test_it_prints_a_row_for_each_student_and_says_where_to_look(demo_run: DemoRun) -> None:
    rows = {line.split()[0] for line in demo_run.printed.splitlines() if line.strip()}
    assert rows >= CLASS.keys()
    for said in ("Score", "Gradients pile up", "could not be read", "timed out", f"{LAB}.html", "gradebook.db"):
        assert said in demo_run.printed


def test_it_leaves_pages_for_the_class_and_for_each_student(demo_run: DemoRun) -> None:
    assert (demo_run.folder / "report" / f"{LAB}.html").stat().st_size
    assert (demo_run.folder / "gradebook.db").stat().st_size
    for student in CLASS:
        assert (demo_run.folder / "feedback" / student / LAB / f"{LAB}.html").stat().st_size


@pytest.mark.slow
def test_the_second_time_nothing_is_graded_again(demo_run: DemoRun, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_run.folder, tmp_path / "demo")
    before = verdicts_kept(folder)
    # The one that could not be read has no verdicts to keep.
    assert len(before) == len(CLASS) - 1
    done = autograder("demo", "--into", str(folder), "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.partition("Where to look")[0] == demo_run.printed.partition("Where to look")[0]
    assert verdicts_kept(folder) == before
