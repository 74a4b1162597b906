import numpy as np
import pytest
import torch

from gradlab import figures


def waves(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x[..., 0]) * torch.cos(x[..., 1])


@pytest.mark.parametrize("draw", [figures.contour, figures.surface])
def test_the_picture_holds_the_function(draw: object) -> None:
    figure = draw(waves, extent=((0.0, 3.0), (-2.0, 2.0)), resolution=40)

    first, second, values = (np.array(figure.data[0][name], dtype=float) for name in "xyz")
    assert values.shape == (40, 40)
    assert (first[0], first[-1], second[0], second[-1]) == (0, 3, -2, 2)
    np.testing.assert_allclose(values, np.sin(first)[np.newaxis, :] * np.cos(second)[:, np.newaxis], atol=2e-4)


@pytest.mark.parametrize("draw", [figures.contour, figures.surface])
def test_the_description_names_the_lowest_point(draw: object) -> None:
    def bowl(x: torch.Tensor) -> torch.Tensor:
        return (x[..., 0] - 4) ** 2 + (x[..., 1] - 6) ** 2 - 1.5

    figure = draw(bowl, resolution=11)

    assert "−1.50" in figure.description
    assert "(4.00, 6.00)" in figure.description
    caption = figure.layout.annotations[0].text.replace("<br>", " ")
    assert caption == figure.description


def test_equal_units_along_both_axes() -> None:
    assert figures.contour(waves, resolution=5).layout.yaxis.scaleanchor == "x"


def test_curve_holds_a_function_of_one_variable() -> None:
    figure = figures.curve(lambda x: (x - 2) ** 2, extent=(-1.0, 4.0), resolution=51)

    across, up = (np.array(figure.data[0][name], dtype=float) for name in "xy")
    np.testing.assert_allclose(up, (across - 2) ** 2, atol=2e-4)
    assert "near x = 2.00" in figure.description


def test_a_function_that_is_nan_in_places_is_drawn() -> None:
    figure = figures.contour(lambda x: torch.log(x[..., 0] - 5), resolution=11)

    assert figure.data[0].z[0][0] is None
    assert "highest, 1.61, near (10.00, 0.00)" in figure.description


def test_a_function_that_is_nan_everywhere_is_drawn() -> None:
    figure = figures.contour(lambda x: x[..., 0] * torch.nan, resolution=3)

    assert "nan" in figure.description


def test_a_function_with_a_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(10000, 2\) for 10000 points"):
        figures.contour(lambda x: x)
