"""Interrupts, ends by SIGTERM, and two graders at once: everything is ended, and the same command goes on."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import nbformat
import pytest

from tests.reliability.class_course import (
    assert_explained,
    grade,
    gradebook,
    hand_in,
    make_class,
    start,
    stray_files,
    submission,
    written,
)
from tests.reliability.processes import all_gone, members

pytestmark = pytest.mark.xdist_group("interruptions")
ENDLESS = "while True:\n    pass"


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> tuple[Path, Path]:
    """Two copies of a class of 8: one that was not graded yet, and one that was."""
    waiting = make_class(tmp_path_factory.mktemp("class") / "waiting", blank_gradebook, 8)
    graded = shutil.copytree(waiting, waiting.with_name("graded"))
    code, _, err = grade(graded)
    assert code == 0, err
    return waiting, graded


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until there is such a file, as long as the grader lives."""
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        pytest.param(signal.SIGINT, 130, "Interrupted", id="SIGINT"),
        pytest.param(signal.SIGTERM, 143, "Interrupted", id="SIGTERM", marks=pytest.mark.slow),
    ],
)
def test_a_grader_that_is_told_to_end_ends_everything_and_can_go_on(
    small_class: tuple[Path, Path], tmp_path: Path, own_temporary_folder: Path, number: int, code: int, told: str
) -> None:
    waiting, graded = small_class
    root = shutil.copytree(waiting, tmp_path / "course")
    hand_in(root, "s004", submission({"half": ENDLESS}))
    with start(root, "grade", "lab", "--quiet", "--workers", "1", "--cell-seconds", "600") as process:
        wait_for(root / "autograded" / "s003" / "lab" / "lab.ipynb", process)
        everyone = members(process.pid)
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out) == (code, ""), err
    assert told in err
    assert "run the same command to go on" in err
    assert_explained(err)
    assert all_gone(everyone)
    assert not stray_files(root)
    assert not list(own_temporary_folder.iterdir())

    shutil.rmtree(root / "submitted" / "s004")
    shutil.copytree(waiting / "submitted" / "s004", root / "submitted" / "s004")
    code, _, err = grade(root)
    assert code == 0, err
    assert written(root) == written(graded)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["SIGINT", "SIGTERM", "SIGKILL"]
)
def test_an_instructors_notebook_that_never_ends_can_be_given_up(
    small_class: tuple[Path, Path], tmp_path: Path, own_temporary_folder: Path, number: int
) -> None:
    root = shutil.copytree(small_class[0], tmp_path / "course")
    path = root / "source" / "lab" / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    endless = f"open({str(tmp_path / 'begun')!r}, 'w').close()\n{ENDLESS}"
    notebook.cells[1].source = f"### BEGIN SOLUTION\n{endless}\n### END SOLUTION"
    nbformat.write(notebook, path)
    with start(root, "grade", "lab", "--quiet") as process:
        wait_for(tmp_path / "begun", process)
        everyone = members(process.pid)
        process.send_signal(number)
        _, err = process.communicate()
    assert_explained(err)
    assert all_gone(everyone)
    assert not list(own_temporary_folder.iterdir())


@pytest.mark.slow
def test_a_second_grader_of_a_course_is_told_so_and_changes_nothing(
    small_class: tuple[Path, Path], tmp_path: Path
) -> None:
    waiting, graded = small_class
    root = shutil.copytree(waiting, tmp_path / "course")
    with start(root, "grade", "lab", "--quiet", "--workers", "1") as first:
        wait_for(root / "autograded" / "s000" / "lab" / "lab.ipynb", first)
        os.kill(first.pid, signal.SIGSTOP)
        before = gradebook(root)
        code, out, err = grade(root)
        assert (code, out) == (1, "")
        assert "Another autograder is grading the course" in err
        assert "Wait until it has finished" in err
        assert gradebook(root) == before
        os.kill(first.pid, signal.SIGCONT)
        _, err = first.communicate()
    assert first.returncode == 0, err
    assert written(root) == written(graded)
