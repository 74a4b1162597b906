"""Two answers side by side, with what agrees marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.cells import Cell
from autograder.report.likeness.pairs import Pair
from autograder.report.likeness.shingles import LENGTH, Shingles, shingles, within
from autograder.report.likeness.sketch import reading_of

LONGEST_SHOWN = 4_000
"""Characters of one answer that are shown."""

Segments = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class SideBySide:
    """One exercise of two students.

    Attributes:
        exercise: the grade id.
        likeness: the share of the rare text of the shorter answer that the other has, too, 0 to 1.
        diagnosis: what was diagnosed in both answers, or None.
        first: the first student's text, in pieces: (text, whether it agrees).
        second: the second student's.
    """

    exercise: str
    likeness: float
    diagnosis: str | None
    first: Segments
    second: Segments


def side_by_side(
    pair: Pair,
    shared: Shingles,
    exercises: Sequence[str],
    answers: tuple[Mapping[str, Sequence[Cell]], Mapping[str, Sequence[Cell]]],
) -> tuple[SideBySide, ...]:
    """Put the exercises in which two students are alike side by side.

    Args:
        pair: the two students.
        shared: the rare shingles that they share, sorted.
        exercises: the grade ids of the lab's exercises, in order.
        answers: the answers of each of them, by grade id.
    """
    return tuple(
        SideBySide(
            common.exercise,
            common.likeness,
            common.diagnosis,
            *(_segments(each.get(common.exercise, ()), shared, exercises.index(common.exercise)) for each in answers),
        )
        for common in pair.exercises
    )


def _segments(cells: Sequence[Cell], shared: Shingles, place: int) -> Segments:
    pieces: list[tuple[str, bool]] = []
    for number, cell in enumerate(cells):
        if number:
            pieces.append(("\n\n", False))
        pieces += _marked(cell, shared, place)
    return _shortened(pieces)


def _marked(cell: Cell, shared: Shingles, place: int) -> list[tuple[str, bool]]:
    """A cell's text in pieces; a piece agrees if each of its tokens is in a shingle that both have."""
    tokens = reading_of(cell).tokens
    agrees = np.zeros(len(tokens), bool)
    for start in np.flatnonzero(np.isin(within(shingles(tokens), place), shared)):
        agrees[start : start + LENGTH] = True
    pieces: list[tuple[str, bool]] = []
    end = 0
    begun: int | None = None
    for token, agreeing in zip(tokens, agrees, strict=True):
        if agreeing and begun is None:
            pieces.append((cell.source[end : token.start], False))
            begun = token.start
        elif not agreeing and begun is not None:
            pieces.append((cell.source[begun:end], True))
            begun = None
            pieces.append((cell.source[end : token.end], False))
        elif not agreeing:
            pieces.append((cell.source[end : token.end], False))
        end = token.end
    if begun is not None:
        pieces.append((cell.source[begun:end], True))
    return [*pieces, (cell.source[end:], False)]


def _shortened(pieces: Sequence[tuple[str, bool]]) -> Segments:
    """Neighbours of one kind joined, and the whole cut where it gets too long."""
    joined: list[tuple[str, bool]] = []
    room = LONGEST_SHOWN
    for text, agrees in pieces:
        if not text or room <= 0:
            continue
        shown = text[:room]
        room -= len(text)
        if joined and joined[-1][1] == agrees:
            joined[-1] = (joined[-1][0] + shown, agrees)
        else:
            joined.append((shown, agrees))
    return (*joined, ("\n… (the rest is not shown)", False)) if room <= 0 else tuple(joined)
