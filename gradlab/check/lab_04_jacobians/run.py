"""Calls of a student's function that differentiates a vector function, and the Jacobian to compare with."""

from dataclasses import dataclass

import torch

from gradlab.check.calls import Function
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused, message_of, refusal
from gradlab.check.lab_04_jacobians import sample_functions
from gradlab.check.missing_gradients import Run, error_with, finds_gradients, has_none
from gradlab.check.probes import BACKWARD_BEGUN, CALLED, NOT_TRACKED, raises_if_called


@dataclass(frozen=True)
class GradientProbes:
    """Functions that tell why a gradient is None, if they take the place of f.

    Attributes:
        keeps_grad_of_input: keeps `.grad` on its input, leaf or not.
        keeps_grad_of_value: keeps `.grad` on its result.
        raises_in_backward: raises `NOT_TRACKED` if its input requires no gradient, and `BACKWARD_BEGUN` where one goes
            backward through it.
    """

    keeps_grad_of_input: Function
    keeps_grad_of_value: Function
    raises_in_backward: Function


_SQUARE_PROBES = GradientProbes(
    sample_functions.square_keeps_grad_of_input,
    sample_functions.square_keeps_grad_of_value,
    sample_functions.square_raises_in_backward,
)
FUNCTIONS = ((sample_functions.square, 3), (sample_functions.taller, 2), (sample_functions.wider, 3))
"""Functions to differentiate, each with the number of its inputs."""


def random_tensor(*shape: int) -> torch.Tensor:
    """Draw numbers between 0.4 and 1.4, float64: none is near 0."""
    return 0.4 + torch.rand(*shape, dtype=torch.float64)


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """The Jacobian of f at one point (d,): shape (m, d)."""
    with errors_refused("function-raised", "function-error"):
        table: torch.Tensor = torch.autograd.functional.jacobian(f, x.detach().clone())  # type: ignore[no-untyped-call]
    return table.detach()


def run_for_gradients(run: Run, f: Function, probes: GradientProbes = _SQUARE_PROBES) -> object:
    """Run a student's function; a gradient that is None gets its reason.

    Args:
        run: the function.
        f: what it is given.
        probes: what takes the place of f if a gradient is None.
    """
    try:
        with torch.enable_grad():
            result = run(f)
    except Exception as error:
        message = message_of(error)
        if "NoneType" in message or "must be Tensor, not None" in message or "element 0 in argument" in message:
            reason = _reason(run, probes)
            if reason is not None:
                raise not_yet(reason, "error", name=type(error).__name__, message=message) from error
        raise refusal(error) from error
    if has_none(result):
        reason = _reason(run, probes) or ("no-gradient-there" if _stops_short(run, probes) else None)
        raise not_yet(reason, "slope-none") if reason else not_yet("returns-nothing", "returns-nothing")
    return result


def _reason(run: Run, probes: GradientProbes) -> str | None:
    if finds_gradients(run, probes.keeps_grad_of_input):
        return "not-a-leaf"
    if finds_gradients(run, probes.keeps_grad_of_value):
        return "grad-of-intermediate"
    return None


def _stops_short(run: Run, probes: GradientProbes) -> bool:
    """Say whether f is computed from a watched point, and no backward pass starts from there."""
    unexpected = (BACKWARD_BEGUN, NOT_TRACKED)
    return error_with(run, raises_if_called) == CALLED and error_with(run, probes.raises_in_backward) not in unexpected
