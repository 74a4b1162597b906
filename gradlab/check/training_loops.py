"""Errors in a student's training loop: what they mean depends on the round in which they come."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gradlab.check import probes
from gradlab.check.calls import Function
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import NONE_ATTRIBUTE, NONE_OPERAND, UNTRACKED, message_of, refusal
from gradlab.check.missing_gradients import error_with

Loop = Callable[[int], object]
"""Runs a student's loop for so many steps."""

Descent = Callable[[Function, int], object]
"""A student's descent with everything bound but f and the number of steps."""


@dataclass(frozen=True)
class FirstRound:
    """What errors mean that come in the very first round.

    Attributes:
        untracked: the explanation if the value to go backward from does not require a gradient.
        goes_backward: says whether the round comes to its backward pass.
        no_gradient: gives the explanation if a `.grad` that is None is computed with.
        warning: the explanation of a warning that was made an error; None if its message decides.
    """

    untracked: str
    goes_backward: Callable[[], bool]
    no_gradient: Callable[[], str]
    warning: str | None


def run_descent(descent: Descent, f: Function, steps: int) -> object:
    """Run a student's descent on f.

    Raises:
        NotYet: it raised; the diagnosis comes from the message and from further runs with probes in place of f.
    """
    first_round = FirstRound(
        "forward-untracked", partial(_goes_backward, descent), partial(_without_gradient, descent), None
    )
    return run_loop(partial(descent, f), steps, first_round)


def run_loop(loop: Loop, steps: int, first_round: FirstRound) -> object:
    """Run a student's loop.

    Raises:
        NotYet: it raised; the diagnosis comes from the message and from a further run with one step.
    """
    try:
        return loop(steps)
    except Exception as error:
        raise _explain(loop, steps, error, first_round) from error


def _explain(loop: Loop, steps: int, error: Exception, first_round: FirstRound) -> NotYet:
    message = message_of(error)
    later = steps > 1 and error_with(loop, 1) is None
    explanation = None
    if UNTRACKED.search(message):
        explanation = "rebinding-in-no-grad" if later else first_round.untracked
    elif isinstance(error, TypeError) and NONE_OPERAND.search(message):
        explanation = "rebinding-leaf" if later else first_round.no_gradient()
    elif isinstance(error, AttributeError) and NONE_ATTRIBUTE.search(message):
        # After a backward pass, a `.grad` that is None belongs to a tensor that took over the name.
        explanation = "rebinding-leaf" if later or first_round.goes_backward() else "zero-before-first"
    elif isinstance(error, Warning):
        explanation = "rebinding-leaf" if later else first_round.warning
    if explanation is None:
        return refusal(error)
    return not_yet(explanation, "second-round" if later else "first-round", name=type(error).__name__, message=message)


def _goes_backward(descent: Descent) -> bool:
    return error_with(partial(descent, probes.raises_in_backward), 1) == probes.BACKWARD_BEGUN


def _without_gradient(descent: Descent) -> str:
    """Find out on which tensor the missing `.grad` was read: the point, the value of f, or one without backward."""
    if error_with(partial(descent, probes.keeps_grad_of_point), 1) is None:
        return "not-a-leaf"
    return "grad-of-intermediate" if _goes_backward(descent) else "no-gradient-there"
