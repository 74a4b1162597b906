"""Calls of a student's function that differentiates a vector function, and the Jacobian to compare with."""

from collections.abc import Callable

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import message_of, refusal

Run = Callable[[Function], object]
"""A student's function with everything bound but f."""


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """The Jacobian of f at one point (d,): shape (m, d)."""
    try:
        table: torch.Tensor = torch.autograd.functional.jacobian(f, x.detach().clone())  # type: ignore[no-untyped-call]
    except Exception as error:
        raise refusal(error, "function-raised", "function-error") from error
    return table.detach()


def slopes(run: Run, f: Function, watching: Function, keeping: Function) -> object:
    """Run a student's function; a gradient that is None gets its reason.

    Args:
        run: the function.
        f: what it is given.
        watching: a function that keeps `.grad` on its input, leaf or not.
        keeping: a function that keeps `.grad` on its result.
    """
    try:
        with torch.enable_grad():
            result = run(f)
    except Exception as error:
        message = message_of(error)
        if "NoneType" in message or "must be Tensor, not None" in message or "element 0 in argument" in message:
            reason = _reason(run, watching, keeping)
            if reason is not None:
                raise not_yet(reason, "error", name=type(error).__name__, message=message) from error
        raise refusal(error) from error
    if result is None or (type(result) in (list, tuple) and any(part is None for part in result)):  # type: ignore[attr-defined]
        reason = _reason(run, watching, keeping)
        raise not_yet(reason, "slope-none") if reason else not_yet("returns-nothing", "returns-nothing")
    return result


def _reason(run: Run, watching: Function, keeping: Function) -> str | None:
    if _finds(run, watching):
        return "not-a-leaf"
    return "grad-of-intermediate" if _finds(run, keeping) else None


def _finds(run: Run, probe: Function) -> bool:
    try:
        with torch.enable_grad():
            result = run(probe)
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False
    return result is not None and not (type(result) in (list, tuple) and any(part is None for part in result))  # type: ignore[attr-defined]
