"""Functions that the checks hand over as f. They reach a student's process by name, with plain data bound to them."""

from collections.abc import Sequence

import torch

NOT_SINGLE = "gradlab: the function was given another type than float32"


def polynomial(x: torch.Tensor, coefficients: Sequence[float]) -> torch.Tensor:
    """The sum of coefficient · xⁿ, n = 0, 1, 2, …, for each number of x."""
    total = torch.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def saddle(x: torch.Tensor, y: torch.Tensor, factors: Sequence[float]) -> torch.Tensor:
    """The saddle a x² y + b y³ + c x."""
    a, b, c = factors
    return a * x**2 * y + b * y**3 + c * x


def sea_bed(x: torch.Tensor, factors: Sequence[float]) -> torch.Tensor:
    """A sea bed over points (2,): a x₁² + b x₁ x₂ + c x₂."""
    a, b, c = factors
    return a * x[0] ** 2 + b * x[0] * x[1] + c * x[1]


def sine(x: torch.Tensor, pace: float, height: float = 1.0) -> torch.Tensor:
    """Height · sin(pace · x) for each number of x."""
    return height * torch.sin(pace * x)


def claimed_slope(
    x: torch.Tensor, pace: float, height: float = 1.0, times: float = 1.0, left: float = 0.0, right: float = 0.0
) -> torch.Tensor:
    """What is claimed to be the slope of `sine`: times its slope, plus left below x = 1 and right above."""
    slope = times * height * pace * torch.cos(pace * x)
    return slope + torch.where(x < 1, left, right)


def slope_wrong_at(x: torch.Tensor, pace: float, height: float, place: float, off: float) -> torch.Tensor:
    """The slope of `sine`, and at one place something else: it is off there, and nowhere else."""
    return height * pace * torch.cos(pace * x) + torch.where((x - place).abs() < 1e-3, off, 0.0)


def square_half_detached(x: torch.Tensor) -> torch.Tensor:
    """x², one factor of which autograd does not see."""
    return x * x.detach()


def square_in_single_precision(x: torch.Tensor) -> torch.Tensor:
    """x², for float32 alone."""
    if x.dtype != torch.float32:
        raise RuntimeError(NOT_SINGLE)
    return x * x


def multiple(x: torch.Tensor, factor: float) -> torch.Tensor:
    """Factor · x."""
    return factor * x


# At some places autograd's slopes of the following are wrong.


def clipped_twice(x: torch.Tensor) -> torch.Tensor:
    """relu(x) − relu(−x), which is x."""
    return torch.relu(x) - torch.relu(-x)


def root_of_square(x: torch.Tensor) -> torch.Tensor:
    """√(x²), which is |x|."""
    return torch.sqrt(x**2)


def guarded_quotient(x: torch.Tensor) -> torch.Tensor:
    """sin(x)/x, and 1 at 0."""
    return torch.where(x == 0, 1.0, torch.sin(x) / x)


def cancelling(x: torch.Tensor) -> torch.Tensor:
    """(1 − cos x)/x², whose digits cancel near 0."""
    return (1 - torch.cos(x)) / x**2


def absolute(x: torch.Tensor) -> torch.Tensor:
    """|x|. At its kink, autograd and a central difference say 0."""
    return torch.abs(x)


def ramp(x: torch.Tensor, slope: float) -> torch.Tensor:
    """Slope · x for positive x, and else 0."""
    return slope * torch.relu(x)


def root_from_zero(x: torch.Tensor) -> torch.Tensor:
    """√x, and x for negative x. Its slope at 0 is infinite."""
    return torch.where(x >= 0, torch.sqrt(x), x)
