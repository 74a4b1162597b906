"""A diagnosis, and the error that carries it."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from gradlab import words

_PACKAGE = Path(__file__).parents[1]
_LIBRARIES = tuple(
    Path(spec.origin).parent for name in ("torch", "numpy") if (spec := find_spec(name)) is not None and spec.origin
)


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with an answer, in words for the student. It never holds the answer.

    Attributes:
        misconception: the name of the mistake in the course's list, or None if it has none.
        title: the mistake in a few words.
        seen: what the check saw.
        cause: the likely cause.
        look: what to look at next.
    """

    misconception: str | None
    title: str
    seen: str
    cause: str
    look: str

    def __str__(self) -> str:
        text = f"{words.LABELS['not-yet']}: {self.title}. {self.seen} {self.cause} {self.look}"
        return f"{text} *({self.misconception})*" if self.misconception else text


class NotYet(AssertionError):  # noqa: N818 - students read this name
    """An answer is not right yet; `diagnosis` says why.

    Args:
        diagnosis: what the student reads.
    """

    factor: float | None = None
    """By what all numbers are off, where that is all that is wrong: one draw alone can't say that it is a constant."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis)
        self.diagnosis = diagnosis

    def __str__(self) -> str:
        return str(self.diagnosis)

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback: one line, and the student's own lines if they raised."""
        name = f" ({self.diagnosis.misconception})" if self.diagnosis.misconception else ""
        return [f"{type(self).__name__}: {self.diagnosis.title}{name}", *_own_lines(self.__cause__)]


def _own_lines(error: BaseException | None) -> Iterator[str]:
    """Name the lines that an error came through, those of gradlab, torch and NumPy left out."""
    if error is None:
        return
    for frame in traceback.extract_tb(error.__traceback__):
        place = Path(frame.filename)
        if not any(place.is_relative_to(folder) for folder in (_PACKAGE, *_LIBRARIES)):
            yield "  " + words.LABELS["frame"].format(function=frame.name, line=frame.lineno, source=frame.line)


def describe(explanation: str, observation: str, **values: object) -> Diagnosis:
    """Put a diagnosis together from `gradlab.words`.

    Args:
        explanation: a key of `words.MISCONCEPTIONS` or of `words.FINDINGS`.
        observation: a key of `words.OBSERVATIONS`.
        values: what stands for the placeholders of the observation.
    """
    named = explanation in words.MISCONCEPTIONS
    text = words.MISCONCEPTIONS[explanation] if named else words.FINDINGS[explanation]
    seen = words.OBSERVATIONS[observation].format(**values)
    return Diagnosis(explanation if named else None, text.title, seen, text.cause, text.look)


def not_yet(explanation: str, observation: str, **values: object) -> NotYet:
    """Make the error for a diagnosis; the arguments are those of `describe`."""
    return NotYet(describe(explanation, observation, **values))
