from dataclasses import replace

import pytest

from autograder.repair.messages import CLAIMED, DELETED, SEVERAL, is_remarkable
from autograder.report.summary import (
    FEWEST_FOR_DISCRIMINATION,
    attention,
    discrimination,
    exercises_of,
    mistakes_of,
    summarise,
)
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.check.diagnosis import NotYet, describe


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
    assert [(each.title, each.facility) for each in summary.exercises] == [
        ("Exercise 1", 0.5),
        ("two", 0.75),
        ("In your own words", None),
    ]
    assert summary.exercises[0].counts == {CellStatus.PASSED: 1, CellStatus.FAILED: 1}
    assert summary.hardest == summary.exercises[0]
    assert [
        (each.diagnosis.key, each.students, [exercise.title for exercise in each.occurrences])
        for each in summary.mistakes
    ] == [("ascent-sign", ("ben",), ["Exercise 1"])]
    assert [(each.kind, each.students) for each in summary.attention] == [
        ("unreadable", ("zoe",)),
        ("flag", ("amy",)),
        ("question", ("amy", "ben")),
    ]
    assert summary.needing_attention == {"amy", "ben", "zoe"}
    assert (summary.answers_waiting, summary.unsandboxed) == (2, 0)


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
    assert [(it.title, it.students, it.first) for it in found[1].occurrences] == [("one", 1, 1), ("two", 1, 0)]
    assert [each.share for each in found] == [2 / 3, 1 / 3]


@pytest.mark.parametrize(
    ("points", "tenth"), [(0, 0), (0.999, 0), (1, 1), (7, 7), (8.999, 8), (9, 9), (10, 9), (12, 9)]
)
def test_a_score_is_in_the_tenth_in_which_it_is_written(points: float, tenth: int) -> None:
    bins = summarise("lab", [graded("a", cell("one", points, 10))]).bins
    assert bins[tenth] == 1
    assert sum(bins) == 1


def test_seven_tenths_in_steps_are_seven_tenths() -> None:
    verdicts = [cell(str(index), 0.1, 0.1) for index in range(7)] + [cell(str(index), 0, 0.1) for index in range(7, 10)]
    assert summarise("lab", [graded("a", *verdicts)]).bins[7] == 1


def test_what_broke_is_neither_in_the_mean_nor_forgotten() -> None:
    summary = summarise("lab", [BROKEN, graded("a", cell("one", 2))])
    assert summary.mean == 2
    assert [(each.kind, each.reasons) for each in summary.attention] == [("broken", ("The judge stopped.",))]


