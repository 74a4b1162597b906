"""``nbgrader autograde`` with our nbgrader_config.py: through the wall, and with nbgrader's scores."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from warnings import catch_warnings, simplefilter

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning

import autograder.preprocessor
from autograder.autograded.store import read_results
from autograder.cells import Cell, Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import record_lab
from autograder.grading.level_store import LevelStore
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.lock import course_lock
from autograder.grading.terms import Terms
from autograder.grading.unfit_tests import excluded_verdict
from autograder.limits import Limits
from autograder.preprocessor import GradeBehindWall, SharedExecutor
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, Level, NotebookResult, SubmissionStatus, TestLevel

TERMS = Terms(Limits(), Mode.NONE)
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
    record_lab(course, "lab")
    return course


def test_nbgraders_own_command_goes_through_the_wall(course: Course, run_nbgrader: Callable[..., str]) -> None:
    handed_in = course.root / "submitted" / "right" / "lab"
    for name in ("notes.shtml", "random.py", "numbers.csv"):
        (handed_in / name).write_text("1,2")
    run_nbgrader(course.root, "autograde", "lab")
    written = {path.name for path in (course.root / "autograded" / "right" / "lab").iterdir()}
    assert written == {"main.ipynb", "notes_shtml.bin", "random_py.bin", "numbers.csv"}
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
    broke = CellVerdict("f-test", None, 2.0, CellStatus.BROKE, "the judge ended without any output")

    def ended(*_: object, **__: object) -> NotebookResult:
        return NotebookResult("main", (CellOutcome(), CellOutcome(verdict=broke)))

    monkeypatch.setattr(LocalExecutor, "judge", ended)
    monkeypatch.chdir(course.root)
    names = {"student": "right", "assignment": "lab", "notebook": "main", "db_url": course.gradebook_url}
    with pytest.raises(RuntimeError, match="f-test: the judge ended without any output"):
        GradeBehindWall().preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})


def test_the_points_of_a_test_that_can_be_run_for_nobody_wait_for_a_person(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader's own steps run, in the order of our configuration; they know no test without a verdict."""
    unfit = TestLevel("f-test", Level.NONE, "hidden f(21)", "Mend it.")
    verdict = excluded_verdict(Cell("code", Role.TEST, TEST, "f-test", 2.0))

    def left_out(*_: object, **__: object) -> NotebookResult:
        return NotebookResult("main", (CellOutcome(), CellOutcome(verdict=verdict)), levels=(unfit,))

    def autograde() -> None:
        directory = CourseDirectory(parent=course.application, root=str(course.root), assignment_id="lab")
        directory.db_url, directory.student_id = course.gradebook_url, "right"
        with catch_warnings():
            # nbgrader's own way to add a submission warns.
            simplefilter("ignore", SAWarning)
            Autograde(coursedir=directory, parent=course.application, force=True).start()

    monkeypatch.setattr(LocalExecutor, "judge", left_out)
    monkeypatch.chdir(course.root)
    autograde()
    (result,) = read_results(course, "lab")
    assert (result.status, result.cells) == (SubmissionStatus.GRADED, (verdict,))
    assert LevelStore(course.state).find("lab", ["main"]) == (unfit,)
    for path in course.root.glob("autograded/**/*.ipynb"):
        assert "f(21)" not in path.read_text(encoding="utf-8")
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("f-test", "main", "lab", "right")
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (None, None, True)
        # As formgrader does.
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    autograde()
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("f-test", "main", "lab", "right")
        assert (grade.auto_score, grade.score, grade.needs_manual_grade) == (None, 1.5, False)
    # nbgrader begins by removing what was graded.
    with course_lock(course), pytest.raises(NbGraderException, match="Another autograder is grading the course"):
        autograde()
    (result,) = read_results(course, "lab")
    assert result.cells == (verdict,)


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


def test_nobody_is_graded_while_another_grader_holds_the_lock(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    names = {"student": "right", "assignment": "lab", "notebook": "main", "db_url": course.gradebook_url}
    with course_lock(course), pytest.raises(ExpectedError, match="Another autograder is grading"):
        GradeBehindWall().preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})


def test_runs_that_follow_one_another_share_an_executor(tmp_path: Path) -> None:
    shared = SharedExecutor(idle_seconds=600)
    with shared.use(tmp_path, TERMS) as first:
        pass
    with shared.use(tmp_path, TERMS) as second:
        assert second is first
    with shared.use(tmp_path / "another", TERMS) as elsewhere:
        assert elsewhere is not first
    shared.close()
    with shared.use(tmp_path / "another", TERMS) as later:
        assert later is not elsewhere
    shared.close()


def test_an_executor_that_failed_is_not_used_again(tmp_path: Path) -> None:
    shared = SharedExecutor(idle_seconds=600)
    with pytest.raises(RuntimeError, match="the judge ended"), shared.use(tmp_path, TERMS) as failed:
        raise RuntimeError("the judge ended")
    with shared.use(tmp_path, TERMS) as fresh:
        assert fresh is not failed
    shared.close()


def test_an_unused_executor_ends(tmp_path: Path) -> None:
    shared = SharedExecutor(idle_seconds=0)
    with shared.use(tmp_path, TERMS) as first:
        pass
    deadline = time.monotonic() + 60
    lent = first
    while lent is first:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        with shared.use(tmp_path, TERMS) as lent:
            pass
    shared.close()
