"""Gradients at many points, and the Hessian, against analytic ones."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.lab_06_minimum.derivatives import gradients, hessian
from tests.gradlab.check.cases import case

Surface = Callable[[torch.Tensor], torch.Tensor]
POINTS = torch.tensor([[0.3, 1.2], [4.0, -2.0], [9.5, 6.1]], dtype=torch.float64)


def cubic(x: torch.Tensor) -> torch.Tensor:
    return x[..., 0] ** 3 * x[..., 1] + torch.exp(x[..., 1])


def slope(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([3 * x[..., 0] ** 2 * x[..., 1], x[..., 0] ** 3 + torch.exp(x[..., 1])], dim=-1)


def one_point(x: torch.Tensor) -> torch.Tensor:
    return x[0] ** 3 * x[1] + torch.exp(x[1])


def one_point_only(x: torch.Tensor) -> torch.Tensor:
    assert x.shape == (2,)
    return cubic(x)


def coupled(x: torch.Tensor) -> torch.Tensor:
    return cubic(x) * len(x)


def test_a_function_of_one_point_is_asked_point_by_point() -> None:
    for count in [1, 2, 3]:
        for f in [one_point, one_point_only]:
            with case(count, f):
                torch.testing.assert_close(gradients(f, POINTS[:count]), slope(POINTS[:count]))


def test_a_function_whose_points_depend_on_each_other_is_asked_point_by_point() -> None:
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


def test_the_hessian_agrees_with_torch(f: Surface) -> None:
    for point in POINTS:
        expected = torch.autograd.functional.hessian(f, point)
        torch.testing.assert_close(hessian(f, point), expected, rtol=1e-8, atol=1e-9)
