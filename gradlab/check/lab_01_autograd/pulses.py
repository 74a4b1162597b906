"""The check of the derivative of x · exp(−x/2), found by hand."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.variants import Variant, agree


@announced
def pulse_slope(function: Function) -> None:
    """Check a function ``pulse_slope(x)`` that returns the derivative of x · exp(−x/2) at each number of x.

    Raises:
        NotYet: a slope differs.
    """
    require_callable(function)
    for shape in ((7,), (2, 3), ()):
        x = 0.3 + 4 * torch.rand(shape, dtype=torch.float64)
        given = x.clone()
        result = call_plain(function, given)
        decay = torch.exp(-x / 2)
        agree(result, (1 - x / 2) * decay, _mistakes(x, decay), given="random places", shape=tuple(x.shape))
        require_unchanged("`x`", x, given)


def _mistakes(x: torch.Tensor, decay: torch.Tensor) -> Iterator[Variant]:
    inner = -x / 2
    # u e^(u − 1): the rule for powers, with and without the inner factor.
    for power in (inner * torch.exp(inner - 1), -x / 2 * torch.exp(-x / 2 - 1) * -0.5, inner * decay, inner**2 * decay):
        yield Variant("exp-derivative", "pulse-power", decay + x * power)
    yield Variant("missing-inner-derivative", "pulse-inner", (1 + x) * decay)
    yield Variant("missing-inner-derivative", "pulse-inner-sign", (1 + x / 2) * decay)
    yield Variant("missing-inner-derivative", "pulse-inner-half", (1 - x) * decay)
    yield Variant("pulse-rule", "pulse-product", -0.5 * decay)
    yield Variant("pulse-rule", "pulse-product", decay)
    yield Variant("pulse-rule", "pulse-one-term", -x / 2 * decay)
    yield Variant("value-as-slope", "value-as-slope", x * decay)
