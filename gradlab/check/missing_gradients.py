"""Where a gradient is None: which tensor was asked for it, found out with probes in place of f."""

from collections.abc import Callable
from typing import TypeVar

import torch

from gradlab.check import probes
from gradlab.check.calls import Function
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of, refusal

Run = Callable[[Function], object]
"""A student's function with everything bound but f."""

Argument = TypeVar("Argument")


def error_with(run: Callable[[Argument], object], argument: Argument) -> str | None:
    """The message with which a student's function fails on an argument, a probe say, or None if it works."""
    try:
        run(argument)
    except Exception as error:  # noqa: BLE001 - student code may raise anything
        return message_of(error)
    return None


def finds_gradients(run: Callable[[Argument], object], argument: Argument) -> bool:
    """Say whether a student's function works on an argument, a probe say, and finds all gradients."""
    try:
        with torch.enable_grad():
            return not has_none(run(argument))
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False


def has_none(result: object) -> bool:
    """Say whether a result is None, or a list or tuple with a None in it."""
    parts = result if type(result) in (list, tuple) else (result,)
    return any(part is None for part in parts)  # type: ignore[attr-defined]


def gradients_from(run: Run, f: Function, *, of_f_itself: bool = True) -> object:
    """Run a student's function that computes gradients of f.

    Args:
        run: the function.
        f: what it is given.
        of_f_itself: whether the value of f is what it goes backward from, not only a part of it.

    Returns:
        What it returned; neither None nor a list or tuple with a None in it.

    Raises:
        NotYet: it raised, or a gradient is None; the diagnosis says why as far as probes can tell.
    """
    try:
        with torch.enable_grad():
            result = run(f)
    except Exception as error:
        message = message_of(error)
        if "NoneType" in message:
            early = isinstance(error, AttributeError) and "zero_" in message and not _goes_backward(run)
            explanation = "zero-before-first" if early else _explanation_of_none(run)
            raise not_yet(explanation, "error", name=type(error).__name__, message=message) from error
        raise refusal(error) from error
    if has_none(result):
        raise _explain(run, of_f_itself=of_f_itself)
    return result


def _goes_backward(run: Run) -> bool:
    return error_with(run, probes.raises_in_backward_of_all) == probes.BACKWARD_BEGUN


def _explanation_of_none(run: Run) -> str:
    """Name the tensor on which the missing `.grad` was read: an input that is no leaf, a value, or one not reached."""
    if finds_gradients(run, probes.keeps_grad_of_inputs):
        return "not-a-leaf"
    if _goes_backward(run):
        return "grad-of-intermediate"
    untracked = error_with(run, probes.raises_if_not_tracked) == probes.NOT_TRACKED
    return "data-attribute" if untracked else "no-gradient-there"


def _explain(run: Run, *, of_f_itself: bool) -> NotYet:
    explanation = _explanation_of_none(run)
    nowhere_read = (
        of_f_itself and explanation == "grad-of-intermediate" and not finds_gradients(run, probes.keeps_grad_of_value)
    )
    never_called = explanation == "no-gradient-there" and error_with(run, probes.raises_if_called) != probes.CALLED
    if nowhere_read or never_called:
        return not_yet("returns-nothing", "returns-nothing")
    return not_yet(explanation, "slope-none")
