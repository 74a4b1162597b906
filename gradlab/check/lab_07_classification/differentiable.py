"""Whether autograd can follow a student's function of one tensor, and finds its derivative."""

from collections.abc import Callable

import torch

from gradlab.check.calls import Function, call
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused
from gradlab.check.values import is_tensor


def require_slopes(function: Function, x: torch.Tensor, formula: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Refuse a result that autograd can't trace back to x, or whose derivative is not the formula's.

    Args:
        function: the student's; its values are known to be right.
        x: where, float64.
        formula: computes the same.

    Raises:
        NotYet: the chain is cut, or leads past a part of the formula.
    """
    leaf, other = (x.detach().clone().requires_grad_() for _ in range(2))
    result = call(function, leaf)
    if not is_tensor(result):
        raise not_yet("graph-cut", "class-untracked")
    if not result.requires_grad:  # type: ignore[attr-defined]
        # What went through plain numbers comes back in torch's default type; what autograd did not see keeps its own.
        cut = result.dtype != x.dtype  # type: ignore[attr-defined]
        raise not_yet("graph-cut" if cut else "forward-untracked", "class-untracked")
    right = formula(other)
    weights = torch.rand_like(right)
    (expected,) = torch.autograd.grad((right * weights).sum(), other)
    with errors_refused():
        total = (result * weights.to(result.dtype)).sum()  # type: ignore[attr-defined, operator]
        (found,) = torch.autograd.grad(total, leaf, allow_unused=True)
    if found is None:
        raise not_yet("graph-cut", "class-untracked")
    if not bool(torch.isfinite(found).all()):
        raise not_yet("class-overflow", "class-gradient-not-finite")
    if not close(found.detach().to(torch.float64), expected):
        raise not_yet("data-attribute", "class-slopes-differ")
