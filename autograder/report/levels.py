"""At which level the tests of a lab ran, told once for the lab: it is the same for each student."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from autograder.formatting import count, number
from autograder.verdicts import CellStatus, CellVerdict, Level, Result, SubmissionStatus, TestLevel

_BY_PERSON: Final = (CellStatus.MANUAL, CellStatus.UNANSWERED)


@dataclass(frozen=True)
class LabLevels:
    """The levels of a lab's tests, as some of its results show them.

    Attributes:
        tests: how many tests the lab has.
        points: the points of all its graded cells.
        beside_points: the points of the tests that ran beside student code.
        excluded_points: the points of the tests that can be run for nobody.
        seen: the level of each test that did not run at the wall, by its id.
        known: what is known of such tests besides, by id.
    """

    tests: int = 0
    points: float = 0.0
    beside_points: float = 0.0
    excluded_points: float = 0.0
    seen: Mapping[str, Level] = field(default_factory=dict)
    known: Mapping[str, TestLevel] = field(default_factory=dict)

    def including(self, result: Result) -> "LabLevels":
        """The levels with what another result shows."""
        if result.status is SubmissionStatus.QUARANTINED:
            return self
        cells = result.cells
        return LabLevels(
            tests=max(self.tests, sum(cell.status not in _BY_PERSON for cell in cells)),
            points=max(self.points, sum(cell.max_points for cell in cells)),
            beside_points=max(self.beside_points, _points(cell for cell in cells if cell.level is Level.BESIDE)),
            excluded_points=max(
                self.excluded_points, _points(cell for cell in cells if cell.status is CellStatus.EXCLUDED)
            ),
            seen={**self.seen, **{cell.grade_id: cell.level for cell in cells if cell.level is not Level.WALL}},
            known={**self.known, **_by_id(result.levels)},
        )

    def explained_by(self, levels: Iterable[TestLevel]) -> "LabLevels":
        """The levels with what else is known of the tests."""
        return replace(self, known={**self.known, **_by_id(levels)})

    @property
    def listed(self) -> tuple[TestLevel, ...]:
        """The tests that do not run at the wall, and those that the worked solution itself fails."""
        unexplained = {grade_id: TestLevel(grade_id, level) for grade_id, level in self.seen.items()}
        return tuple({**unexplained, **self.known}.values())

    @property
    def beside(self) -> tuple[TestLevel, ...]:
        """The tests that run beside student code."""
        return tuple(test for test in self.listed if test.level is Level.BESIDE)

    @property
    def unfit(self) -> tuple[TestLevel, ...]:
        """The tests that can be run for nobody."""
        return tuple(test for test in self.listed if test.level is Level.NONE)

    @property
    def failed_by_solution(self) -> tuple[TestLevel, ...]:
        """The tests at the wall that the worked solution itself fails."""
        return tuple(test for test in self.listed if test.level is Level.WALL)


def _points(cells: Iterable[CellVerdict]) -> float:
    return sum(cell.max_points for cell in cells)


def _by_id(levels: Iterable[TestLevel]) -> dict[str, TestLevel]:
    return {level.grade_id: level for level in levels}


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
    if levels.failed_by_solution:
        tests = count(len(levels.failed_by_solution), "test")
        listed = [f"  '{test.grade_id}': {explained(test)}" for test in levels.failed_by_solution]
        notes.append("\n".join([f"{lab}: the worked solution itself fails {tests}:", *listed]))
    return tuple(notes)


def explained(test: TestLevel) -> str:
    """Why a test does not run at the wall, and how to write it so that it does, in sentences."""
    reason = test.reason.rstrip(". ")
    return " ".join(filter(None, [f"{reason[:1].upper()}{reason[1:]}." if reason else "", test.cure]))
