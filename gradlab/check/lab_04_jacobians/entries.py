"""The check of a Jacobian that was found by hand."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.variants import Variant, agree


@announced
def entries(function: Function) -> None:
    """Check a function ``entries(x)`` that returns the Jacobian of (x₁² x₂, sin 3x₂, x₁ + x₂) at x.

    Raises:
        NotYet: an entry differs.
    """
    require_callable(function)
    for _ in range(2):
        x = 0.4 + torch.rand(2, dtype=torch.float64)
        given = x.clone()
        expected = _table(x, 3 * torch.cos(3 * x[1]))
        agree(call(function, given), expected, _mistakes(x, expected), given="a random point", shape=(2,))
        require_unchanged("`x`", x, given)


def _table(x: torch.Tensor, wave: torch.Tensor) -> torch.Tensor:
    a, b = x[0], x[1]
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    return torch.stack([torch.stack([2 * a * b, a**2]), torch.stack([zero, wave]), torch.stack([one, one])])


def _mistakes(x: torch.Tensor, expected: torch.Tensor) -> Iterator[Variant]:
    wave = torch.cos(3 * x[1])
    yield Variant("transposed-jacobian", "jac-transposed", expected.T)
    yield Variant("missing-inner-derivative", "jac-inner", _table(x, wave))
    yield Variant("missing-inner-derivative", "jac-inner", _table(x, wave).T)
    yield Variant("jac-sign", "jac-cosine-sign", _table(x, -3 * wave))
    yield Variant("jac-columns", "jac-columns", expected.flip(1))
    yield Variant("jac-summed", "jac-summed", expected.sum(0))
    yield Variant("transposed-jacobian", "jac-reshaped", expected.T.reshape(3, 2))
    flat = expected.clone()
    flat[1, 0] = flat[1, 1]
    yield Variant("jac-zero", "jac-zero", flat)
