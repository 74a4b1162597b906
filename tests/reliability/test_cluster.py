"""Grading on a real Dask cluster: the verdicts of one machine, whatever happens to the others."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.grading.cluster.client import connect
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.report.records import as_record
from autograder.sandbox.mode import Mode
from tests.dask_cluster import Cluster, cluster
from tests.reliability.class_course import (
    assert_explained,
    grade,
    hand_in,
    make_class,
    records,
    start,
    stray_files,
    submission,
    written,
)
from tests.reliability.processes import all_gone, family, members

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

STUDENTS = 10
SLOW = "import time\ntime.sleep(3)\n\n\ndef half(x):\n    return x / 2"
ENDLESS = "while True:\n    pass"


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with two workers, of which the tests kill one."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as started:
        yield started


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    """A class that was not graded yet, in which two take their time."""
    root = make_class(tmp_path_factory.mktemp("class") / "waiting", blank_gradebook, STUDENTS)
    for student in ("s004", "s005"):
        hand_in(root, student, submission({"half": SLOW}))
    return root


def without_seconds(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"seconds": 0}


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_class_is_graded_as_on_one_machine_though_a_worker_is_killed(
    two_workers: Cluster, waiting: Path, tmp_path: Path
) -> None:
    here, there = (shutil.copytree(waiting, tmp_path / name) for name in ("here", "there"))
    # The same secret draws the same hidden inputs.
    results = list(grade_class(Course.open(here), ["lab"], None, Terms(Limits(), Mode.BUBBLEWRAP, workers=2)))
    shutil.copytree(here / ".autograder", there / ".autograder", ignore=lambda *_: ["cache", "receipts", "measures"])
    one, other = two_workers.workers
    with start(there, "grade", "lab", "--dask", two_workers.address, "--format", "json", "--quiet") as process:
        wait_until(lambda: process.poll() is not None or list(there.glob("autograded/*/lab/lab.ipynb")))
        wait_until(lambda: process.poll() is not None or family(one.pid)["student"])
        everyone = members(one.pid)
        one.kill()
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert {student: without_seconds(record) for student, record in records(out).items()} == {
        result.student: without_seconds(as_record(result)) for result in results
    }
    assert list(records(out)) == [f"s{number:03}" for number in range(STUDENTS)]
    assert written(there) == written(here)
    assert not stray_files(there)
    # What the killed one had started died with it; what the other one had started ended with the run.
    assert all_gone({number: birth for number, birth in everyone.items() if number != one.pid})
    assert not any(family(other.pid).values())
    assert other.poll() is None


def test_an_interrupt_leaves_nothing_running_at_the_workers(
    two_workers: Cluster, waiting: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(waiting, tmp_path / "course")
    hand_in(root, f"s{STUDENTS - 1:03}", submission({"half": ENDLESS}))
    worker = two_workers.workers[1]
    with start(root, "grade", "lab", "--dask", two_workers.address, "--quiet", "--cell-seconds", "600") as process:
        others = STUDENTS - 1
        wait_until(lambda: process.poll() is not None or len(list(root.glob(".autograder/cache/*/*.json"))) == others)
        wait_until(lambda: process.poll() is not None or family(worker.pid)["student"])
        everyone = members(worker.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, ""), err
    assert "run the same command to go on" in err
    assert_explained(err)
    assert not any(family(worker.pid).values())
    assert all_gone({number: birth for number, birth in everyone.items() if number != worker.pid})
    assert worker.poll() is None


def test_a_cluster_that_cannot_be_reached_is_told(waiting: Path, tmp_path: Path) -> None:
    root = shutil.copytree(waiting, tmp_path / "course")
    code, out, err = grade(root, "--dask", "tcp://127.0.0.1:9")
    assert (code, out) == (1, ""), err
    assert "The Dask scheduler tcp://127.0.0.1:9 can't be reached" in err
    assert "dask scheduler" in err
    assert_explained(err)
    assert not (root / "autograded").exists()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tls://127.0.0.1:9", "wants certificates"),
        ("ftp://127.0.0.1:9", "is no address of a Dask scheduler"),
        ("scheduler", "is no address"),
    ],
)
def test_an_address_to_which_there_is_no_way_is_told_at_once(address: str, told: str) -> None:
    with pytest.raises(ExpectedError, match=told), connect(address):
        pass


def test_a_worker_without_a_sandbox_grades_nothing(waiting: Path, tmp_path: Path) -> None:
    root = shutil.copytree(waiting, tmp_path / "course")
    programs = tmp_path / "programs"
    programs.mkdir()
    with cluster(tmp_path, 1, variables={"PATH": os.fspath(programs)}) as started:
        code, out, err = grade(root, "--dask", started.address)
    told = " ".join(err.split())
    assert (code, out) == (1, ""), err
    assert "The Dask worker worker-0 on " in told
    assert "bubblewrap" in told
    assert_explained(err)
    assert not (root / "autograded").exists()
