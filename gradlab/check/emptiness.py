"""Where a gradient is None: which tensor was asked for it, found out with probes in place of f."""

from collections.abc import Callable

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of, refusal
from gradlab.check.probes import ALARM, alarm

UNWATCHED = "gradlab: f was given an unwatched tensor"
CALLED = "gradlab: f was called"

Run = Callable[[Function], object]
"""A student's function with everything bound but f."""


def watching_all(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs, which keeps `.grad` on each of them even if it is no leaf."""
    for part in inputs:
        if part.requires_grad:
            part.retain_grad()
    return torch.stack([part.sum() for part in inputs]).sum()


def alarm_of_all(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs; going backward through it raises RuntimeError with `probes.ALARM` as its message."""
    return alarm(torch.stack([part.sum() for part in inputs]))


def watched_only(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs; raises RuntimeError with `UNWATCHED` as its message if one is not watched."""
    if not all(part.requires_grad for part in inputs):
        raise RuntimeError(UNWATCHED)
    return torch.stack([part.sum() for part in inputs]).sum()


def called(*_inputs: torch.Tensor) -> torch.Tensor:
    """Raises RuntimeError with `CALLED` as its message."""
    raise RuntimeError(CALLED)


def complains(run: Run, probe: Function) -> str | None:
    """The message with which a student's function fails on a probe, or None if it works."""
    try:
        run(probe)
    except Exception as error:  # noqa: BLE001 - student code may raise anything
        return message_of(error)
    return None


def watching_value(*inputs: torch.Tensor) -> torch.Tensor:
    """The sum of all the inputs, which keeps its own `.grad`."""
    total = torch.stack([part.sum() for part in inputs]).sum()
    if total.requires_grad:
        total.retain_grad()
    return total


def slopes_from(run: Run, f: Function, *, of_f_itself: bool = True) -> object:
    """Run a student's function that computes slopes of f.

    Args:
        run: the function.
        f: what it is given.
        of_f_itself: whether the value of f is what it goes backward from, not only a part of it.

    Returns:
        What it returned; neither None nor a list or tuple with a None in it.

    Raises:
        NotYet: it raised, or a slope is None; the diagnosis says why as far as probes can tell.
    """
    try:
        with torch.enable_grad():
            result = run(f)
    except Exception as error:
        message = message_of(error)
        if "NoneType" in message:
            early = isinstance(error, AttributeError) and "zero_" in message and not _goes_backward(run)
            explanation = "zero-before-first" if early else _who_has_none(run)
            raise not_yet(explanation, "error", name=type(error).__name__, message=message) from error
        raise refusal(error) from error
    if _has_none(result):
        raise _explain(run, of_f_itself=of_f_itself)
    return result


def _has_none(result: object) -> bool:
    parts = result if type(result) in (list, tuple) else (result,)
    return any(part is None for part in parts)  # type: ignore[attr-defined]


def _goes_backward(run: Run) -> bool:
    return complains(run, alarm_of_all) == ALARM


def _finds(run: Run, probe: Function) -> bool:
    """Say whether slopes of this probe are found."""
    try:
        with torch.enable_grad():
            return not _has_none(run(probe))
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False


def _who_has_none(run: Run) -> str:
    """Name the tensor on which the missing `.grad` was read: an input that is no leaf, a value, or one not reached."""
    if _finds(run, watching_all):
        return "not-a-leaf"
    if _goes_backward(run):
        return "grad-of-intermediate"
    return "data-attribute" if complains(run, watched_only) == UNWATCHED else "no-gradient-there"


def _explain(run: Run, *, of_f_itself: bool) -> NotYet:
    explanation = _who_has_none(run)
    nowhere_read = of_f_itself and explanation == "grad-of-intermediate" and not _finds(run, watching_value)
    never_called = explanation == "no-gradient-there" and complains(run, called) != CALLED
    if nowhere_read or never_called:
        return not_yet("returns-nothing", "returns-nothing")
    return not_yet(explanation, "slope-none")
