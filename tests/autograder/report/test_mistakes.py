from autograder.report.mistakes import mistakes_of
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.check.diagnosis import NotYet, describe


def failed(grade_id: str, misconception: str | None = None, key: str = "") -> CellVerdict:
    message = str(NotYet(describe(key, "returns-nothing"))) if key else ""
    return CellVerdict(grade_id, 0.0, 1.0, CellStatus.FAILED, message, misconception)


def right(grade_id: str) -> CellVerdict:
    return CellVerdict(grade_id, 1.0, 1.0, CellStatus.PASSED)


def graded(student: str, *cells: CellVerdict) -> Result:
    return Result(student, "lab", SubmissionStatus.GRADED, cells)


def test_a_mistake_that_costs_five_exercises_is_one_student_s_and_says_where_it_came_first() -> None:
    five = [str(number) for number in range(1, 6)]
    results = [
        graded("ben", *(failed(each, "graph-cut") for each in five)),
        graded("amy", right("1"), failed("2", "graph-cut"), *map(right, five[2:])),
        graded("cleo", *map(right, five)),
        graded("dan", *map(right, five)),
    ]
    (found,) = mistakes_of(results, {"1": "Exercise 1"})
    assert (found.students, found.share, found.spread) == (("amy", "ben"), 0.5, 4)
    assert [(place.title, place.students, place.first) for place in found.places][:3] == [
        ("Exercise 1", 1, 1),
        ("2", 2, 1),
        ("3", 1, 0),
    ]


def test_findings_without_an_id_and_endings_count_too_and_stubs_do_not() -> None:
    results = [
        graded("amy", failed("1", key="fresh-starts"), CellVerdict("2", 0.0, 1.0, CellStatus.TIMED_OUT)),
        graded("ben", failed("1", key="fresh-starts"), failed("2", key="not-written")),
    ]
    assert [(each.diagnosis.key, each.diagnosis.named, each.students) for each in mistakes_of(results, {})] == [
        ("fresh-starts", False, ("amy", "ben")),
        ("timed out", False, ("amy",)),
    ]
