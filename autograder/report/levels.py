"""At which level the tests of a lab ran, told once for the lab: it is the same for each student."""

from dataclasses import dataclass, field
from typing import Final

from autograder.formatting import count, number
from autograder.verdicts import CellStatus, Level, Result, SubmissionStatus, TestLevel

_BY_PERSON: Final = (CellStatus.MANUAL, CellStatus.UNANSWERED)
LEVEL_WORDS: Final = {
    Level.WALL: "at the wall",
    Level.BESIDE: "beside student code",
    Level.NONE: "nowhere",
}


@dataclass(frozen=True)
class LabLevels:
    """The levels of a lab's tests, as some of its results show them.

    Attributes:
        tests: how many tests the lab has.
        points: the points of all its graded cells.
        beside: the ids of the tests that ran beside student code.
        beside_points: their points.
        excluded_points: the points of the tests that can be run for nobody.
        by_id: what is known of each test that does not run at the wall, by its id.
    """

    tests: int = 0
    points: float = 0.0
    beside: frozenset[str] = frozenset()
    beside_points: float = 0.0
    excluded_points: float = 0.0
    by_id: dict[str, TestLevel] = field(default_factory=dict)

    def including(self, result: Result) -> "LabLevels":
        """The levels with what another result shows."""
        if result.status is SubmissionStatus.QUARANTINED:
            return self
        beside = [cell for cell in result.cells if cell.level is Level.BESIDE]
        excluded = [cell for cell in result.cells if cell.status is CellStatus.EXCLUDED]
        return LabLevels(
            tests=max(self.tests, sum(cell.status not in _BY_PERSON for cell in result.cells)),
            points=max(self.points, sum(cell.max_points for cell in result.cells)),
            beside=self.beside | {cell.grade_id for cell in beside},
            beside_points=max(self.beside_points, sum(cell.max_points for cell in beside)),
            excluded_points=max(self.excluded_points, sum(cell.max_points for cell in excluded)),
            by_id=self.by_id | {level.grade_id: level for level in result.levels},
        )

    @property
    def listed(self) -> tuple[TestLevel, ...]:
        """The tests that do not run at the wall."""
        return tuple(self.by_id.values())

    @property
    def unfit(self) -> tuple[TestLevel, ...]:
        """The tests that can be run for nobody."""
        return tuple(level for level in self.listed if level.level is Level.NONE)


def level_notes(lab: str, levels: LabLevels) -> tuple[str, ...]:
    """What an instructor should know of the levels of a lab's tests, one paragraph each.

    Args:
        lab: the lab's name.
        levels: the levels of its tests.
    """
    notes = []
    if levels.beside:
        ran = "runs" if len(levels.beside) == 1 else "run"
        tests = f"{len(levels.beside)} of {count(levels.tests, 'test')} {ran} beside student code"
        notes.append(f"{lab}: {tests} (autograder levels {lab} says why)")
    if levels.unfit:
        points = f"{number(levels.excluded_points)} of {number(levels.points)} points"
        tests = count(len(levels.unfit), "test")
        listed = [f"  '{test.grade_id}': {explained(test)}" for test in levels.unfit]
        notes.append("\n".join([f"{lab}: {tests} can be run for nobody; {points} are left out for all:", *listed]))
    return tuple(notes)


def explained(test: TestLevel) -> str:
    """Why a test does not run at the wall, and how to write it so that it does, in sentences."""
    reason = test.reason.rstrip(". ")
    return " ".join(filter(None, [f"{reason[:1].upper()}{reason[1:]}." if reason else "", test.cure]))
