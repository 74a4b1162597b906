"""The classes that are graded: labs with any number of honest submissions, no two of them alike."""

import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build.lab_text import lab_names
from benchmarks.data_lab import WEATHER
from benchmarks.made_lab import MadeLab
from benchmarks.small_lab import SMALL, TINY
from tests.course.answer_files import Answer, answers, exercises

ROOT = Path(__file__).resolve().parents[1]
MINIMUM = "06_minimum"
_RIGHT, _WRONG = 0.7, 0.2
"""The shares of right and of wrong answers; the other exercises are left as they were released."""


@dataclass(frozen=True)
class ClassLab:
    """A lab and what students hand in.

    Attributes:
        name: the lab's name, and its notebook's.
        source: the instructor's notebook.
        fill_in: number of the student and released notebook → what that student hands in.
    """

    name: str
    source: NotebookNode
    fill_in: Callable[[int, NotebookNode], NotebookNode]

    def submissions(self, released: NotebookNode, count: int) -> Iterator[tuple[str, NotebookNode]]:
        """What the first `count` students hand in: each student, and the notebook."""
        for number in range(count):
            notebook = self.fill_in(number, deepcopy(released))
            for cell in notebook.cells:
                metadata = cell.metadata.get("nbgrader", {})
                if metadata.get("solution") and not metadata.get("grade"):
                    cell.source += f"\n# student {number}"
            yield f"student_{number:05d}", notebook


def made_class(lab: MadeLab) -> ClassLab:
    """A lab that was made for the benchmarks."""

    def fill_in(number: int, released: NotebookNode) -> NotebookNode:
        draw = random.Random(f"{lab.name} {number}")
        drawn = {exercise.name: draw.random() for exercise in lab.exercises}
        wrong = frozenset(name for name, share in drawn.items() if _RIGHT <= share < _RIGHT + _WRONG)
        left = frozenset(name for name, share in drawn.items() if share >= _RIGHT + _WRONG)
        return lab.submission(released, wrong, left)

    return ClassLab(lab.name, lab.source(), fill_in)


def tiny_class() -> ClassLab:
    """A lab of two exercises, for classes of thousands; nothing is left as it was released."""

    def fill_in(number: int, released: NotebookNode) -> NotebookNode:
        return TINY.submission(released, frozenset({"slope"} if number % 3 == 0 else ()), frozenset())

    return ClassLab(TINY.name, TINY.source(), fill_in)


def course_class(lab: str) -> ClassLab:
    """One of the course's own labs: each student has another mix of the answers with which its tests are tested."""
    given = {exercise: answers(lab, exercise) for exercise in exercises(lab)}

    def fill_in(number: int, released: NotebookNode) -> NotebookNode:
        draw = random.Random(f"{lab} {number}")
        for cell in released.cells:
            chosen = _drawn(given.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), ()), draw)
            if chosen is not None:
                cell.source = chosen.source
        return released

    source = nbformat.read(ROOT / "source" / lab / f"{lab}.ipynb", as_version=4)
    return ClassLab(lab, source, fill_in)


CLASSES: Mapping[str, Callable[[], ClassLab]] = {
    **{lab: partial(course_class, lab) for lab in lab_names(ROOT)},
    SMALL.name: partial(made_class, SMALL),
    WEATHER.name: partial(made_class, WEATHER),
}


def _drawn(given: tuple[Answer, ...], draw: random.Random) -> Answer | None:
    """One of an exercise's answers; None for the placeholder, and for a cell that is no exercise."""
    share = draw.random()
    if not given or share >= _RIGHT + _WRONG:
        return None
    return draw.choice([answer for answer in given if answer.right == (share < _RIGHT)])
