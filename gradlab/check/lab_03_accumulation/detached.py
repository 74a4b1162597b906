"""The checks of values without a record (quiet), and of a factor that is a constant for autograd (one-way)."""

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, refusal_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import errors_refused
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known_values
from gradlab.check.lab_03_accumulation.sample_functions import exponential, identity, shifted_sine
from gradlab.check.missing_gradients import error_with
from gradlab.check.probes import raises_if_not_tracked
from gradlab.check.values import is_tensor, kind_of

Tensor = torch.Tensor
_WIDTH = 1e-5


@announced
def quiet(function: Function, *, on: Function = exponential) -> None:
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
    agree(result, on(values), given=words.FRAGMENTS["random-x"], shape=(3,))
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


@announced
def one_way(
    function: Function, *, f: Function = exponential, g: Function = shifted_sine, shape: tuple[int, ...] = (5,)
) -> None:
    """Check a function ``one_way(f, g, x)``: the values of f(x) · g(x), with g(x) as a constant for autograd.

    Args:
        function: the student's.
        f: works on each number by itself.
        g: does so too.
        shape: the shape of x.
    """
    require_callable(function, f, g)
    _check_one_way(function, f, g, shape)
    # A g that hands back x itself performs no operation that `no_grad()` could leave unrecorded.
    _check_one_way(function, f, identity, shape, both_ways="acc-no-operation")


def _check_one_way(
    function: Function, f: Function, g: Function, shape: tuple[int, ...], both_ways: str = "acc-both-ways"
) -> None:
    values = torch.rand(shape, dtype=torch.float64) + 0.2
    x = values.clone().requires_grad_()
    result = call(function, f, g, x)
    agree(result, f(values) * g(values), _wrong_values(f, g, values), given=words.FRAGMENTS["random-x"], shape=shape)
    if not x.requires_grad:
        raise not_yet("acc-left-off", "acc-left-off")
    require_unchanged("`x`", values, x)
    if not is_tensor(result):
        raise not_yet("graph-cut", "plain-number", kind=kind_of(result))
    if not result.requires_grad:  # type: ignore[attr-defined]
        inside = error_with(lambda other: function(other, g, x), raises_if_not_tracked) is None
        raise not_yet("acc-product-inside" if inside else "forward-untracked", "acc-no-record")
    weights = torch.rand(shape, dtype=torch.float64) + 0.5
    _require_slope(_slope_of(result, weights, x), f, g, values, weights, both_ways)


def _wrong_values(f: Function, g: Function, values: Tensor) -> list[KnownMistake[Tensor]]:
    return [
        KnownMistake("acc-one-factor", "acc-one-factor", f(values)),
        KnownMistake("acc-one-factor", "acc-one-factor", g(values)),
        KnownMistake("acc-one-factor", "acc-added", f(values) + g(values)),
    ]


def _slope_of(result: object, weights: Tensor, x: Tensor) -> Tensor:
    with errors_refused():
        total = (result * weights).sum()  # type: ignore[operator]
        (found,) = torch.autograd.grad(total, x, allow_unused=True)
    if found is None:
        raise not_yet("graph-cut", "acc-other-record")
    return found.detach().to(torch.float64)


def _measured(f: Function, values: Tensor) -> Tensor:
    """The slope of a function of each number by itself, by central differences."""
    difference: Tensor = f(values + _WIDTH) - f(values - _WIDTH)
    return difference / (2 * _WIDTH)


def _require_slope(found: Tensor, f: Function, g: Function, values: Tensor, weights: Tensor, both_ways: str) -> None:
    """Compare the slope with that of f times the constant g, and with those of the known mistakes."""
    slope_of_f, slope_of_g = weights * _measured(f, values), weights * _measured(g, values)
    through_f, through_g = slope_of_f * g(values), f(values) * slope_of_g
    if close(found, through_f):
        return
    mistakes = (
        KnownMistake(both_ways, both_ways, through_f + through_g),
        KnownMistake("acc-wrong-way", "acc-wrong-way", through_g),
        KnownMistake("data-attribute", "acc-slope-of-one", slope_of_f),
        KnownMistake("data-attribute", "acc-slope-of-one", slope_of_g),
        KnownMistake("graph-cut", "acc-other-record", torch.zeros_like(found)),
    )
    refuse_known_values(found, through_f, mistakes)
    raise not_yet("data-attribute", "acc-slope-differs")
