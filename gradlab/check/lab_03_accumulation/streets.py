"""The check of a product whose gradient flows through one factor only."""

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import refusal
from gradlab.check.lab_03_accumulation.probes import curved, same, wavy
from gradlab.check.values import is_tensor, kind_of
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor
_WIDTH = 1e-5


@announced
def one_way(function: Function, *, f: Function = curved, g: Function = wavy, shape: tuple[int, ...] = (5,)) -> None:
    """Check a function ``one_way(f, g, x)``: the values of f(x) · g(x), with g(x) as a constant for autograd.

    Args:
        function: the student's.
        f: works on each number by itself.
        g: does so too.
        shape: the shape of x.

    Raises:
        NotYet: values or gradient are wrong.
    """
    require_callable(function, f, g)
    _check(function, f, g, shape)
    # A g that hands back x itself performs no operation that `no_grad()` could leave unrecorded.
    _check(function, f, same, shape, both_ways="acc-no-operation")


def _check(
    function: Function, f: Function, g: Function, shape: tuple[int, ...], both_ways: str = "acc-both-ways"
) -> None:
    values = torch.rand(shape, dtype=torch.float64) + 0.2
    x = values.clone().requires_grad_()
    result = call(function, f, g, x)
    agree(result, f(values) * g(values), _wrong_values(f, g, values), given="random x", shape=shape)
    if not x.requires_grad:
        raise not_yet("acc-left-off", "acc-left-off")
    require_unchanged("`x`", values, x)
    if not is_tensor(result):
        raise not_yet("graph-cut", "plain-number", kind=kind_of(result))
    if not result.requires_grad:  # type: ignore[attr-defined]
        raise not_yet("forward-untracked", "acc-no-record")
    weights = torch.rand(shape, dtype=torch.float64) + 0.5
    _judge(_slope_of(result, weights, x), f, g, values, weights, both_ways)


def _wrong_values(f: Function, g: Function, values: Tensor) -> list[Variant]:
    return [
        Variant("acc-one-factor", "acc-one-factor", f(values)),
        Variant("acc-one-factor", "acc-one-factor", g(values)),
        Variant("acc-one-factor", "acc-added", f(values) + g(values)),
    ]


def _slope_of(result: object, weights: Tensor, x: Tensor) -> Tensor:
    try:
        total = (result * weights).sum()  # type: ignore[operator]
        (found,) = torch.autograd.grad(total, x, allow_unused=True)
    except Exception as error:
        raise refusal(error) from error
    if found is None:
        raise not_yet("graph-cut", "acc-other-record")
    return found.detach().to(torch.float64)


def _measured(f: Function, values: Tensor) -> Tensor:
    """The slope of a function of each number by itself, by central differences."""
    difference: Tensor = f(values + _WIDTH) - f(values - _WIDTH)
    return difference / (2 * _WIDTH)


def _judge(found: Tensor, f: Function, g: Function, values: Tensor, weights: Tensor, both_ways: str) -> None:
    """Compare the slope with that of f times the constant g, and with those of the known mistakes."""
    through_f, through_g = _measured(f, values) * g(values), f(values) * _measured(g, values)
    if close(found, weights * through_f):
        return
    if close(found, weights * (through_f + through_g)):
        raise not_yet(both_ways, both_ways)
    if close(found, weights * through_g):
        raise not_yet("acc-wrong-way", "acc-wrong-way")
    if close(found, weights * _measured(f, values)) or close(found, weights * _measured(g, values)):
        raise not_yet("data-attribute", "acc-slope-of-one")
    if close(found, torch.zeros_like(found)):
        raise not_yet("graph-cut", "acc-other-record")
    raise not_yet("data-attribute", "acc-slope-differs")
