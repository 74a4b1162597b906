"""Calls of a student's function that differentiates a vector function, and the Jacobian to compare with."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import CALLED, UNWATCHED, called, complains
from gradlab.check.errors import message_of, refusal
from gradlab.check.lab_04_jacobians import probes
from gradlab.check.probes import ALARM

Run = Callable[[Function], object]
"""A student's function with everything bound but f."""


@dataclass(frozen=True)
class Tellers:
    """Functions that tell why a gradient is None, if they take the place of f.

    Attributes:
        watching: keeps `.grad` on its input, leaf or not.
        keeping: keeps `.grad` on its result.
        refusing: raises `UNWATCHED` if its input is not watched, and `ALARM` where one goes backward through it.
    """

    watching: Function
    keeping: Function
    refusing: Function


SQUARES = Tellers(probes.watching, probes.keeping, probes.refusing)


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """The Jacobian of f at one point (d,): shape (m, d)."""
    try:
        table: torch.Tensor = torch.autograd.functional.jacobian(f, x.detach().clone())  # type: ignore[no-untyped-call]
    except Exception as error:
        raise refusal(error, "function-raised", "function-error") from error
    return table.detach()


def slopes(run: Run, f: Function, tellers: Tellers) -> object:
    """Run a student's function; a gradient that is None gets its reason.

    Args:
        run: the function.
        f: what it is given.
        tellers: what to ask if a gradient is None.
    """
    try:
        with torch.enable_grad():
            result = run(f)
    except Exception as error:
        message = message_of(error)
        if "NoneType" in message or "must be Tensor, not None" in message or "element 0 in argument" in message:
            reason = _reason(run, tellers)
            if reason is not None:
                raise not_yet(reason, "error", name=type(error).__name__, message=message) from error
        raise refusal(error) from error
    if result is None or (type(result) in (list, tuple) and any(part is None for part in result)):  # type: ignore[attr-defined]
        reason = _reason(run, tellers) or ("no-gradient-there" if _stops_short(run, tellers) else None)
        raise not_yet(reason, "slope-none") if reason else not_yet("returns-nothing", "returns-nothing")
    return result


def _reason(run: Run, tellers: Tellers) -> str | None:
    if _finds(run, tellers.watching):
        return "not-a-leaf"
    if _finds(run, tellers.keeping):
        return "grad-of-intermediate"
    return None


def _stops_short(run: Run, tellers: Tellers) -> bool:
    """Say whether f is computed from a watched point, and nobody goes backward from there."""
    return complains(run, called) == CALLED and complains(run, tellers.refusing) not in (ALARM, UNWATCHED)


def _finds(run: Run, probe: Function) -> bool:
    try:
        with torch.enable_grad():
            result = run(probe)
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False
    return result is not None and not (type(result) in (list, tuple) and any(part is None for part in result))  # type: ignore[attr-defined]
