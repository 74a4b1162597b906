"""What is kept of each submission while the class is compared: hashes, a few kilobytes each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autograder.cells import Cell, LabNotebook, Role
from autograder.report.comparison import Remark
from autograder.report.tokens import NOTHING, Reading, Token, read_code, read_text, read_texts
from autograder.untrusted.helper import Bounds, HelperError, each

LENGTH = 8
"""Tokens of a shingle: about a line of code."""

Shingles = NDArray[np.uint64]
"""Hashes of runs of tokens."""

BOUNDS: Final = Bounds(seconds=10, mebibytes=512)
"""What reading a student's answers may take, and then each of them alone."""

_MOST_REMARKS = 300
_FENCE = "```"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)


@dataclass(frozen=True)
class Given:
    """What the lab itself contains, in its text, its hints or its solution: it does not count as copied.

    Attributes:
        shingles: its shingles, sorted.
        remarks: its comments, strings and names.
    """

    shingles: Shingles
    remarks: frozenset[Remark]

    def missing(self, hashes: Shingles) -> Shingles:
        """Those of the shingles that the lab does not have, in their order."""
        if not len(self.shingles):
            return hashes
        indices = np.minimum(np.searchsorted(self.shingles, hashes), len(self.shingles) - 1)
        return np.asarray(hashes[self.shingles[indices] != hashes], np.uint64)


@dataclass(frozen=True)
class Sketch:
    """What is kept of one submission.

    Attributes:
        student: the student's id.
        keys: its shingles without the lab's own, each hashed together with its exercise, sorted; shape (k,).
        exercises: the index of each shingle's exercise in the lab; shape (k,).
        remarks: comments, strings and names that the lab does not hold.
        diagnoses: exercise → what was diagnosed there, for answers that are not right.
    """

    student: str
    keys: Shingles
    exercises: NDArray[np.uint16]
    remarks: frozenset[Remark]
    diagnoses: Mapping[str, str]


def answers_of(cells: Iterable[Cell]) -> dict[str, tuple[Cell, ...]]:
    """The student's answers: the cells between two graded ones, by the grade id of the graded cell behind them."""
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


def readings_of(cells: Sequence[Cell]) -> list[Reading]:
    """The tokens and remarks of a student's cells; of one that takes more than `BOUNDS` to read, nothing."""
    results: list[Reading | HelperError] = each(BOUNDS, read_texts, [(cell.kind, cell.source) for cell in cells])
    return [NOTHING if isinstance(result, HelperError) else result for result in results]


def given_by(notebooks: Iterable[LabNotebook]) -> Given:
    """Gather what a lab contains: each released cell, the code in its hints, and the instructor's own answers.

    The instructor's answers count as given: an answer that holds nothing of the student's own proves nothing.
    """
    readings: list[Reading] = []
    for notebook in notebooks:
        for cell in (*notebook.released, *(cell for cell in notebook.source if cell.role is Role.SOLUTION)):
            readings.append(read_text(cell.kind, cell.source))
            if cell.kind != "code":
                fenced = cell.source.split(_FENCE)[1::2]
                readings.extend(read_code(code.partition("\n")[2]) for code in fenced)
    hashes = [shingles(reading.tokens) for reading in readings]
    return Given(
        np.unique(np.concatenate([np.zeros(0, np.uint64), *hashes])),
        frozenset(remark for reading in readings for remark in reading.remarks),
    )


def sketch(
    student: str,
    answers: Mapping[str, Sequence[Cell]],
    exercises: Sequence[str],
    given: Given,
    diagnoses: Mapping[str, str],
) -> Sketch:
    """Sketch one submission.

    Args:
        student: the student's id.
        answers: the student's answers, by grade id.
        exercises: the grade ids of the lab's exercises, in order.
        given: what the lab contains.
        diagnoses: exercise → what was diagnosed there, for answers that are not right.
    """
    keys, indices, remarks = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint16)], set[Remark]()
    cells = [(index, cell) for index, exercise in enumerate(exercises) for cell in answers.get(exercise, ())]
    for (index, _), reading in zip(cells, readings_of([cell for _, cell in cells]), strict=True):
        if reading.tokens or reading.remarks:
            own = within(given.missing(shingles(reading.tokens)), index)
            keys.append(own)
            indices.append(np.full(len(own), index, np.uint16))
            remarks |= reading.remarks - given.remarks
    unique, first = np.unique(np.concatenate(keys), return_index=True)
    return Sketch(
        student,
        unique,
        np.concatenate(indices)[first],
        frozenset(sorted(remarks)[:_MOST_REMARKS]),
        diagnoses,
    )


def shingles(tokens: Sequence[Token]) -> Shingles:
    """The hash of each run of `LENGTH` tokens, in their order: the same run has the same hash everywhere.

    Returns:
        An array of uint64, shape (len(tokens) − LENGTH + 1,), or (0,) if there are too few tokens.
    """
    amount = len(tokens) - LENGTH + 1
    if amount < 1:
        return np.zeros(0, np.uint64)
    hashes = np.array([_hash(token.text) for token in tokens], np.uint64)
    run = np.zeros(amount, np.uint64)
    for offset in range(LENGTH):
        run = run * _FACTOR + hashes[offset : offset + amount]
    return _mixed(run)


def within(hashes: Shingles, exercise: int) -> Shingles:
    """Hash shingles together with the index of their exercise: the same run elsewhere has another hash."""
    return _mixed(hashes + np.array([exercise + 1], np.uint64) * _FACTOR)


def _mixed(hashes: NDArray[Any]) -> Shingles:
    mixed = (hashes ^ (hashes >> _HALF)) * _MIXER
    return np.asarray(mixed ^ (mixed >> _HALF), np.uint64)


@lru_cache(maxsize=65_536)
def _hash(text: str) -> int:
    # Python's own hash of a text is another one in each process.
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
