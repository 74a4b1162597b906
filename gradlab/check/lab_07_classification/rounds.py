"""Errors in a training loop: what they mean depends on the round in which they come."""

from collections.abc import Callable

from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import NONE_ATTRIBUTE, NONE_OPERAND, UNTRACKED, message_of, refusal
from gradlab.check.lab_07_classification.probes import ALARM

Attempt = Callable[[int], object]
"""Runs a student's training for so many steps."""


def run(
    attempt: Attempt, steps: int, *, untracked: str = "forward-untracked", alarmed: Attempt | None = None
) -> object:
    """Run a student's training.

    Args:
        attempt: runs it with the real loss.
        steps: how many steps.
        untracked: what it means if the very first loss does not require a gradient.
        alarmed: runs it with a loss that raises `ALARM` when one goes backward through it; None if the student
            chooses the loss.

    Raises:
        NotYet: it raised.
    """
    try:
        return attempt(steps)
    except Exception as error:
        raise _explain(attempt, steps, error, untracked, alarmed) from error


def _message(attempt: Attempt) -> str | None:
    """The message with which one step fails, or None if it works."""
    try:
        attempt(1)
    except Exception as error:  # noqa: BLE001 - student code may raise anything
        return message_of(error)
    return None


def _explain(attempt: Attempt, steps: int, error: Exception, untracked: str, alarmed: Attempt | None) -> NotYet:
    message = message_of(error)
    later = steps > 1 and _message(attempt) is None
    backward = alarmed is None or _message(alarmed) == ALARM
    explanation = None
    if UNTRACKED.search(message):
        explanation = "rebinding-in-no-grad" if later else untracked
    elif isinstance(error, TypeError) and NONE_OPERAND.search(message):
        explanation = "rebinding-leaf" if later else "not-a-leaf" if backward else "no-gradient-there"
    elif isinstance(error, AttributeError) and NONE_ATTRIBUTE.search(message):
        # After a backward pass, a `.grad` that is None belongs to a tensor that took over the name.
        explanation = "rebinding-leaf" if later or backward else "zero-before-first"
    elif isinstance(error, Warning):
        explanation = "rebinding-leaf" if later else "not-a-leaf"
    if explanation is None:
        return refusal(error)
    return not_yet(explanation, "second-round" if later else "first-round", name=type(error).__name__, message=message)