def test_means_are_means_of_what_was_graded() -> None:
    excluded = CellVerdict("lost", None, 6, CellStatus.EXCLUDED)
    unreadable = replace(UNREADABLE, cells=(cell("one", 0), cell("lost", 0, 6)))
    results = [unreadable, graded("a", cell("one", 2), excluded), graded("b", cell("one", 1), excluded)]
    summary = summarise("lab", results)
    assert (summary.mean, summary.max_score) == (1.5, 2)
    assert summary.bins == (0, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    one, lost = summary.exercises
    assert (one.facility, one.excluded) == (0.75, 0)
    assert (lost.facility, lost.mean, lost.waiting, lost.excluded) == (None, None, 0, 2)
    assert summary.needing_attention == {"zoe"}
    assert summary.answers_waiting == 0
    # A person decides for one of them.
    decided = summarise("lab", [graded("a", cell("one", 2), cell("lost", 3, 6)), results[2]])
    assert (decided.max_score, decided.exercises[1].facility) == (8, 0.5)


def test_submissions_outside_the_sandbox_are_counted() -> None:
    assert summarise("lab", [graded("a"), graded("b", sandboxed=False)]).unsandboxed == 1


def test_time_is_told_with_the_slowest_and_those_that_did_not_end() -> None:
    endless = CellVerdict("one", 0.0, 2, CellStatus.TIMED_OUT)
    results = [replace(graded("a", cell("one", 2)), seconds=1.0), replace(graded("b", endless), seconds=9.0)]
    summary = summarise("lab", results)
    assert summary.time is not None
    assert (summary.time.total, summary.time.median, summary.time.percentile_95) == (10, 5, 9)
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
    assert [each.facility for each in summary.exercises] == [0.75, None]
    assert summary.hardest is None


STUB = str(NotYet(describe("not-written", "returns-nothing")))


def verdict(points: float | None, status: CellStatus, misconception: str | None = None, text: str = "") -> CellVerdict:
    return CellVerdict("one", points, 2.0, status, text, misconception)


def one_each(*cells: CellVerdict) -> list[Result]:
    return [Result(f"s{number}", "lab", SubmissionStatus.GRADED, (cell,)) for number, cell in enumerate(cells)]


def test_full_marks_part_of_them_none_and_unwritten_are_told_apart() -> None:
    (found,) = exercises_of(
        one_each(
            verdict(2.0, CellStatus.PASSED),
            verdict(1.0, CellStatus.PARTIAL, "ascent-sign"),
            verdict(0.0, CellStatus.FAILED, "ascent-sign"),
            verdict(0.0, CellStatus.FAILED, "stale-point"),
            verdict(0.0, CellStatus.FAILED, text=STUB),
        ),
        {"one": "Exercise 1"},
    )
    assert (found.title, found.full, found.partial, found.none, found.unwritten, found.waiting) == (
        "Exercise 1",
        1,
        1,
        2,
        1,
        0,
    )
    assert (found.facility, found.mean, found.discrimination) == (0.3, 0.6, None)
    assert found.commonest is not None
    assert (found.commonest.key, found.commonest_count) == ("ascent-sign", 2)


def test_while_an_answer_waits_nothing_is_averaged() -> None:
    (found,) = exercises_of(one_each(verdict(None, CellStatus.MANUAL), verdict(2.0, CellStatus.PASSED)), {})
    assert (found.waiting, found.facility, found.mean, found.commonest) == (1, None, None, None)


def test_a_large_class_shows_how_well_an_exercise_tells_students_apart() -> None:
    results = [
        Result(
            f"s{number}",
            "lab",
            SubmissionStatus.GRADED,
            (
                CellVerdict("one", float(number % 2), 1.0, CellStatus.PASSED),
                CellVerdict("two", float(number % 2), 1.0, CellStatus.PASSED),
                CellVerdict("odd", float(1 - number % 2), 1.0, CellStatus.PASSED),
                CellVerdict("three", float(number % 2), 1.0, CellStatus.PASSED),
            ),
        )
        for number in range(20)
    ]
    one, _, odd, _ = exercises_of(results, {})
    assert one.discrimination is not None
    assert odd.discrimination is not None
    assert one.discrimination > 0.9
    assert odd.discrimination < -0.9


def failed(grade_id: str, misconception: str | None = None, key: str = "") -> CellVerdict:
    message = str(NotYet(describe(key, "returns-nothing"))) if key else ""
    return CellVerdict(grade_id, 0.0, 1.0, CellStatus.FAILED, message, misconception)


def right(grade_id: str) -> CellVerdict:
    return CellVerdict(grade_id, 1.0, 1.0, CellStatus.PASSED)


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
    assert [(each.title, each.students, each.first) for each in found.occurrences][:3] == [
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


FORGED = CLAIMED.format("'descend-test'")


def test_the_urgent_comes_first_and_the_same_reason_is_told_once() -> None:
    waiting = (CellVerdict("why", None, 4.0, CellStatus.MANUAL),)
    results = [
        Result("amy", "lab", SubmissionStatus.GRADED, waiting),
        Result("ben", "lab", SubmissionStatus.GRADED, waiting, repairs=(FORGED, "A label was lost.")),
        Result("cleo", "lab", SubmissionStatus.GRADED, repairs=(FORGED,)),
        Result("dan", "lab", SubmissionStatus.GRADED, flags=("The process was killed.",), repairs=(FORGED,)),
        Result("eve", "lab", SubmissionStatus.BROKEN, reason="The judge stopped."),
        Result("fay", "lab", SubmissionStatus.QUARANTINED, reason="It is not JSON."),
    ]
    assert [(each.kind, each.students, each.reasons) for each in attention(results, {"why": "Why?"})] == [
        ("unreadable", ("fay",), ("It is not JSON.",)),
        ("broken", ("eve",), ("The judge stopped.",)),
        ("flag", ("dan",), ("The process was killed.", FORGED)),
        ("repair", ("ben", "cleo"), (FORGED,)),
        ("question", ("amy", "ben"), ("Why?",)),
    ]


def test_only_repairs_that_are_more_than_an_accident_are_remarkable() -> None:
    assert all(is_remarkable(sentence.format("'a'")) for sentence in (CLAIMED, SEVERAL, DELETED))
    assert not is_remarkable("The cell 'descend' had lost its nbgrader id; it was recognised.")
    assert not is_remarkable("The cell 'x' had been moved; it was moved back.")


def test_an_exercise_that_goes_with_the_rest_discriminates_and_one_that_goes_against_it_shows() -> None:
    points = [float(index % 5) for index in range(FEWEST_FOR_DISCRIMINATION)]
    assert discrimination(points, [3 * point + 1 for point in points]) == pytest.approx(1)
    assert discrimination(points, [10 - point for point in points]) == pytest.approx(-1)


def test_a_small_class_and_one_in_which_all_are_alike_say_nothing() -> None:
    assert discrimination([0.0, 1.0] * (FEWEST_FOR_DISCRIMINATION // 2), [0.0, 1.0] * 7) is None
    assert discrimination([1.0] * 30, [float(index) for index in range(30)]) is None
