"""The picture of a Jacobian that pushes forward and pulls back."""

import json

import numpy as np
import pytest

from gradlab import figures

JACOBIAN = [[2.0, 0.5], [0.0, 1.0]]


def test_each_frame_shows_both_products() -> None:
    table = np.array(JACOBIAN)
    for frame in figures.push_and_pull(JACOBIAN).frames:
        d, pulled, pushed, v = (np.array([part.x[1], part.y[1]]) for part in frame.data[:4])

        assert np.linalg.norm(d) == pytest.approx(1, abs=2e-3)
        assert np.linalg.norm(v) == pytest.approx(1, abs=2e-3)
        assert pushed == pytest.approx(table @ d, abs=5e-3)
        assert pulled == pytest.approx(table.T @ v, abs=5e-3)
        assert v @ pushed == pytest.approx(pulled @ d, abs=1e-2)
        left, right = (part.text[0] for part in frame.data[4:])
        shown = float(left.removeprefix("<b>⟨Jᵀv, d⟩ = ").removesuffix("</b>").replace("−", "-"))
        assert shown == pytest.approx(v @ table @ d, abs=1e-2)
        assert right == left.replace("⟨Jᵀv, d⟩", "⟨v, J d⟩")


def test_the_two_directions_turn_apart() -> None:
    frames = figures.push_and_pull(JACOBIAN).frames
    angles = [[np.arctan2(frame.data[part].y[1], frame.data[part].x[1]) for frame in frames] for part in (0, 3)]
    between = np.unwrap(angles[0]) - np.unwrap(angles[1])

    assert np.ptp(between) > 4 * np.pi


def test_arrows_differ_without_their_colour_and_are_named() -> None:
    arrows = figures.push_and_pull(JACOBIAN).data[4:8]

    assert [arrow.text[1] for arrow in arrows] == ["d", "Jᵀv", "J d", "v"]
    assert [arrow.line.dash for arrow in arrows] == ["solid", "dash", "solid", "dash"]
    assert [arrow.marker.symbol for arrow in arrows] == ["circle", "square", "circle", "square"]


def test_inputs_stand_on_the_left_and_outputs_on_the_right() -> None:
    figure = figures.push_and_pull(JACOBIAN)

    assert figure.layout.xaxis.title.text == "inputs"
    assert figure.layout.xaxis2.title.text == "outputs"
    assert len(figure.layout.sliders[0].steps) == len(figure.frames)


def test_the_description_tells_the_rows_and_the_half_axes() -> None:
    description = figures.push_and_pull([[3.0, 0.0], [0.0, -2.0]]).description

    assert "rows (3, 0) and (0, −2)" in description
    assert "half-axes 3 and 2" in description


@pytest.mark.parametrize("other", [[[1.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [1.0, 2.0]])
def test_another_shape_is_refused(other: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="two rows and two columns"):
        figures.push_and_pull(other)


def test_it_is_small() -> None:
    assert len(json.dumps(figures.push_and_pull(JACOBIAN)._repr_mimebundle_()["text/html"])) < 60_000
