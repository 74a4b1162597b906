from autograder.report.levels import LabLevels, explained, level_notes
from autograder.verdicts import CellStatus, CellVerdict, Level, Result, SubmissionStatus, TestLevel

BESIDE = TestLevel("plot", Level.BESIDE, "it hands over an Axes", "Pass plain data.")
UNFIT = TestLevel("lost", Level.NONE, "NameError: name 'x' is not defined", "Mend it.")
CELLS = (
    CellVerdict("sum", 3.0, 3.0, CellStatus.PASSED),
    CellVerdict("plot", 0.0, 2.0, CellStatus.FAILED, level=Level.BESIDE),
    CellVerdict("draw", 4.0, 4.0, CellStatus.PASSED, level=Level.BESIDE),
    CellVerdict("lost", None, 1.0, CellStatus.EXCLUDED, level=Level.NONE),
    CellVerdict("why", None, 5.0, CellStatus.MANUAL),
)


def graded(student: str, *levels: TestLevel, cells: tuple[CellVerdict, ...] = CELLS) -> Result:
    return Result(student, "lab", SubmissionStatus.GRADED, cells, levels=levels)


def levels_of(*results: Result) -> LabLevels:
    levels = LabLevels()
    for result in results:
        levels = levels.including(result)
    return levels


def test_what_rests_on_a_level_is_counted_once_for_the_lab() -> None:
    levels = levels_of(*(graded(name, BESIDE, UNFIT) for name in ("amy", "ben", "cleo")))
    assert (levels.tests, levels.points) == (4, 15.0)
    assert (levels.beside_points, levels.excluded_points) == (6.0, 1.0)
    assert (levels.beside, levels.unfit) == ((BESIDE, TestLevel("draw", Level.BESIDE)), (UNFIT,))
    assert levels.listed == (BESIDE, TestLevel("draw", Level.BESIDE), UNFIT)


def test_reasons_may_be_known_from_elsewhere() -> None:
    assert levels_of(graded("amy")).explained_by((BESIDE, UNFIT)).listed == levels_of(graded("a", BESIDE, UNFIT)).listed
    assert LabLevels().explained_by((UNFIT,)).unfit == (UNFIT,)


def test_what_could_not_be_read_says_nothing_of_levels() -> None:
    failed = tuple(CellVerdict(cell.grade_id, 0.0, cell.max_points, CellStatus.FAILED) for cell in CELLS)
    unreadable = Result("zoe", "lab", SubmissionStatus.QUARANTINED, failed)
    assert levels_of(unreadable) == LabLevels()
    assert levels_of(graded("amy", BESIDE), unreadable) == levels_of(graded("amy", BESIDE))


def test_the_notes_tell_a_lab_once() -> None:
    assert level_notes("lab", levels_of(graded("amy"), graded("ben", BESIDE, UNFIT))) == (
        "lab: 2 of 4 tests run beside student code (autograder levels lab says why)",
        "lab: 1 test can be run for nobody; 1 of 15 points are left out for all:\n"
        "  'lost': NameError: name 'x' is not defined. Mend it.",
    )
    (one,) = level_notes("lab", levels_of(graded("amy", BESIDE, cells=CELLS[:2])))
    assert one == "lab: 1 of 2 tests runs beside student code (autograder levels lab says why)"


def test_a_lab_at_the_wall_needs_no_note() -> None:
    assert level_notes("lab", levels_of(graded("amy", cells=CELLS[:1]))) == ()


def test_an_explanation_is_made_of_sentences() -> None:
    assert explained(BESIDE) == "It hands over an Axes. Pass plain data."
    assert explained(TestLevel("t", Level.NONE, "It broke.", "Mend it.")) == "It broke. Mend it."
    assert explained(TestLevel("t", Level.NONE, "it broke")) == "It broke."
    assert explained(TestLevel("t", Level.WALL)) == ""
