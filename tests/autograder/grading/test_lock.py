"""One grader at a time; what a killed one has left unfinished is removed."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.grading.lock import course_lock
from tests.autograder.conftest import MakeCourse


@pytest.fixture
def course(make_course: MakeCourse) -> Course:
    return Course.open(make_course())


def make(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def test_one_grader_alone_holds_the_lock(course: Course) -> None:
    with course_lock(course):
        with pytest.raises(ExpectedError, match="Another autograder") as refused, course_lock(course):
            pass
        assert "Wait until it has finished" in refused.value.cure
    with course_lock(course):
        pass


def test_an_error_releases_the_lock(course: Course) -> None:
    with pytest.raises(KeyError), course_lock(course):
        raise KeyError
    with course_lock(course):
        pass


def test_what_was_left_half_done_is_cleared_away_and_nothing_else(course: Course) -> None:
    left = [
        make(course.root / "autograded" / "ann" / ".autograded-x1" / "lab.ipynb"),
        make(course.state / "cache" / "ab" / ".unfinished-x2"),
        make(course.state / ".unfinished-x3"),
    ]
    kept = [
        make(course.root / "autograded" / "ann" / "lab" / "lab.ipynb"),
        make(course.root / "submitted" / "ann" / "lab" / ".autograded-x1"),
        make(course.state / "cache" / "ab" / "abc.json"),
        make(course.state / "secret"),
    ]
    with course_lock(course):
        assert not any(path.exists() for path in left)
        assert not left[0].parent.exists()
        assert all(path.exists() for path in kept)


def test_an_earlier_folder_that_was_already_moved_away_is_put_back(course: Course) -> None:
    autograded = course.root / "autograded"
    make(autograded / "ann" / ".replaced-x1" / "lab" / "lab.ipynb").write_text("earlier")
    make(autograded / "bob" / ".replaced-x2" / "lab" / "lab.ipynb").write_text("earlier")
    make(autograded / "bob" / "lab" / "lab.ipynb").write_text("later")
    with course_lock(course):
        pass
    assert (autograded / "ann" / "lab" / "lab.ipynb").read_text() == "earlier"
    assert (autograded / "bob" / "lab" / "lab.ipynb").read_text() == "later"
    assert not list(autograded.glob("*/.replaced-*"))


def test_a_folder_that_cannot_be_written_is_told(course: Course) -> None:
    course.state.write_text("a file where a folder should be")
    with pytest.raises(ExpectedError, match=r"\.autograder"), course_lock(course):
        pass
