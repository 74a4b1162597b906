"""Slopes against analytic ones."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.derivatives import central_differences, gradient
from tests.gradlab.check.cases import case

Surface = Callable[[torch.Tensor], torch.Tensor]
POINTS = torch.tensor([[0.3, 1.2], [4.0, -2.0], [9.5, 6.1]], dtype=torch.float64)


def cubic(x: torch.Tensor) -> torch.Tensor:
    return x[..., 0] ** 3 * x[..., 1] + torch.exp(x[..., 1])


def slope(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([3 * x[..., 0] ** 2 * x[..., 1], x[..., 0] ** 3 + torch.exp(x[..., 1])], dim=-1)


def test_autograd_and_central_differences_agree_with_the_formula() -> None:
    torch.testing.assert_close(gradient(cubic, POINTS), slope(POINTS))
    torch.testing.assert_close(central_differences(cubic, POINTS), slope(POINTS), rtol=1e-9, atol=1e-8)


def test_central_differences_keep_the_shape_of_points_and_values() -> None:
    def both(x: torch.Tensor) -> torch.Tensor:
        return torch.stack([cubic(x), x.sum(-1), 2 * x[..., 0]], dim=-1)

    many = POINTS.expand(4, 3, 2)
    torch.testing.assert_close(central_differences(cubic, many), slope(many), rtol=1e-9, atol=1e-8)
    jacobian = central_differences(both, many)
    assert jacobian.shape == (4, 3, 3, 2)
    torch.testing.assert_close(jacobian[..., 0, :], slope(many), rtol=1e-9, atol=1e-8)
    torch.testing.assert_close(jacobian[..., 2, :], torch.tensor([2.0, 0.0]).double().expand(4, 3, 2))


def test_a_point_in_single_precision_is_differentiated_in_double() -> None:
    assert gradient(cubic, POINTS.float()).dtype == torch.float64


def test_gradients_are_found_where_autograd_is_off() -> None:
    with torch.no_grad():
        torch.testing.assert_close(gradient(cubic, POINTS), slope(POINTS))


def test_a_function_without_a_slope_is_refused() -> None:
    for broken in [lambda x: x.detach().sum(), lambda x: 1.0, lambda x: None, lambda x: x.nothing]:
        with case(broken), pytest.raises(NotYet):
            gradient(broken, POINTS[0])
