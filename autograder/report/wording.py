"""The words in which a verdict is told, and what a reader needs besides the colour."""

from autograder.verdicts import CellStatus, SubmissionStatus
from gradlab.words import FINDINGS, LABELS, MISCONCEPTIONS

CELL_WORDS = {
    CellStatus.PASSED: "Right",
    CellStatus.PARTIAL: "Partly right",
    CellStatus.FAILED: "Not yet",
    CellStatus.ERROR: "Stopped by an error",
    CellStatus.TIMED_OUT: "Did not finish",
    CellStatus.MANUAL: "To be read by a person",
    CellStatus.UNANSWERED: "Not answered",
    CellStatus.BROKE: "Could not be graded",
}

CELL_MARKS = {
    CellStatus.PASSED: "✓",
    CellStatus.PARTIAL: "◐",
    CellStatus.FAILED: "✗",
    CellStatus.ERROR: "!",
    CellStatus.TIMED_OUT: "∞",
    CellStatus.MANUAL: "…",
    CellStatus.UNANSWERED: "–",
    CellStatus.BROKE: "?",
}

CELL_TONES = {
    CellStatus.PASSED: "good",
    CellStatus.PARTIAL: "part",
    CellStatus.FAILED: "bad",
    CellStatus.ERROR: "bad",
    CellStatus.TIMED_OUT: "bad",
    CellStatus.MANUAL: "wait",
    CellStatus.UNANSWERED: "none",
    CellStatus.BROKE: "wait",
}

SUBMISSION_WORDS = {
    SubmissionStatus.GRADED: "graded",
    SubmissionStatus.QUARANTINED: "could not be read",
    SubmissionStatus.BROKEN: "the grader broke",
}


_TELLING = ((0.4, "very well"), (0.3, "well"), (0.2, "somewhat"), (0.0, "hardly"))


def number(points: float) -> str:
    """Points as a person writes them: 3, 2.5, 0.33."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def count(amount: int, noun: str, plural: str = "") -> str:
    """An amount with its noun: 1 student, 3 students."""
    return f"{amount} {noun if amount == 1 else plural or noun + 's'}"


def seconds(amount: float) -> str:
    """A time as a person tells it: 0.8 s, 12 s, 3 min, 1.5 h."""
    if amount < 10:
        return f"{amount:.1f} s"
    if amount < 120:
        return f"{amount:.0f} s"
    return f"{amount / 60:.0f} min" if amount < 7200 else f"{amount / 3600:.1f} h"


def telling(discrimination: float) -> str:
    """What a discrimination means, by the usual rule of thumb (Ebel and Frisbie 1991)."""
    if discrimination < 0:
        return "backwards: look at its test"
    return next(words for least, words in _TELLING if round(discrimination, 2) >= least)


def misconception_title(identifier: str) -> str:
    """The title of a misconception in the course's words; the id in plain letters where the course has none."""
    known = MISCONCEPTIONS.get(identifier)
    title = known.title if known else identifier.replace("-", " ")
    return title[:1].upper() + title[1:]


def lead(message: str) -> tuple[str, str]:
    """Split what a check says into its first sentence, "Not yet: …", and the rest; other messages have no lead."""
    if not message.startswith(f"{LABELS['not-yet']}: "):
        return "", message
    first, _, rest = message.partition(". ")
    return (f"{first}." if rest else first), rest


def sections(text: str) -> tuple[tuple[str, str], ...]:
    """Split what a check says after its lead by the causes that the course knows: seen, likely cause, look next.

    Returns:
        (label, text) pairs; one with an empty label if no cause is recognised.
    """
    causes = (known.cause for known in (*MISCONCEPTIONS.values(), *FINDINGS.values()))
    # The longest first: one cause may begin like another.
    for cause in sorted(causes, key=len, reverse=True):
        seen, found, look = text.partition(cause)
        if found:
            pairs = zip(("seen", "cause", "look"), (seen, cause, look), strict=True)
            return tuple((LABELS[key], part.strip()) for key, part in pairs if part.strip())
    return (("", text),)
