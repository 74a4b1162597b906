"""SIGKILL at random moments: nothing is lost, nothing is graded twice, and the end is as if nothing had happened."""

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.reliability.class_course import (
    given_by_hand,
    grade,
    records,
    start,
    stray_files,
    verdicts_kept,
    written,
)
from tests.reliability.conftest import SEEN, GradedClass
from tests.reliability.processes import all_gone, family, members

SEED = 20261122
SMALL, LARGE = 20, 200
"""Numbers of students. One kill of each kind of process has to do for a change; the large class sees many."""
pytestmark = pytest.mark.xdist_group("kills")


def moments(draw: random.Random, students: int, count: int) -> list[int]:
    """Numbers of finished submissions at which something is killed, neither at the start nor at the end."""
    return sorted(draw.sample(range(len(SEEN) + 1, students - students // 10), count))


def finished(root: Path) -> int:
    return sum(1 for _ in (root / "autograded").glob("*/lab/lab.ipynb"))


def kill(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def kill_one(coordinator: int, role: str, draw: random.Random) -> bool:
    """Kill one of the grader's processes that has this role; whether there was one."""
    found = family(coordinator)[role]
    if found:
        kill([draw.choice(found)])
    return bool(found)


@pytest.mark.parametrize(
    ("seen_class", "roles"),
    [
        pytest.param(SMALL, ["judge", "student", "judge server", "zygote"], id="small"),
        pytest.param(
            LARGE,
            ["judge"] * 4 + ["student"] * 4 + ["judge server", "zygote", "sandbox", "judge server"],
            id="large",
            marks=pytest.mark.slow,
        ),
    ],
    indirect=["seen_class"],
)
def test_no_process_that_is_killed_costs_a_grade(
    seen_class: GradedClass, roles: list[str], tmp_path: Path, own_temporary_folder: Path
) -> None:
    root = shutil.copytree(seen_class.waiting, tmp_path / "course")
    draw = random.Random(SEED)
    roles = draw.sample(roles, len(roles))
    everyone: dict[int, str] = {}
    with start(root, "grade", "lab", "--quiet", "--format", "json") as process:
        for moment, role in zip(moments(draw, seen_class.students, len(roles)), roles, strict=True):
            while finished(root) < moment and process.poll() is None:
                time.sleep(0.03)
            everyone |= members(process.pid)
            while process.poll() is None and not kill_one(process.pid, role, draw):
                pass
        everyone |= members(process.pid)
        out, err = process.communicate()
    assert [record for record in records(out).values() if record["status"] != "graded"] == []
    assert process.returncode == 0, err
    assert len(records(out)) == seen_class.students
    assert written(root) == written(seen_class.graded)
    assert all_gone(everyone)
    assert not stray_files(root)
    assert not list(own_temporary_folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("seen_class", [LARGE], indirect=True)
def test_a_coordinator_that_is_killed_again_and_again_goes_on_where_it_was(
    seen_class: GradedClass, tmp_path: Path, own_temporary_folder: Path
) -> None:
    root = shutil.copytree(seen_class.waiting, tmp_path / "course")
    by_hand = given_by_hand(root)
    draw = random.Random(SEED)
    kept = verdicts_kept(root)
    for moment in moments(draw, seen_class.students, 3):
        with start(root, "grade", "lab", "--quiet") as process:
            while finished(root) < moment:
                assert process.poll() is None, process.communicate()
                time.sleep(0.03)
            os.kill(process.pid, signal.SIGSTOP)
            everyone = members(process.pid)
            kill([process.pid])
        assert all_gone(everyone)
        # What had been graded was not graded again: its verdicts were not written a second time.
        assert {name: verdicts_kept(root).get(name) for name in kept} == kept
        kept = verdicts_kept(root)
        assert given_by_hand(root) == by_hand
    code, _, err = grade(root)
    assert code == 0, err
    assert {name: verdicts_kept(root).get(name) for name in kept} == kept
    assert written(root) == written(seen_class.graded)
    assert not stray_files(root)
    assert not list(own_temporary_folder.iterdir())
