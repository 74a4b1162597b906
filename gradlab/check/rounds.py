"""Errors in a descent loop: what they mean depends on the round in which they come."""

from collections.abc import Callable

from gradlab.check import probes
from gradlab.check.calls import Function
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import NONE_ATTRIBUTE, NONE_OPERAND, UNTRACKED, message_of, refusal

Descent = Callable[[Function, int], object]
"""A student's descent with everything bound but f and the number of steps."""


def run(descent: Descent, f: Function, steps: int) -> object:
    """Run a student's descent.

    Raises:
        NotYet: it raised; the diagnosis comes from the message and from further runs with probes in place of f.
    """
    try:
        return descent(f, steps)
    except Exception as error:
        raise _explain(descent, f, steps, error) from error


def _error_of(descent: Descent, f: Function) -> str | None:
    """The message with which one single step fails, or None if it works."""
    try:
        descent(f, 1)
    except Exception as error:  # noqa: BLE001 - student code may raise anything
        return message_of(error)
    return None


def _went_backward(descent: Descent) -> bool:
    """Say whether one step comes to its backward pass."""
    return _error_of(descent, probes.alarm) == probes.ALARM


def _explain(descent: Descent, f: Function, steps: int, error: Exception) -> NotYet:
    message = message_of(error)
    name = type(error).__name__
    later = steps > 1 and _error_of(descent, f) is None
    sight = "second-round" if later else "first-round"
    explanation = None
    if UNTRACKED.search(message):
        explanation = "rebinding-in-no-grad" if later else "forward-untracked"
    elif isinstance(error, TypeError) and NONE_OPERAND.search(message):
        explanation = "rebinding-leaf" if later else _who_has_no_gradient(descent)
    elif isinstance(error, AttributeError) and NONE_ATTRIBUTE.search(message):
        # After a backward pass, a `.grad` that is None belongs to a tensor that took over the name.
        explanation = "rebinding-leaf" if later or _went_backward(descent) else "zero-before-first"
    elif isinstance(error, Warning):
        explanation = "rebinding-leaf" if later else None
    return not_yet(explanation, sight, name=name, message=message) if explanation else refusal(error)


def _who_has_no_gradient(descent: Descent) -> str:
    """Find out on which tensor the missing `.grad` was read: the point, the value of f, or one without backward."""
    if _error_of(descent, probes.watching_point) is None:
        return "not-a-leaf"
    return "grad-of-intermediate" if _went_backward(descent) else "no-gradient-there"
