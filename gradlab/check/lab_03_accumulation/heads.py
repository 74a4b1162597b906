"""The check of two gradients that go back through one trunk."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.compare import close, factor
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import slopes_from
from gradlab.check.lab_03_accumulation import probes
from gradlab.check.lab_03_accumulation.inputs import grad_of_argument_explained, require_left_alone
from gradlab.check.values import numbers
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


@announced
def two_heads(
    function: Function,
    *,
    trunk: Function = probes.steady_trunk,
    first: Function = probes.squares,
    second: Function = probes.sines,
) -> None:
    """Check a function ``two_gradients(trunk, first, second, x)``.

    Args:
        function: the student's: trunk, two heads and x (d,) → two gradients (d,).
        trunk: maps x to a tensor.
        first: a head, which maps that tensor to a scalar tensor.
        second: the other head.

    Raises:
        NotYet: a gradient is wrong, or the trunk was evaluated more than once.
    """
    require_callable(function, trunk, first, second)
    x = torch.rand(3, dtype=torch.float64) + 0.5
    given = x.clone()
    with grad_of_argument_explained(lambda filled: function(trunk, first, second, filled), given, "`x`"):
        result = slopes_from(functools.partial(_bound, function, first, second, given), trunk)
    one, other = (gradient(functools.partial(_through, trunk, head), x) for head in (first, second))
    before = torch.stack([gradient(head, trunk(x)) for head in (first, second)])
    agree(result, torch.stack([one, other]), _mistakes(one, other, before), given="random x", shape=(3,))
    require_left_alone("`x`", x, given)
    _require_one_trunk(function, x)


def _bound(function: Function, first: Function, second: Function, x: Tensor, trunk: Function) -> object:
    return function(trunk, first, second, x)


def _through(trunk: Function, head: Function, x: Tensor) -> object:
    return head(trunk(x))


def _mistakes(one: Tensor, other: Tensor, before: Tensor) -> Iterator[Variant]:
    both = one + other
    yield Variant("missing-zero-grad", "acc-second-holds-first", torch.stack([one, both]))
    yield Variant("acc-alias", "acc-both-sum", torch.stack([both, both]))
    yield Variant("acc-alias", "acc-both-second", torch.stack([other, other]))
    yield Variant("acc-alias", "acc-rows-all-zero", torch.zeros(2, len(one), dtype=one.dtype))
    yield Variant("acc-alias", "acc-first-lost", torch.stack([torch.zeros_like(one), other]))
    yield Variant("acc-alias", "acc-sum-and-zero", torch.stack([both, torch.zeros_like(both)]))
    yield Variant("acc-one-sum", "acc-one-sum", both)
    yield Variant("other-variable", "acc-towards-trunk", before)
    yield Variant("acc-swapped", "acc-swapped", torch.stack([other, one]))


def _require_one_trunk(function: Function, x: Tensor) -> None:
    """Refuse a second evaluation of the trunk: with chance in it, the two gradients belong to different trunks."""
    result = call(function, probes.dropping_trunk, probes.total, probes.twice, x.clone())
    found = numbers(result)
    ratio = factor(found[1], found[0]) if found.shape == (2, len(x)) else None
    if ratio is None or not close(found[1], 2 * found[0]):
        raise not_yet("acc-trunk-twice", "acc-trunk-twice")
