import pytest

from autograder.build.cell_headers import CellLocation, complete_metadata
from autograder.cells import Role
from autograder.errors import ExpectedError
from autograder.untrusted.notebooks import role_of

LOCATION = CellLocation("course/squares.py", 12, 13, "cell 'square'")


@pytest.mark.parametrize(
    ("given", "kind", "role", "points"),
    [
        ({"grade_id": "a", "solution": True}, "code", Role.SOLUTION, None),
        ({"grade_id": "a", "grade": True, "points": 2}, "code", Role.TEST, 2),
        ({"grade_id": "a", "grade": True, "solution": True, "points": 1.5}, "code", Role.ANSWER, 1.5),
        ({"grade_id": "a", "grade": True, "points": 2}, "markdown", Role.ANSWER, 2),
        ({"grade_id": "a", "solution": True, "points": 2}, "markdown", Role.ANSWER, 2),
        ({"grade_id": "a", "task": True, "points": 0}, "markdown", Role.TASK, 0),
        ({"grade_id": "a", "locked": True}, "code", Role.LOCKED, None),
        ({"grade_id": "a"}, "code", Role.LOCKED, None),
    ],
)
def test_short_metadata_are_completed(given: dict[str, object], kind: str, role: Role, points: float | None) -> None:
    metadata = complete_metadata(given, kind, LOCATION)
    assert role_of(metadata) is role
    assert metadata.get("points") == points
    assert metadata["schema_version"] == 3
    assert metadata["locked"] is not metadata["solution"]


def test_a_cell_without_metadata_is_free() -> None:
    assert role_of({}) is Role.FREE


@pytest.mark.parametrize(
    ("given", "kind", "problem"),
    [
        ([], "code", "not a JSON object"),
        ({"solution": True}, "code", "grade id is missing"),
        ({"grade_id": "two words", "solution": True}, "code", "malformed"),
        ({"grade_id": "a" * 65, "solution": True}, "code", "malformed"),
        ({"grade_id": "a", "solutions": True}, "code", "knows no 'solutions'"),
        ({"grade_id": "a", "solution": "true"}, "code", "neither true nor false"),
        ({"grade_id": "a", "grade": True}, "code", "has no points"),
        ({"grade_id": "a", "task": True}, "markdown", "has no points"),
        ({"grade_id": "a", "grade": True, "points": -1}, "code", "not a number of points"),
        ({"grade_id": "a", "grade": True, "points": True}, "code", "not a number of points"),
        ({"grade_id": "a", "grade": True, "points": float("nan")}, "code", "not a number of points"),
        ({"grade_id": "a", "solution": True, "points": 1}, "code", "nothing in it is graded"),
        ({"grade_id": "a", "solution": True, "locked": True}, "code", "locked cell that the student should fill in"),
        ({"grade_id": "a", "task": True, "points": 1}, "code", "not a markdown cell"),
        ({"grade_id": "a", "task": True, "grade": True, "points": 1}, "code", "something else at once"),
        ({"grade_id": "a", "schema_version": 2}, "code", "schema 3"),
        ({"grade_id": "a"}, "raw", "raw cell"),
    ],
)
def test_metadata_that_make_no_sense_are_refused(given: object, kind: str, problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem) as refusal:
        complete_metadata(given, kind, LOCATION)
    assert refusal.value.problem.startswith("course/squares.py, line 12, cell 'square': ")
    assert refusal.value.cure
