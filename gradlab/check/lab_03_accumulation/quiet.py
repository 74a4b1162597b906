"""The check of a value without a record."""

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, refusal_plain, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_03_accumulation.probes import curved
from gradlab.check.values import is_tensor
from gradlab.check.variants import agree


@announced
def quiet(function: Function, *, on: Function = curved) -> None:
    """Check a function ``value_only(f, x)`` that returns the values of f(x), unwatched, and leaves x watched.

    Args:
        function: the student's.
        on: f, which maps a tensor (3,) to a tensor.

    Raises:
        NotYet: the values are wrong, the result is watched, or x is not watched any more.
    """
    require_callable(function, on)
    values = torch.rand(3, dtype=torch.float64)
    x = values.clone().requires_grad_()
    result = _watched_call(function, on, x)
    if not x.requires_grad:
        raise not_yet("acc-left-off", "acc-left-off")
    agree(result, on(values), given="random x", shape=(3,))
    if is_tensor(result) and result.requires_grad:  # type: ignore[attr-defined]
        raise not_yet("still-tracked", "still-tracked")
    require_unchanged("`x`", values, x)


def _watched_call(function: Function, f: Function, x: torch.Tensor) -> object:
    """Call a student's function; refuse that it leaves autograd switched off for everything that follows."""
    with torch.enable_grad():
        try:
            result = function(f, x)
        except Exception as error:
            raise refusal_plain(error) from error
        if not torch.is_grad_enabled():
            raise not_yet("acc-left-off", "acc-all-off")
    return result
