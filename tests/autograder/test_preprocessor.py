"""``nbgrader autograde`` with our nbgrader_config.py: through the wall, and with nbgrader's scores."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

import autograder.preprocessor
from autograder.autograded.store import read_results
from autograder.cells import Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.grading.lock import turn
from autograder.preprocessor import GradeBehindWall, WarmBench
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult

MakeCell = Callable[..., NotebookNode]
MakeCourse = Callable[..., Path]

OURS = (Path(autograder.preprocessor.__file__).parents[1] / "nbgrader_config.py").read_text(encoding="utf-8")
SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(21) == 42\n### END HIDDEN TESTS"
CHEAT = (
    "import builtins, sys\nfrom IPython import get_ipython\n"
    "class Same:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
    "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])\n"
    "def f(x): return Same()\n"
)


@pytest.fixture
def course(make_cell: MakeCell, make_course: MakeCourse) -> Course:
    """A course of ours with four submissions: right, wrong, cheating, and with two cells of one id."""
    root = make_course(
        OURS.replace("c = get_config()", ""),
        main=[make_cell(SOLUTION, Role.SOLUTION, "f"), make_cell(TEST, Role.TEST, "f-test", 2)],
    )
    public = make_cell("assert f(1) == 2", Role.TEST, "f-test", 2)
    again = make_cell("assert f(1) == 2", Role.TEST, "f-test", 2)
    right = make_cell("def f(x): return x + x", Role.SOLUTION, "f")
    for student, cells in {
        "right": [right, public],
        "wrong": [make_cell("def f(x): return 2", Role.SOLUTION, "f"), public],
        "cheat": [make_cell(CHEAT, Role.SOLUTION, "f"), make_cell("pass", Role.TEST, "f-test", 200)],
        "twice": [make_cell(SOLUTION.replace("###", "#"), Role.SOLUTION, "f"), right, public, again],
    }.items():
        folder = root / "submitted" / student / "lab"
        folder.mkdir(parents=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "main.ipynb")
    course = Course.open(root)
    course.record("lab")
    return course


def test_nbgraders_own_command_goes_through_the_wall(course: Course, run_nbgrader: Callable[..., str]) -> None:
    run_nbgrader(course.root, "autograde", "lab")
    results = {result.student: result for result in read_results(course, "lab")}
    assert {student: result.score for student, result in results.items()} == {
        "right": 2.0, "twice": 2.0, "wrong": 0.0, "cheat": 0.0
    }  # fmt: skip
    assert all(result.sandboxed for result in results.values())
    with Gradebook(course.gradebook_url, course.course_id) as gradebook:
        scores = {row["student"]: (row["score"], row["max_score"]) for row in gradebook.submission_dicts("lab")}
    assert scores == {"right": (2.0, 2.0), "twice": (2.0, 2.0), "wrong": (0.0, 2.0), "cheat": (0.0, 2.0)}
    run_nbgrader(course.root, "generate_feedback", "lab")
    for page in course.root.glob("feedback/*/lab/main.html"):
        assert "f(21)" not in page.read_text(encoding="utf-8")


def test_nothing_is_recorded_when_the_grader_breaks(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    broke = CellVerdict("f-test", None, 2.0, CellStatus.BROKE, "the judge ended without a word")

    def ended(*_: object, **__: object) -> NotebookResult:
        return NotebookResult("main", (CellOutcome(), CellOutcome(verdict=broke)))

    monkeypatch.setattr(autograder.preprocessor, "_grade", ended)
    monkeypatch.chdir(course.root)
    names = {"student": "right", "assignment": "lab", "notebook": "main", "db_url": course.gradebook_url}
    with pytest.raises(RuntimeError, match="f-test: the judge ended without a word"):
        GradeBehindWall().preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})


@pytest.mark.slow
def test_a_submission_that_cannot_be_read_fails_alone(course: Course) -> None:
    (course.root / "submitted" / "wrong" / "lab" / "main.ipynb").write_text("{", encoding="utf-8")
    for student in ("cheat", "twice"):
        (course.root / "submitted" / student / "lab" / "main.ipynb").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "lab"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "for student 'wrong'" in done.stderr
    assert [(result.student, result.score) for result in read_results(course, "lab")] == [("right", 2.0)]
    with Gradebook(course.gradebook_url, course.course_id) as gradebook:
        grade = gradebook.find_grade("f-test", "main", "lab", "wrong")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


def test_nobody_is_graded_while_another_grader_has_its_turn(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    names = {"student": "right", "assignment": "lab", "notebook": "main", "db_url": course.gradebook_url}
    with turn(course), pytest.raises(ExpectedError, match="Another autograder is grading"):
        GradeBehindWall().preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})


def test_runs_that_follow_one_another_share_a_bench(tmp_path: Path) -> None:
    warm = WarmBench(idle_seconds=600)
    with warm.use(tmp_path, Mode.NONE) as first:
        pass
    with warm.use(tmp_path, Mode.NONE) as second:
        assert second is first
    with warm.use(tmp_path / "another", Mode.NONE) as elsewhere:
        assert elsewhere is not first
    warm.close()
    with warm.use(tmp_path / "another", Mode.NONE) as later:
        assert later is not elsewhere
    warm.close()


def test_a_bench_that_failed_is_not_used_again(tmp_path: Path) -> None:
    warm = WarmBench(idle_seconds=600)
    with pytest.raises(RuntimeError, match="the judge ended"), warm.use(tmp_path, Mode.NONE) as failed:
        raise RuntimeError("the judge ended")
    with warm.use(tmp_path, Mode.NONE) as fresh:
        assert fresh is not failed
    warm.close()


def test_a_bench_that_nobody_uses_ends(tmp_path: Path) -> None:
    warm = WarmBench(idle_seconds=0)
    with warm.use(tmp_path, Mode.NONE) as first:
        pass
    deadline = time.monotonic() + 60
    lent = first
    while lent is first:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        with warm.use(tmp_path, Mode.NONE) as lent:
            pass
    warm.close()
