import pytest
import torch

from gradlab import figures


def cube(x: torch.Tensor) -> torch.Tensor:
    return x**3


def slope_of(line: object) -> float:
    x, y = line.x, line.y
    return float((y[-1] - y[0]) / (x[-1] - x[0]))


def test_each_frame_holds_both_lines_with_their_slopes() -> None:
    frames = figures.chords(cube, at=1.0, widths=[1.0, 0.5]).frames

    assert [slope_of(frame.data[0]) for frame in frames] == pytest.approx([7, 4.75], abs=1e-3)
    assert [slope_of(frame.data[1]) for frame in frames] == pytest.approx([4, 3.25], abs=1e-3)
    assert [frame.data[0].name for frame in frames] == ["forward: 7.000", "forward: 4.750"]


def test_the_marks_stand_on_the_graph() -> None:
    forward, central = figures.chords(cube, at=1.0, widths=[0.5]).frames[0].data

    assert (forward.x[1:3], forward.y[1:3]) == ((1, 1.5), (1, 3.375))
    assert (central.x[1:3], central.y[1:3]) == ((0.5, 1.5), (0.125, 3.375))


def test_the_tangent_has_the_slope_of_autograd() -> None:
    figure = figures.chords(cube, at=1.0, widths=[0.5])

    assert slope_of(figure.data[1]) == pytest.approx(3, abs=1e-3)
    assert figure.data[1].name == "tangent: 3.000"


def test_lines_differ_without_their_colour() -> None:
    lines = figures.chords(cube, at=1.0, widths=[0.5]).data[2:]

    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == 2


def test_the_slider_names_the_widths() -> None:
    steps = figures.chords(cube, at=1.0, widths=[1.0, 0.5, 0.25]).layout.sliders[0].steps

    assert [step.label for step in steps] == ["1", "0.5", "0.25"]


def test_the_description_tells_the_first_and_the_last_slopes() -> None:
    description = figures.chords(cube, at=-1.0, widths=[1.0, 0.5]).description

    assert "around x = −1" in description
    assert "with h = 1, forward 1.000 and central 4.000; with h = 0.5, forward 1.750 and central 3.250" in description


def test_no_width_is_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        figures.chords(cube, at=1.0, widths=[])
