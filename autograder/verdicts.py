"""What grading finds out, as plain records: made in one place, then stored, shown and counted by others."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CellStatus(StrEnum):
    """How a graded cell ended. "The student is wrong" and "the grader broke" are never the same value."""

    PASSED = "passed"
    """Full points."""
    PARTIAL = "partial"
    """The test gave a number between 0 and the cell's points (nbgrader's partial credit)."""
    FAILED = "failed"
    """The test said no."""
    ERROR = "error"
    """The student's own code raised an error."""
    TIMED_OUT = "timed out"
    """The student's own code did not come to an end."""
    MANUAL = "manual"
    """A person must grade this cell; its points are None."""
    UNANSWERED = "unanswered"
    """A cell that a person would grade, left as it was released: 0 points, as nbgrader has it."""
    EXCLUDED = "excluded"
    """The lab's own fault: the test can be run for nobody. Its points are None; the submission stays graded."""
    BROKE = "broke"
    """The grader itself broke: no points and a flag, and the submission's status is `broken`."""


class Level(StrEnum):
    """Where a test runs; the strongest at which the instructor's own solution passes it."""

    WALL = "wall"
    """In the judge's process, which asks the student's for plain data: no student code decides the verdict."""
    BESIDE = "beside"
    """In a copy of the student's process: student code runs beside the test, and could decide the verdict."""
    NONE = "none"
    """Nowhere: the solution fails it."""


@dataclass(frozen=True)
class TestLevel:
    """The level of one test of a lab.

    Attributes:
        grade_id: the test's id.
        level: where it runs.
        reason: why it does not run at the wall; empty if it does. For the instructor: it may hold a hidden test.
        cure: how to write the test so that it does.
    """

    __test__ = False  # pytest collects classes of such a name

    grade_id: str
    level: Level
    reason: str = ""
    cure: str = ""


class SubmissionStatus(StrEnum):
    """How a submission ended."""

    GRADED = "graded"
    QUARANTINED = "quarantined"
    """It could not be read; `Result.reason` says why."""
    BROKEN = "broken"
    """The grader's own fault; `Result.reason` says what broke."""


@dataclass(frozen=True)
class CellVerdict:
    """The verdict on one graded cell.

    Attributes:
        grade_id: nbgrader's id of the cell.
        points: the points earned; None where a person must grade.
        max_points: the points that the cell is worth.
        status: how it ended.
        message: the message to the student. It never holds a hidden test.
        misconception: the id of the diagnosis, or None.
        level: where the test ran.
    """

    grade_id: str
    points: float | None
    max_points: float
    status: CellStatus
    message: str = ""
    misconception: str | None = None
    level: Level = Level.WALL


@dataclass(frozen=True)
class CellOutcome:
    """The outcome of one cell of a submission.

    Attributes:
        outputs: the cell's outputs, as nbformat 4 output dictionaries, in order.
        execution_count: the cell's place in the order of execution; None if it did not run.
        verdict: the verdict, for graded cells.
    """

    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None
    verdict: CellVerdict | None = None


@dataclass(frozen=True)
class NotebookResult:
    """A graded notebook: one outcome for each of the cells that were given, in their order.

    Attributes:
        name: the notebook's name, without ``.ipynb``.
        outcomes: the outcome of each cell.
        flags: what a person should know about how it ran ("the process was killed in cell 'descend'").
        levels: the lab's tests that do not run at the wall.
        notes: what the instructor should know of the lab itself, one sentence each.
    """

    name: str
    outcomes: tuple[CellOutcome, ...]
    flags: tuple[str, ...] = ()
    levels: tuple[TestLevel, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdicts(self) -> tuple[CellVerdict, ...]:
        """The verdicts, in the order of the notebook."""
        return tuple(outcome.verdict for outcome in self.outcomes if outcome.verdict is not None)


@dataclass(frozen=True)
class Result:
    """A graded submission: one student, one lab.

    Attributes:
        student: the student's id, the folder's name under ``submitted/``.
        lab: the lab's name, nbgrader's assignment id.
        status: how the submission as a whole ended.
        cells: the verdicts of all its notebooks, in order.
        reason: why it was quarantined or what broke; empty for graded ones.
        repairs: what had to be repaired before it could be graded, one sentence each.
        flags: what a person should look at, one sentence each.
        levels: the lab's tests that do not run at the wall.
        notes: what the instructor should know of the lab itself, one sentence each.
        seconds: wall-clock seconds that grading took.
        sandboxed: False if it ran with ``--sandbox none``.
        sandbox: which sandbox it ran in, as ``--sandbox`` names it; empty if an earlier version graded it.
        gpu: whether it could use a GPU (``--gpu``).
    """

    student: str
    lab: str
    status: SubmissionStatus
    cells: tuple[CellVerdict, ...] = ()
    reason: str = ""
    repairs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    levels: tuple[TestLevel, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    sandboxed: bool = field(default=True, kw_only=True)
    sandbox: str = field(default="", kw_only=True)
    gpu: bool = field(default=False, kw_only=True)

    @property
    def score(self) -> float:
        """The points earned so far; cells that a person must grade count 0 until then."""
        return sum(cell.points or 0.0 for cell in self.cells)

    @property
    def max_score(self) -> float:
        """The points that can be earned; those of excluded tests, which nobody can earn, are left out."""
        return sum(cell.max_points for cell in self.cells if cell.status is not CellStatus.EXCLUDED)
