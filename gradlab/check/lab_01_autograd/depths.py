"""The check of the repaired gradient of the water's depth, sin(x₁) − f(x)."""

import functools
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.compare import close
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.emptiness import UNWATCHED, Run, complains, slopes_from, watched_only
from gradlab.check.lab_01_autograd.samples import bed as random_bed
from gradlab.check.values import is_tensor, numbers
from gradlab.check.variants import Variant, agree

_DOUBLE = 1e-10
"""Relative tolerance that float64 meets after a few operations, and what was float32 on the way does not."""


@announced
def sea_depth(function: Function, *, bed: Function | None = None) -> None:
    """Check a function ``depth_slopes(f, place)`` that returns the gradient of sin(x₁) − f(x) in float64.

    Args:
        function: the student's: a function of points (2,) and a list of two numbers → gradient (2,).
        bed: f; by default a random one.

    Raises:
        NotYet: a slope is missing or differs.
    """
    require_callable(function)
    f = functools.partial(random_bed, factors=(0.5 + torch.rand(3)).tolist()) if bed is None else bed
    first, second = (0.3 + torch.rand(2, dtype=torch.float64)).tolist()
    places: list[list[float]] = [[first, second], [int(torch.randint(2, 5, ())), 4]]
    found = [_check_place(function, f, place) for place in places]
    for result, _ in found:
        if is_tensor(result) and result.dtype != torch.float64:  # type: ignore[attr-defined]
            raise not_yet("wrong-precision", "depth-precision", dtype=result.dtype)  # type: ignore[attr-defined]
    # Whole numbers are the same in every type, so that nothing is lost if only the place has been in float32.
    result, right = found[-1]
    if not close(numbers(result), right, _DOUBLE):
        raise not_yet("digits-lost", "depth-digits")


def _check_place(function: Function, f: Function, place: list[float]) -> tuple[object, torch.Tensor]:
    def run(g: Function) -> object:
        return function(g, list(place))

    result = slopes_from(run, f, of_f_itself=False)
    x = torch.tensor(place, dtype=torch.float64)
    waves, ground = torch.stack([torch.cos(x[0]), torch.zeros_like(x[0])]), gradient(f, x)
    right = waves - ground
    agree(result, right, _mistakes(run, x, waves, ground), given="a random place", shape=(2,))
    return result, right


def _mistakes(run: Run, x: torch.Tensor, waves: torch.Tensor, ground: torch.Tensor) -> Iterator[Variant]:
    yield Variant("graph-cut", "depth-waves", -ground)
    # The bed is lost either before f, on values that nobody watches, or after it.
    behind = "data-attribute" if complains(run, watched_only) == UNWATCHED else "graph-cut"
    yield Variant(behind, "depth-bed", waves)
    yield Variant("wrong-coefficient", "depth-sum", waves + ground)
    yield Variant("swapped-components", "depth-swapped", (waves - ground).flip(0))
    yield Variant("missing-zero-grad", "slope-poured", 2 * (waves - ground), {"times": 2})
    other_axis = torch.cos(x) - waves
    yield Variant("wrong-coefficient", "depth-other-axis", other_axis - ground)
    yield Variant("wrong-coefficient", "depth-both-axes", waves + other_axis - ground)
