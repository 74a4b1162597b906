from autograder.report.exercises import exercises_of
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.check.diagnosis import NotYet, describe

STUB = str(NotYet(describe("not-written", "returns-nothing")))


def verdict(points: float | None, status: CellStatus, misconception: str | None = None, text: str = "") -> CellVerdict:
    return CellVerdict("one", points, 2.0, status, text, misconception)


def graded(*cells: CellVerdict) -> list[Result]:
    return [Result(f"s{place}", "lab", SubmissionStatus.GRADED, (cell,)) for place, cell in enumerate(cells)]


def test_full_marks_part_of_them_none_and_unwritten_are_told_apart() -> None:
    (found,) = exercises_of(
        graded(
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
    assert (found.share, found.mean, found.discrimination) == (0.3, 0.6, None)
    assert found.commonest is not None
    assert (found.commonest.key, found.commonest_count) == ("ascent-sign", 2)


def test_while_an_answer_waits_nothing_is_averaged() -> None:
    (found,) = exercises_of(graded(verdict(None, CellStatus.MANUAL), verdict(2.0, CellStatus.PASSED)), {})
    assert (found.waiting, found.share, found.mean, found.commonest) == (1, None, None, None)


def test_a_large_class_shows_how_well_an_exercise_tells_students_apart() -> None:
    results = [
        Result(
            f"s{place}",
            "lab",
            SubmissionStatus.GRADED,
            (
                CellVerdict("one", float(place % 2), 1.0, CellStatus.PASSED),
                CellVerdict("two", float(place % 2), 1.0, CellStatus.PASSED),
                CellVerdict("odd", float(1 - place % 2), 1.0, CellStatus.PASSED),
                CellVerdict("three", float(place % 2), 1.0, CellStatus.PASSED),
            ),
        )
        for place in range(20)
    ]
    one, _, odd, _ = exercises_of(results, {})
    assert one.discrimination is not None
    assert odd.discrimination is not None
    assert one.discrimination > 0.9
    assert odd.discrimination < -0.9
