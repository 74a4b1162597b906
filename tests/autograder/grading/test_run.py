"""A class is graded: submitted/ → verdicts → gradebook and autograded/."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cells import Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, Result, SubmissionStatus
from tests.autograder.conftest import MakeCell, MakeCourse

LIMITS = Limits(cell_seconds=5.0)
HIDDEN = re.compile(r"\n### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", re.DOTALL)


@pytest.fixture
def root(make_course: MakeCourse, make_cell: MakeCell) -> Path:
    """A course whose lab has two notebooks, handed in by five students in five ways."""

    def cells(name: str, answer: str) -> list[object]:
        solution = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {answer}\n    ### END SOLUTION"
        test = f"assert {name}(2) == 4\n### BEGIN HIDDEN TESTS\nassert {name}(3) == 9\n### END HIDDEN TESTS"
        return [make_cell(solution, Role.SOLUTION, name), make_cell(test, Role.TEST, f"{name}-test", 2)]

    root = make_course(first=cells("one", "return x * x"), second=cells("two", "return x ** 2"))
    for student in ("ann", "bob", "cid", "dee", "eve"):
        shutil.copytree(root / "source" / "lab", root / "submitted" / student / "lab")
        for path in (root / "submitted" / student / "lab").iterdir():
            notebook = json.loads(path.read_text())
            for cell in notebook["cells"]:
                cell["source"] = HIDDEN.sub("", "".join(cell["source"]))
            path.write_text(json.dumps(notebook))
    change(root, "bob", "one", "return x * x", "return 2 * x")
    (root / "submitted" / "cid" / "lab" / "second.ipynb").unlink()
    for name in ("first", "second"):
        (root / "submitted" / "dee" / "lab" / f"{name}.ipynb").write_text("not a notebook")
    (root / "submitted" / "eve" / "lab" / "first.ipynb").write_text("[]")
    return root


def change(root: Path, student: str, name: str, old: str, new: str) -> None:
    for path in (root / "submitted" / student).rglob("*.ipynb"):
        path.write_text(path.read_text().replace(old, new) if name in path.read_text() else path.read_text())


def grade(root: Path, students: Sequence[str] | None = None, workers: int = 2) -> list[Result]:
    course = Course.open(root)
    return list(grade_class(course, ["lab"], students, Terms(LIMITS, Mode.BUBBLEWRAP, workers=workers)))


def scores(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions("lab")}


def test_every_submission_gets_its_result_and_none_stops_the_class(root: Path) -> None:
    results = {result.student: result for result in grade(root)}
    assert list(results) == ["ann", "bob", "cid", "dee", "eve"]
    assert {name: (result.score, result.max_score) for name, result in results.items()} == {
        "ann": (4.0, 4.0),
        "bob": (2.0, 4.0),
        "cid": (2.0, 4.0),
        "dee": (0.0, 4.0),
        "eve": (2.0, 4.0),
    }
    status = {name: result.status for name, result in results.items()}
    assert [name for name in status if status[name] is SubmissionStatus.QUARANTINED] == ["dee", "eve"]
    assert "first.ipynb" in results["dee"].reason
    assert "not handed in" in results["cid"].cells[1].message
    assert results["bob"].cells[0].status is CellStatus.FAILED
    assert "hidden test" in results["bob"].cells[0].message
    assert scores(root) == {name: result.score for name, result in results.items()}


def test_what_is_written_holds_no_hidden_test(root: Path) -> None:
    grade(root)
    for path in (root / "autograded").rglob("*.ipynb"):
        assert "(3)" not in path.read_text()
        assert json.loads(path.read_text())["nbformat"] == 4


@pytest.mark.slow
def test_a_regrade_gives_the_same_scores_and_keeps_what_a_person_gave(root: Path) -> None:
    grade(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("one-test", "first", "lab", "bob").manual_score = 1.5
        gradebook.db.commit()
    before = scores(root)
    assert before["bob"] == 3.5
    assert [result.score for result in grade(root, workers=1)] == [4.0, 2.0, 2.0, 0.0, 2.0]
    assert scores(root) == before


@pytest.mark.slow
def test_a_changed_test_is_applied_by_a_regrade(root: Path) -> None:
    grade(root, ["ann"])
    path = root / "source" / "lab" / "first.ipynb"
    path.write_text(path.read_text().replace("one(3) == 9", "one(3) == 10"))
    assert grade(root, ["ann"])[0].score == 2.0


def test_unknown_students_and_labs_are_expected_errors_before_anything_runs(root: Path) -> None:
    with pytest.raises(ExpectedError, match="zoe"):
        grade(root, ["ann", "zoe"])
    with pytest.raises(ExpectedError, match="lob"):
        list(grade_class(Course.open(root), ["lob"], None, Terms(LIMITS, Mode.BUBBLEWRAP, workers=1)))
    assert not (root / "autograded").exists()


@pytest.mark.slow
def test_a_run_that_is_stopped_leaves_what_it_wrote_and_can_go_on(root: Path) -> None:
    course = Course.open(root)
    run = grade_class(course, ["lab"], None, Terms(LIMITS, Mode.BUBBLEWRAP, workers=1))
    assert next(run).student == "ann"
    run.close()
    assert scores(root) == {"ann": 4.0}
    assert len(grade(root)) == 5
