"""What is kept of each submission while the class is compared: numbers, a few kilobytes each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.cells import Cell, LabNotebook, Role
from autograder.report.likeness.shingles import Shingles, shingles, within
from autograder.report.likeness.tokens import Reading, read_code, read_prose

_MOST_REMARKS = 300
_FENCED = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)

Remark = tuple[str, str]


@dataclass(frozen=True)
class Given:
    """What the lab itself says, in its text, its hints or its solution: whoever writes it has copied from nobody.

    Attributes:
        shingles: its shingles, sorted.
        remarks: its comments, strings and names.
    """

    shingles: Shingles
    remarks: frozenset[Remark]

    def lacks(self, numbers: Shingles) -> Shingles:
        """Those of the shingles that the lab does not have."""
        if not len(self.shingles):
            return numbers
        places = np.minimum(np.searchsorted(self.shingles, numbers), len(self.shingles) - 1)
        return np.asarray(numbers[self.shingles[places] != numbers], np.uint64)


@dataclass(frozen=True)
class Sketch:
    """What is kept of one submission.

    Attributes:
        student: the student's id.
        keys: its shingles without what the lab gives, each together with its exercise, sorted; shape (k,).
        places: the exercise of each of them, by its place in the lab; shape (k,).
        remarks: comments, strings and names that the lab does not hold.
        missed: exercise → what was diagnosed there, for answers that are not right.
    """

    student: str
    keys: Shingles
    places: NDArray[np.uint16]
    remarks: frozenset[Remark]
    missed: Mapping[str, str]


def answers_of(cells: Iterable[Cell]) -> dict[str, tuple[Cell, ...]]:
    """The student's answers: the cells between two graded ones, by the grade id of the graded cell behind them.

    Args:
        cells: the cells of an autograded notebook, whose ids and roles are the lab's.
    """
    answers: dict[str, tuple[Cell, ...]] = {}
    own: list[Cell] = []
    for cell in cells:
        if cell.role in (Role.SOLUTION, Role.ANSWER) and cell.source.strip():
            own.append(cell)
        if cell.graded and cell.grade_id:
            if own:
                answers[cell.grade_id] = (*answers.get(cell.grade_id, ()), *own)
            own = []
    return answers


def reading_of(cell: Cell) -> Reading:
    """A cell's tokens and remarks, by its kind."""
    return read_code(cell.source) if cell.kind == "code" else read_prose(cell.source)


def given_by(notebooks: Iterable[LabNotebook]) -> Given:
    """Gather what a lab gives: each released cell, the code in its hints, and the instructor's own answers.

    The instructor's answers count as given, since an answer in which nothing is anybody's own proves nothing.
    """
    readings: list[Reading] = []
    for notebook in notebooks:
        for cell in (*notebook.released, *(cell for cell in notebook.source if cell.role is Role.SOLUTION)):
            readings.append(reading_of(cell))
            if cell.kind != "code":
                readings.extend(read_code(code) for code in _FENCED.findall(cell.source))
    numbers = [shingles(reading.tokens) for reading in readings]
    return Given(
        np.unique(np.concatenate([np.zeros(0, np.uint64), *numbers])),
        frozenset(remark for reading in readings for remark in reading.remarks),
    )


def sketch(
    student: str,
    answers: Mapping[str, Sequence[Cell]],
    exercises: Sequence[str],
    given: Given,
    missed: Mapping[str, str],
) -> Sketch:
    """Sketch one submission.

    Args:
        student: the student's id.
        answers: the student's answers, by grade id.
        exercises: the grade ids of the lab's exercises, in order.
        given: what the lab gives.
        missed: exercise → what was diagnosed there, for answers that are not right.
    """
    keys, places, remarks = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint16)], set[Remark]()
    for place, exercise in enumerate(exercises):
        readings = [reading_of(cell) for cell in answers.get(exercise, ())]
        for reading in readings:
            own = within(given.lacks(shingles(reading.tokens)), place)
            keys.append(own)
            places.append(np.full(len(own), place, np.uint16))
            remarks |= reading.remarks - given.remarks
    unique, index = np.unique(np.concatenate(keys), return_index=True)
    return Sketch(
        student,
        unique,
        np.concatenate(places)[index],
        frozenset(sorted(remarks)[:_MOST_REMARKS]),
        missed,
    )
