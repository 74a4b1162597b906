import pytest
import torch

from gradlab import figures


def test_lines_hold_the_values_over_the_steps() -> None:
    figure = figures.progress({"slow": [1.0, 0.5, 0.25], "fast": torch.tensor([1.0, 1e-7])}, quantity="loss")

    assert [trace.name for trace in figure.data] == ["slow", "fast"]
    assert figure.data[0].x == (0, 1, 2)
    assert figure.data[0].y == (1.0, 0.5, 0.25)
    assert figure.data[1].y[1] == pytest.approx(1e-7, rel=1e-3)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.title.text == "loss"


def test_lines_differ_without_their_colour() -> None:
    figure = figures.progress({str(number): [1.0] for number in range(4)})

    assert len({trace.line.dash for trace in figure.data}) == 4


def test_the_legend_stands_above_the_plot() -> None:
    layout = figures.progress({"a": [1.0, 0.5]}, title="a title").layout

    assert (layout.legend.y, layout.legend.yanchor) == (1, "bottom")
    assert layout.height - layout.margin.t - layout.margin.b == 320


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    assert figures.progress({"a": [1.0, 0.0]}).data[0].y == (1.0, None)
    assert figures.progress({"a": [1.0, 0.0]}, logarithmic=False).data[0].y == (1.0, 0.0)


def test_the_description_tells_first_and_last_values() -> None:
    assert "a: from 2 at 0 to 0.5 at 2" in figures.progress({"a": [2.0, 1.0, 0.5]}).description


@pytest.mark.parametrize("nothing", [{}, {"a": []}])
def test_nothing_to_draw_is_refused(nothing: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.progress(nothing)
