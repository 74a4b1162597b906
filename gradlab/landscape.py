"""The function of lab 06 in closed form: its value (height), its gradient (slope), its basins (valleys) and ridges.

f(x₁, x₂) = sin x₁ cos x₂ + sin(x₁/2) cos(x₂/2). Since sin a cos b = ½ (sin(a + b) + sin(a − b)), it falls apart into
two functions of one variable, f = ½ g(x₁ + x₂) + ½ g(x₁ − x₂) with g(t) = sin t + sin(t/2), which has the period 4π. So
a point is a minimum of f where both x₁ + x₂ and x₁ − x₂ are minima of g, and its valley ends where either of them
reaches a maximum of g. With c = cos(t/2), g'(t) = 2c² + c/2 − 1, whose two roots give all of them.
"""

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from torch import Tensor

Numbers = TypeVar("Numbers", "Tensor", npt.NDArray[np.float64])
PERIOD = 4 * math.pi
_ROOT = math.sqrt(33)
_RIDGE = 2 * math.acos((_ROOT - 1) / 8)
"""Where g has its higher maximum. The lower one is `_SHALLOW` before the end of the period, and vice versa."""
_SHALLOW = 2 * math.acos(-(_ROOT + 1) / 8)
_DEEP = PERIOD - _RIDGE
_WIDTH = PERIOD - _SHALLOW - _RIDGE
"""How far it is from the higher maximum of g to the lower one, over the shallow minimum."""


def _curvature(t: float) -> float:
    return -math.sin(t) - math.sin(t / 2) / 4


LARGEST_RATE = 2 / _curvature(_DEEP)
"""2 / λmax in the deepest valley, 1.7296: descent at a larger rate does not come to rest there."""


def height(points: "Tensor") -> "Tensor":
    """The height f at points (…, 2): (…)."""
    first, second = points[..., 0], points[..., 1]
    return first.sin() * second.cos() + (first / 2).sin() * (second / 2).cos()


def slope(first: "Tensor", second: "Tensor") -> tuple["Tensor", "Tensor"]:
    """The two partial derivatives of f at points given by two tensors of coordinates of one shape."""
    along_first = first.cos() * second.cos() + (first / 2).cos() * (second / 2).cos() / 2
    along_second = -first.sin() * second.sin() - (first / 2).sin() * (second / 2).sin() / 2
    return along_first, along_second


def valley(t: "Tensor") -> "Tensor":
    """The number of the valley of g in which t lies, in the dtype of t: even for the shallow ones, odd for the deep."""
    turns = (t - _RIDGE).div(PERIOD).floor()
    return 2 * turns + (t - _RIDGE - turns * PERIOD > _WIDTH)


def bottom(valleys: Numbers) -> Numbers:
    """Where the valleys of g with these numbers are lowest; a tensor or an array of float64 or float32."""
    turns = valleys // 2
    return turns * PERIOD + _SHALLOW + (valleys - 2 * turns) * (_DEEP - _SHALLOW)


def minimum(valleys: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The minima (…, 2) of the valleys of f with these numbers along x₁ + x₂ and x₁ − x₂, (…, 2)."""
    across = bottom(valleys)
    return np.stack([across[..., 0] + across[..., 1], across[..., 0] - across[..., 1]], axis=-1) / 2


def clearance(t: "Tensor") -> "Tensor":
    """How far t is from the nearest maximum of g."""
    inside = (t - _RIDGE).remainder(PERIOD)
    return (inside - _WIDTH).abs().minimum(inside).minimum(PERIOD - inside)
