"""Two answers side by side, with what agrees marked."""

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.cells import Cell
from autograder.report.comparison import Group, Segments, SideBySide
from autograder.report.likeness.sketches import LENGTH, Shingles, readings_of, shingles, within
from autograder.report.tokens import Reading

LONGEST_SHOWN = 4_000
"""Characters of one answer that are shown."""


def side_by_side(
    group: Group, exercises: Sequence[str], answers: Mapping[str, Mapping[str, Sequence[Cell]]]
) -> tuple[SideBySide, ...]:
    """Put the exercises in which a group's strongest pair is alike side by side.

    Args:
        group: the group.
        exercises: the grade ids of the lab's exercises, in order.
        answers: student → grade id → the answer's cells; a student whose answers are gone may be missing.
    """
    pair = group.pairs[0]
    shared = np.array(group.shared, np.uint64)
    both = [answers.get(student, {}) for student in (pair.first, pair.second)]
    return tuple(
        SideBySide(
            common,
            *(_segments(each.get(common.exercise, ()), shared, exercises.index(common.exercise)) for each in both),
        )
        for common in pair.exercises
    )


def _segments(cells: Sequence[Cell], shared: Shingles, exercise: int) -> Segments:
    pieces: list[tuple[str, bool]] = []
    for number, (cell, reading) in enumerate(zip(cells, readings_of(cells), strict=True)):
        if number:
            pieces.append(("\n\n", False))
        pieces += _marked(cell, reading, shared, exercise)
    return _shortened(pieces)


def _marked(cell: Cell, reading: Reading, shared: Shingles, exercise: int) -> list[tuple[str, bool]]:
    """A cell's text in pieces; a piece agrees if each of its tokens is in a shingle that both have."""
    tokens = reading.tokens
    agrees = np.zeros(len(tokens), bool)
    for start in np.flatnonzero(np.isin(within(shingles(tokens), exercise), shared)):
        agrees[start : start + LENGTH] = True
    pieces: list[tuple[str, bool]] = []
    end = 0
    start_of_match: int | None = None
    for token, agreeing in zip(tokens, agrees, strict=True):
        if agreeing and start_of_match is None:
            pieces.append((cell.source[end : token.start], False))
            start_of_match = token.start
        elif not agreeing and start_of_match is not None:
            pieces.append((cell.source[start_of_match:end], True))
            start_of_match = None
            pieces.append((cell.source[end : token.end], False))
        elif not agreeing:
            pieces.append((cell.source[end : token.end], False))
        end = token.end
    if start_of_match is not None:
        pieces.append((cell.source[start_of_match:end], True))
    return [*pieces, (cell.source[end:], False)]


def _shortened(pieces: Sequence[tuple[str, bool]]) -> Segments:
    """Join neighbours of one kind, and cut the whole where it gets too long."""
    joined: list[tuple[str, bool]] = []
    left = LONGEST_SHOWN
    for text, agrees in pieces:
        if not text or left <= 0:
            continue
        shown = text[:left]
        left -= len(text)
        if joined and joined[-1][1] == agrees:
            joined[-1] = (joined[-1][0] + shown, agrees)
        else:
            joined.append((shown, agrees))
    return (*joined, ("\n… (the rest is not shown)", False)) if left <= 0 else tuple(joined)
