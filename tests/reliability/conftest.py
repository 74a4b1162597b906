"""Classes that were graded once without disturbance, to which disturbed runs are compared."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reliability.class_course import grade, grade_by_hand, hand_in, make_class, submission

SEEN = ("s001", "s004", "s007")
"""Students whose answers a person has looked at before the class is graded."""


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own for what the grader writes outside of the course."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@dataclass(frozen=True)
class GradedClass:
    """A class before and after it was graded.

    Attributes:
        students: how many students it has.
        waiting: the course, of which a person has seen the answers of `SEEN` before the rest is graded.
        graded: a copy that was graded without disturbance.
    """

    students: int
    waiting: Path
    graded: Path


@pytest.fixture(scope="module")
def seen_class(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path
) -> GradedClass:
    """A class of so many students as the test asks for as the fixture's parameter."""
    waiting = make_class(tmp_path_factory.mktemp("class") / "waiting", blank_gradebook, request.param)
    code, _, err = grade(waiting, *(word for student in SEEN for word in ("--student", student)))
    assert code == 0, err
    for number, student in enumerate(SEEN):
        grade_by_hand(waiting, student, "why", 1.5 + number / 2, f"Well said, {student}.")
        grade_by_hand(waiting, student, "square-test", 1.0, "The idea is right.")
    # One of them hands in again: what the person gave stays, and is to be looked at once more.
    hand_in(waiting, SEEN[0], submission({"cube": "def cube(x):\n    return -x"}, "I thought again."))
    graded = shutil.copytree(waiting, waiting.with_name("graded"))
    code, _, err = grade(graded)
    assert code == 0, err
    return GradedClass(request.param, waiting, graded)
