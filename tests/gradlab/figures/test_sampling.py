import numpy as np
import pytest
import torch

from gradlab.figures.sampling import compact, evaluate, heights, on_grid, point_in_words, to_array, to_paths


def bowl(x: torch.Tensor) -> torch.Tensor:
    return x[..., 0] ** 2 + 10 * x[..., 1]


def test_grid_has_a_row_for_each_second_coordinate() -> None:
    first, second, values = on_grid(bowl, ((0.0, 2.0), (-1.0, 3.0)), 5)

    np.testing.assert_allclose(first, [0, 0.5, 1, 1.5, 2])
    np.testing.assert_allclose(second, [-1, 0, 1, 2, 3])
    np.testing.assert_allclose(values, first[np.newaxis, :] ** 2 + 10 * second[:, np.newaxis])


def test_numpy_functions_are_drawn_too() -> None:
    values = evaluate(lambda x: np.sin(x.numpy()[:, 0]), np.array([[0.5, 1.0], [1.5, 2.0]]))

    np.testing.assert_allclose(values, np.sin([0.5, 1.5]))


@pytest.mark.parametrize("wrong", [lambda x: x, lambda x: x.sum(), lambda _: 3.0])
def test_one_number_for_each_point_is_required(wrong: object) -> None:
    with pytest.raises(ValueError, match="one number for each point"):
        evaluate(wrong, np.zeros((4, 2)))


def test_one_path_and_several_paths() -> None:
    assert to_paths(torch.zeros(7, 2)).shape == (1, 7, 2)
    assert to_paths(np.zeros((3, 7, 1))).shape == (3, 7, 1)


@pytest.mark.parametrize("shape", [(2,), (5, 3), (2, 5, 3), (1, 2, 3, 2), (0, 2)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="steps"):
        to_paths(np.zeros(shape))


def test_tracked_tensors_are_read() -> None:
    np.testing.assert_allclose(to_array(torch.tensor([1.0, 2.0], requires_grad=True)), [1, 2])


def test_heights_of_one_variable() -> None:
    np.testing.assert_allclose(heights(torch.exp, np.array([[0.0], [1.0]])), [1, np.e])


def test_compact_rounds_and_leaves_out_what_is_not_finite() -> None:
    assert compact(np.array([[1.23456, np.nan], [np.inf, -2.0]])) == [[1.2346, None], [None, -2.0]]


def test_place_never_says_minus_zero() -> None:
    assert point_in_words(np.array([-0.001, 3.14159])) == "(0.00, 3.14)"
