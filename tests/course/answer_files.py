"""Answers to the exercises of all labs, right and wrong, as students write them: ``answers/LAB/EXERCISE.md``."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RIGHT = "right"
INDEPENDENT = "functional"
"""The note of a right answer to each exercise that uses no other exercise's."""
_FOLDER = Path(__file__).parent / "answers"
_ANSWER = re.compile(
    r"^## (?P<kind>[\w-]+): (?P<note>[^\n]+)\n\n```python\n(?P<source>.*?)\n```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        exercise: the grade id of the solution cell.
        kind: `RIGHT`, or the diagnosis that it must get: a key of `gradlab.words`.
        note: what is special about it.
        source: the text of the cell.
    """

    exercise: str
    kind: str
    note: str
    source: str

    @property
    def right(self) -> bool:
        """Whether it must pass."""
        return self.kind == RIGHT

    def __str__(self) -> str:
        return f"{self.exercise}, {self.kind}: {self.note}"


@cache
def answers(lab: str, exercise: str) -> tuple[Answer, ...]:
    """All answers to an exercise, in the order of its file."""
    text = (_FOLDER / lab / f"{exercise}.md").read_text(encoding="utf-8")
    found = tuple(Answer(exercise, **match.groupdict()) for match in _ANSWER.finditer(text))
    assert len(found) == len(_HEADING.findall(text)), f"{lab}/{exercise}.md has a heading without an answer"
    return found


def labs() -> tuple[str, ...]:
    """The labs for which there are answers."""
    return tuple(sorted(path.name for path in _FOLDER.iterdir()))


def exercises(lab: str) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (_FOLDER / lab).glob("*.md")))


def answer(lab: str, exercise: str, kind: str, note: str) -> Answer:
    """The one answer of that kind with that note."""
    (found,) = (each for each in answers(lab, exercise) if (each.kind, each.note) == (kind, note))
    return found


def independent(lab: str) -> dict[str, Answer]:
    """A right answer to each exercise that uses no other exercise's."""
    return {exercise: answer(lab, exercise, RIGHT, INDEPENDENT) for exercise in exercises(lab)}
