"""Slopes against analytic ones."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.derivatives import central_differences, gradient, gradients, hessian, together

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


def one_point(x: torch.Tensor) -> torch.Tensor:
    return x[0] ** 3 * x[1] + torch.exp(x[1])


def one_point_only(x: torch.Tensor) -> torch.Tensor:
    assert x.shape == (2,)
    return cubic(x)


def coupled(x: torch.Tensor) -> torch.Tensor:
    return cubic(x) * len(x)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("f", [one_point, one_point_only])
def test_a_function_of_one_point_is_asked_point_by_point(f: Surface, count: int) -> None:
    assert together(f, POINTS[:count]) is None
    torch.testing.assert_close(gradients(f, POINTS[:count]), slope(POINTS[:count]))


def test_a_function_whose_points_depend_on_each_other_is_asked_point_by_point() -> None:
    assert together(coupled, POINTS) is None
    torch.testing.assert_close(gradients(coupled, POINTS), 2 * slope(POINTS))


def test_points_stay_as_they_are_whatever_a_function_does_to_them() -> None:
    def halves(x: torch.Tensor) -> torch.Tensor:
        x /= 2
        return cubic(x)

    points = POINTS.clone()
    with pytest.raises(NotYet, match="in-place operation"):
        gradients(halves, points)
    assert torch.equal(points, POINTS)


def test_many_points_are_one_call() -> None:
    shapes = []

    def watched(x: torch.Tensor) -> torch.Tensor:
        shapes.append(tuple(x.shape))
        return cubic(x)

    torch.testing.assert_close(gradients(watched, POINTS), slope(POINTS))
    assert shapes == [(3, 2), (2,)]


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


def test_the_hessian_agrees_with_torch(f: Surface) -> None:
    for point in POINTS:
        expected = torch.autograd.functional.hessian(f, point)
        torch.testing.assert_close(hessian(f, point), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("broken", [lambda x: x.detach().sum(), lambda x: 1.0, lambda x: None, lambda x: x.nothing])
def test_a_function_without_a_slope_is_refused(broken: Surface) -> None:
    with pytest.raises(NotYet):
        gradient(broken, POINTS[0])
