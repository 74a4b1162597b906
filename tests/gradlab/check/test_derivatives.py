"""Slopes against analytic ones."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.derivatives import central_differences, gradient, gradients, hessian

Surface = Callable[[torch.Tensor], torch.Tensor]
POINTS = torch.tensor([[0.3, 1.2], [4.0, -2.0], [9.5, 6.1]], dtype=torch.float64)


def cubic(x: torch.Tensor) -> torch.Tensor:
    return x[..., 0] ** 3 * x[..., 1] + torch.exp(x[..., 1])


def slope(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([3 * x[..., 0] ** 2 * x[..., 1], x[..., 0] ** 3 + torch.exp(x[..., 1])], dim=-1)


def test_autograd_and_central_differences_agree_with_the_formula() -> None:
    torch.testing.assert_close(gradient(cubic, POINTS), slope(POINTS))
    torch.testing.assert_close(gradients(cubic, POINTS), slope(POINTS))
    torch.testing.assert_close(central_differences(cubic, POINTS), slope(POINTS), rtol=1e-9, atol=1e-8)


def test_a_point_in_single_precision_is_differentiated_in_double() -> None:
    assert gradient(cubic, POINTS.float()).dtype == torch.float64


def test_gradients_are_found_where_autograd_is_off() -> None:
    with torch.no_grad():
        torch.testing.assert_close(gradient(cubic, POINTS), slope(POINTS))


def test_the_hessian_agrees_with_torch(f: Surface) -> None:
    for point in POINTS:
        expected = torch.autograd.functional.hessian(f, point)
        torch.testing.assert_close(hessian(f, point), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("broken", [lambda x: x.detach().sum(), lambda x: 1.0, lambda x: None, lambda x: x.nothing])
def test_a_function_without_a_slope_is_refused(broken: Surface) -> None:
    with pytest.raises(NotYet):
        gradient(broken, POINTS[0])
