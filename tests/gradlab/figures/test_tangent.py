import json

import pytest
import torch

from gradlab import figures


def square(x: torch.Tensor) -> torch.Tensor:
    return x**2


def test_each_frame_touches_the_graph_with_its_slope() -> None:
    figure = figures.tangent(square, extent=(-1, 1), places=5)

    assert [frame.data[1].x[0] for frame in figure.frames] == [-1, -0.5, 0, 0.5, 1]
    for frame in figure.frames:
        line, point = frame.data
        place = point.x[0]
        assert point.y[0] == pytest.approx(place**2)
        assert (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]) == pytest.approx(2 * place, abs=1e-3)
        assert sum(line.y) / 2 == pytest.approx(place**2, abs=1e-3)


def test_the_slope_stands_beside_the_point() -> None:
    texts = [frame.data[1].text[0] for frame in figures.tangent(square, extent=(-1, 1), places=5).frames]

    assert texts == ["slope −2.00", "slope −1.00", "slope 0.00", "slope 1.00", "slope 2.00"]


def test_the_slope_is_written_towards_the_middle_of_the_picture() -> None:
    sides = [frame.data[1].textposition for frame in figures.tangent(square, extent=(-1, 1), places=5).frames]

    assert sides == ["top right", "top right", "top left", "top left", "top left"]


def test_the_slider_has_a_position_for_each_frame() -> None:
    figure = figures.tangent(square, extent=(0, 2), places=11)

    assert len(figure.layout.sliders[0].steps) == len(figure.frames) == 11


def test_the_description_tells_the_slopes_at_both_ends() -> None:
    description = figures.tangent(square, extent=(-1, 2), places=4).description

    assert "slope is −2.00 at the left end and 4.00 at the right end" in description
    assert "flattest, 0.00, at x = 0.00" in description


def test_it_is_small() -> None:
    assert len(json.dumps(figures.tangent(square, extent=(0, 1))._repr_mimebundle_()["text/html"])) < 60_000
