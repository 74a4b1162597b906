from dataclasses import replace

import pytest

from autograder.report.summary import summarise
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus


def cell(grade_id: str, points: float | None, of: float = 2, misconception: str | None = None) -> CellVerdict:
    if points is None:
        status = CellStatus.MANUAL
    else:
        status = CellStatus.PASSED if points == of else CellStatus.PARTIAL if points else CellStatus.FAILED
    return CellVerdict(grade_id, points, of, status, misconception=misconception)


def graded(student: str, *cells: CellVerdict, flags: tuple[str, ...] = (), sandboxed: bool = True) -> Result:
    return Result(student, "lab", SubmissionStatus.GRADED, cells, flags=flags, sandboxed=sandboxed)


UNREADABLE = Result("zoe", "lab", SubmissionStatus.QUARANTINED, reason="lab.ipynb is not JSON.")
BROKEN = Result("yan", "lab", SubmissionStatus.BROKEN, reason="The judge stopped.")


def test_a_class_adds_up() -> None:
    results = [
        UNREADABLE,
        graded("ben", cell("one", 0, misconception="ascent-sign"), cell("two", 2), cell("why", None, 4)),
        graded("amy", cell("one", 2), cell("two", 1), cell("why", None, 4), flags=("The process was killed.",)),
    ]
    summary = summarise("lab", results, {"one": "Exercise 1", "why": "In your own words"})

    assert [result.student for result in summary.results] == ["amy", "ben", "zoe"]
    assert [result.student for result in summary.graded] == ["amy", "ben"]
    assert summary.max_score == 8
    assert (summary.mean, summary.median, summary.waiting) == (2.5, 2.5, 4)
    assert summary.bins == (0, 0, 1, 1, 0, 0, 0, 0, 0, 0)
    assert [(each.title, each.share) for each in summary.exercises] == [
        ("Exercise 1", 0.5),
        ("two", 0.75),
        ("In your own words", None),
    ]
    assert summary.exercises[0].counts == {CellStatus.PASSED: 1, CellStatus.FAILED: 1}
    assert summary.hardest == summary.exercises[0]
    assert [
        (each.diagnosis.key, each.students, [place.title for place in each.places]) for each in summary.mistakes
    ] == [("ascent-sign", ("ben",), ["Exercise 1"])]
    assert [(each.kind, each.students) for each in summary.attention] == [
        ("unreadable", ("zoe",)),
        ("flag", ("amy",)),
        ("question", ("amy", "ben")),
    ]
    assert summary.in_need == {"amy", "ben", "zoe"}
    assert (summary.answers_waiting, summary.outside) == (2, 0)


def test_the_most_frequent_misconception_comes_first_and_counts_a_student_once() -> None:
    results = [
        graded("a", cell("one", 0, misconception="rebinding-leaf"), cell("two", 0, misconception="rebinding-leaf")),
        graded("b", cell("one", 0, misconception="ascent-sign")),
        graded("c", cell("one", 0, misconception="ascent-sign")),
    ]
    found = summarise("lab", results).mistakes
    assert [(each.diagnosis.key, each.students) for each in found] == [
        ("ascent-sign", ("b", "c")),
        ("rebinding-leaf", ("a",)),
    ]
    assert [(place.title, place.students, place.first) for place in found[1].places] == [("one", 1, 1), ("two", 1, 0)]
    assert [each.share for each in found] == [2 / 3, 1 / 3]


@pytest.mark.parametrize(
    ("points", "place"), [(0, 0), (0.999, 0), (1, 1), (7, 7), (8.999, 8), (9, 9), (10, 9), (12, 9)]
)
def test_a_score_is_in_the_tenth_in_which_it_is_written(points: float, place: int) -> None:
    bins = summarise("lab", [graded("a", cell("one", points, 10))]).bins
    assert bins[place] == 1
    assert sum(bins) == 1


def test_seven_tenths_in_steps_are_seven_tenths() -> None:
    verdicts = [cell(str(index), 0.1, 0.1) for index in range(7)] + [cell(str(index), 0, 0.1) for index in range(7, 10)]
    assert summarise("lab", [graded("a", *verdicts)]).bins[7] == 1


def test_what_broke_is_neither_in_the_mean_nor_forgotten() -> None:
    summary = summarise("lab", [BROKEN, graded("a", cell("one", 2))])
    assert summary.mean == 2
    assert [(each.kind, each.reasons) for each in summary.attention] == [("broken", ("The judge stopped.",))]


def test_submissions_outside_the_sandbox_are_counted() -> None:
    assert summarise("lab", [graded("a"), graded("b", sandboxed=False)]).outside == 1


def test_time_is_told_with_the_slowest_and_those_that_did_not_end() -> None:
    endless = CellVerdict("one", 0.0, 2, CellStatus.TIMED_OUT)
    results = [replace(graded("a", cell("one", 2)), seconds=1.0), replace(graded("b", endless), seconds=9.0)]
    summary = summarise("lab", results)
    assert summary.time is not None
    assert (summary.time.total, summary.time.median, summary.time.long) == (10, 5, 9)
    assert [result.student for result in summary.time.slowest] == ["b", "a"]
    assert summary.time.timed_out == {"one": ("b",)}
    assert summary.timed_out_students == 1


def test_nobody_has_no_mean_and_no_hardest_exercise() -> None:
    summary = summarise("lab", [])
    assert (summary.mean, summary.median, summary.hardest, summary.max_score) == (None, None, None, 0)
    assert summary.bins == (0,) * 10


def test_exercises_that_went_equally_well_have_no_hardest() -> None:
    assert summarise("lab", [graded("a", cell("one", 2), cell("two", 2))]).hardest is None


def test_an_exercise_is_not_called_hard_while_one_answer_waits() -> None:
    results = [graded("a", cell("one", 2), cell("why", None, 4)), graded("b", cell("one", 1), cell("why", 0, 4))]
    summary = summarise("lab", results)
    assert [each.share for each in summary.exercises] == [0.75, None]
    assert summary.hardest is None
